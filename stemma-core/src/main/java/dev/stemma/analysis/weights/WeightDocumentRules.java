package dev.stemma.analysis.weights;

import dev.stemma.analysis.HeaderAnalysis;
import dev.stemma.analysis.Pair;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Question: what would the rules of the user's documents say of these weights?
 *
 * <p>Statistic: raw cosines of tensors at the same place, read as the documents read them. It
 * decides nothing and speaks for nothing: norm weights sit around one, so their cosine is high
 * between any two models, and a copy whose units were moved has a low one. Beside each rule stands
 * the test that decides.
 */
public final class WeightDocumentRules implements HeaderAnalysis {
  static final String ID = "weights.document-rules";
  private static final double EARLY = 0.90;
  private static final double COPY = 0.95;
  private static final double SUSPICIOUS = 0.8;
  private static final double SCRATCH = 0.5;

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "What would the rules of the user's documents say of these weights?";
  }

  @Override
  public List<Evidence> conclude(Pair pair) {
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      evidence.add(
          known(pair, component, WeightSimilarity.ID)
              .filter(found -> !Double.isNaN(matrices(found)))
              .<Evidence>map(found -> measured(pair, component, found))
              .orElseGet(() ->
                  new NotApplicable(ID, component, "no tensors of equal shape at the same place")));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Optional<Measured> known(Pair pair, Component component, String id) {
    return pair.known().stream()
        .filter(found -> found.id().equals(id) && found.component() == component)
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .findFirst();
  }

  private static double matrices(Measured similarity) {
    return similarity.value("matrix.raw-cosine.mean", Double.NaN);
  }

  private static Evidence measured(Pair pair, Component component, Measured similarity) {
    double matrices = matrices(similarity);
    double norms = similarity.value("norm.raw-cosine.mean", Double.NaN);
    double low = similarity.value("norm.raw-cosine.lowest", norms);
    double high = similarity.value("norm.raw-cosine.highest", norms);
    String decides = decides(pair, component);
    List<List<String>> rows = new ArrayList<>();
    if (!Double.isNaN(norms)) {
      rows.add(
          List.of(
              "layers at cosine .90 or more (norms)",
              text(low) + " to " + text(high),
              norms >= EARLY ? "reuse suspected" : "no reuse",
              decides));
    }
    rows.add(List.of("average cosine (matrices)", text(matrices), band(matrices), decides));
    double plane =
        known(pair, component, LayerSketches.ID)
            .map(found -> found.value("cosine", matrices))
            .orElse(matrices);
    rows.add(
        List.of(
            "layers at right angles (PCA)", text(plane), LayerSketches.reading(plane), decides));
    double equal =
        known(pair, component, WeightRetention.DIFFERENCE)
            .map(found -> found.value("equal.share", 0))
            .orElse(0.0);
    rows.add(
        List.of(
            "equal hashes", text(equal), equal == 1 ? "the same weights" : "not a copy", decides));
    Measured.Builder evidence =
        Measured.of(ID, component)
            .statistic("the documents' average cosine", matrices, 1.0)
            .nullHypothesis("none: the documents give thresholds, no null hypothesis")
            .value("matrix.raw-cosine", matrices)
            .caveats(
                "The documents' rules, shown as theirs; they decide nothing. Norms: their raw"
                    + " cosine"
                    + (Double.isNaN(norms) ? "" : " (" + text(low) + " to " + text(high) + " here)")
                    + " is high between unrelated models, so the .90 rule is a trap.",
                "The documents read the matrices' average as: " + band(matrices),
                "What decides: " + decides)
            .figures(
                new Figure.Table(
                    "The documents' own rules, and what decides",
                    List.of("rule", "figure", "the documents read", "what decides"),
                    rows));
    if (!Double.isNaN(norms)) {
      evidence.value("norm.raw-cosine", norms);
      evidence.value("norm.rule.fires", norms >= EARLY ? 1 : 0);
    }
    return evidence.build();
  }

  /** The strongest of the tests that know units by their weights, whatever their numbers. */
  private static String decides(Pair pair, Component component) {
    return Stream.of(
            NeuronMatching.ID, NeuronRelations.ID, NeuronAgreement.ID, SpectralAgreement.ID)
        .flatMap(id -> known(pair, component, id).stream())
        .filter(found -> found.log10p() != null)
        .min(Comparator.comparing(Measured::log10p))
        .map(found -> {
          Double of = found.statistic().of();
          return found.statistic().name()
              + ": "
              + plain(found.statistic().value())
              + (of == null ? "" : " of " + plain(of))
              + ", log10 p "
              + text(Objects.requireNonNull(found.log10p()));
        })
        .orElse("the neuron tests, which could not run here");
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : text(value);
  }

  private static String band(double cosine) {
    if (cosine > COPY) {
      return "copy or fine-tune";
    }
    if (cosine > SUSPICIOUS) {
      return "suspicious";
    }
    return cosine < SCRATCH ? "from scratch" : "unclear";
  }

  private static String text(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
