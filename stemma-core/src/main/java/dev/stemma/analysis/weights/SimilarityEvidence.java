package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.Part;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Figure.Series;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.numeric.PairStatistics;
import dev.stemma.numeric.UnitAlignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Turns a component's table into evidence: figures, curves, caveats. */
final class SimilarityEvidence {
  /** Independent pairs stayed within 3.3 standard deviations over a thousand layers. */
  private static final double CLEAR_Z = 8;

  /** Mean correlation of a layer's matrices from which the layer was kept in its place. */
  private static final double LAYER_KEPT = 0.5;

  /** And up to which nothing of it was: independent layers stay within a hundredth or two. */
  private static final double LAYER_REPLACED = 0.05;

  private SimilarityEvidence() {}

  static Evidence of(Pair pair, Component component, SimilarityTable table, PairedTensors tensors) {
    SimilarityTable matrices = table.of(Part.Kind.MATRIX);
    SimilarityTable norms = table.of(Part.Kind.NORM);
    double correlation = matrices.mean(PairStatistics::pearson);
    Measured.Builder builder =
        Measured.of(WeightSimilarity.ID, component)
            .statistic("mean centred correlation of matrices", correlation, null)
            .nullHypothesis(
                "units of b are numbered independently of a's, so shuffling them changes nothing");
    if (matrices.rows().isEmpty() || Double.isNaN(correlation)) {
      builder.statistic("matrices that can be compared", 0, (double) table.rows().size());
    } else {
      builder.effect(Math.clamp(correlation, 0, 1));
      values(builder, "matrix", matrices);
    }
    test(builder, matrices);
    if (!norms.rows().isEmpty()) {
      values(builder, "norm", norms);
    }
    builder.value("tensors", table.rows().size());
    builder.value(
        "tensors.differing",
        (double) table.rows().stream().filter(row -> differs(row.statistics())).count());
    builder.value("tensors.unpaired", (double) tensors.unpaired(component));
    builder.value("layers.unread", tensors.unread(pair, component).size());
    List<Double> layers =
        matrices.layers().stream()
            .filter(layer -> layer >= 0)
            .map(layer ->
                matrices.where(row -> row.role().layer() == layer).mean(PairStatistics::pearson))
            .toList();
    builder.value("layers.kept", (double) layers.stream().filter(r -> r >= LAYER_KEPT).count());
    builder.value(
        "layers.replaced",
        (double) layers.stream().filter(r -> Math.abs(r) <= LAYER_REPLACED).count());
    long nonFinite =
        table.rows().stream()
            .mapToLong(row -> row.statistics().nonFiniteA() + row.statistics().nonFiniteB())
            .sum();
    builder.value("non-finite", (double) nonFinite);
    return builder
        .figures(figures(table, matrices, norms))
        .caveats(caveats(component, table, norms, tensors))
        .alsoCaveat(
            nonFinite == 0
                ? ""
                : nonFinite + " values are NaN or infinite: they count for nothing.")
        .alsoCaveat(tensors.notTested(pair, component))
        .build();
  }

  /** Whether any value differs; of values that are not finite, whether any bit does. */
  private static boolean differs(PairStatistics statistics) {
    return statistics.maximumAbsoluteDifference() > 0
        || (statistics.count() < statistics.elements()
            && statistics.bitEqual() < statistics.elements());
  }

  private static void test(Measured.Builder builder, SimilarityTable matrices) {
    if (matrices.shuffled().isEmpty()) {
      return;
    }
    UnitAlignment test = ShuffledControl.test(matrices.shuffled(), false);
    builder
        .pValue(
            test.log10p(),
            Basis.EXACT,
            "units of b are numbered independently of a's, so shuffling them changes nothing")
        .value("shuffled.z", test.z())
        .value("shuffled.same-unit", test.diagonal())
        .value("shuffled.mean", test.shuffledMean())
        .value("shuffled.standard-deviation", test.shuffledStandardDeviation())
        .value("shuffled.log10p", test.log10p());
    if (test.z() >= CLEAR_Z) {
      builder.supports(Supports.DERIVATION);
    }
  }

  private static void values(Measured.Builder builder, String kind, SimilarityTable table) {
    double[] sorted = table.sorted(PairStatistics::pearson);
    builder.value(kind + ".tensors", table.rows().size());
    put(builder, kind + ".pearson.mean", table.mean(PairStatistics::pearson));
    if (sorted.length > 0) {
      builder
          .value(kind + ".pearson.lowest", sorted[0])
          .value(kind + ".pearson.median", sorted[sorted.length / 2])
          .value(kind + ".pearson.highest", sorted[sorted.length - 1]);
    }
    put(builder, kind + ".raw-cosine.mean", table.mean(PairStatistics::cosine));
    double[] cosines = table.sorted(PairStatistics::cosine);
    if (cosines.length > 0) {
      put(builder, kind + ".raw-cosine.lowest", cosines[0]);
      put(builder, kind + ".raw-cosine.highest", cosines[cosines.length - 1]);
    }
    put(
        builder,
        kind + ".mean-absolute-difference",
        table.mean(PairStatistics::meanAbsoluteDifference));
    put(
        builder,
        kind + ".relative-frobenius-distance",
        table.mean(PairStatistics::relativeFrobeniusDistance));
  }

  private static void put(Measured.Builder builder, String name, double value) {
    if (Double.isFinite(value)) {
      builder.value(name, value);
    }
  }

  private static List<Figure> figures(
      SimilarityTable table, SimilarityTable matrices, SimilarityTable norms) {
    List<Figure> figures = new ArrayList<>();
    List<Integer> layers = table.layers().stream().filter(layer -> layer >= 0).toList();
    if (layers.size() > 1) {
      List<Series> curves = new ArrayList<>();
      for (Part part : matrices.parts()) {
        curves.add(
            curve(
                part.key(),
                matrices.where(row -> row.role().part() == part),
                layers,
                PairStatistics::pearson));
      }
      curves.add(
          new Series(
              "shuffled control",
              layers.stream()
                  .map(layer -> matrices.where(row -> row.role().layer() == layer).shuffledMean())
                  .toList()));
      figures.add(curves("Matrices, layer by layer", "Pearson correlation", layers, curves));
      figures.add(
          curves(
              "All matrices of a layer",
              "mean Pearson correlation",
              layers,
              List.of(curve(Figure.PAIR, matrices, layers, PairStatistics::pearson))));
      if (!norms.rows().isEmpty()) {
        figures.add(
            curves(
                "Norm weights, layer by layer: the raw cosine misleads",
                "similarity",
                layers,
                List.of(
                    curve("raw cosine (does not count)", norms, layers, PairStatistics::cosine),
                    curve("centred (Pearson)", norms, layers, PairStatistics::pearson))));
      }
    }
    figures.add(byPart(table));
    return figures;
  }

  private static Figure curves(
      String title, String yLabel, List<Integer> layers, List<Series> series) {
    return new Figure.Curves(
        title, "layer", yLabel, layers.stream().map(Integer::doubleValue).toList(), series);
  }

  private static Series curve(
      String name,
      SimilarityTable table,
      List<Integer> layers,
      ToDoubleFunction<PairStatistics> figure) {
    return new Series(
        name,
        layers.stream()
            .map(layer -> table.where(row -> row.role().layer() == layer).mean(figure))
            .toList());
  }

  private static Figure byPart(SimilarityTable table) {
    List<List<String>> rows = new ArrayList<>();
    for (Part part : table.parts()) {
      SimilarityTable tensors = table.where(row -> row.role().part() == part);
      boolean sampled = !tensors.shuffled().isEmpty();
      UnitAlignment test = sampled ? ShuffledControl.test(tensors.shuffled(), false) : null;
      rows.add(
          List.of(
              part.key(),
              String.valueOf(tensors.rows().size()),
              number("%.4f", tensors.mean(PairStatistics::pearson)),
              number("%.4f", tensors.mean(PairStatistics::cosine))
                  + (part.kind() == Part.Kind.NORM ? " (does not count)" : ""),
              number("%.3g", tensors.mean(PairStatistics::meanAbsoluteDifference)),
              test == null ? "-" : number("%.4f", test.shuffledMean()),
              test == null ? "-" : number("%.1f", test.z())));
    }
    return new Figure.Table(
        "Same-role tensors",
        List.of(
            "part",
            "tensors",
            "Pearson",
            "raw cosine",
            "mean |a-b|",
            "shuffled cosine",
            "z of same units"),
        rows);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static List<String> caveats(
      Component component, SimilarityTable table, SimilarityTable norms, PairedTensors tensors) {
    List<String> caveats = new ArrayList<>();
    if (!norms.rows().isEmpty()) {
      caveats.add(
          String.format(
              Locale.ROOT,
              "Norm weights sit around one, so their raw cosine is high between unrelated models"
                  + " (%.3f here): it is shown and never counts. Centred, their correlation is"
                  + " %.3f.",
              norms.mean(PairStatistics::cosine),
              norms.mean(PairStatistics::pearson)));
    }
    caveats.add(
        "Layer i is compared with layer i, unit i with unit i: a copy whose units or layers were"
            + " moved looks unrelated here.");
    caveats.add("Two models initialised from one seed look related here without sharing training.");
    long mismatched =
        tensors.mismatched().stream()
            .filter(tensor -> tensor.role().component() == component)
            .count();
    if (mismatched > 0) {
      caveats.add(
          mismatched + " tensors of unequal shape are not in these figures: they were not tested.");
    }
    long sampled = table.shuffled().size();
    if (sampled > 0) {
      caveats.add(
          "The shuffled control looks at up to 128 units and 512 elements of each of "
              + sampled
              + " matrices.");
    }
    return caveats;
  }
}
