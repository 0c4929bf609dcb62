package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Chance;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Question: with the hidden spaces aligned by attention alone, do two separate matchings pick the
 * same neurons?
 *
 * <p>The statistic and null of {@link NeuronAgreement}, under an alignment that is fitted on
 * attention and tested on the MLPs: it needs no tokens, no labels, no order of neurons or heads. It
 * runs where cheaper tests left the question open, over all layers at once and layer by layer (for
 * transplanted ones). Fooled by: strong retraining (it needs correlations of .7) and heads' inner
 * gauges that were tampered with.
 */
public final class SpectralAgreement
    implements Analysis<SpectralAgreement.Unit, Agreements.Scores> {
  static final String ID = "weights.spectral-agreement";
  private static final int MOST_RANK = 1024;
  private static final double SEES = 0.71;
  private static final double SEES_IN_ONE_SUBSPACE = 0.8;
  static final int MOST_ATTEMPTS = 3;
  static final int STARTS = 5;

  /** Three ranks, two signs. */
  static final int TRIES = 6;

  private static final int STARTS_OF_WIDE = 2;
  private static final int LAYERS_OF_WIDE = 4;
  private static final int MOST_LAYER_PAIRS = 144;

  /** Attention layers to align by, and the MLPs to test on. */
  record Unit(
      Component component,
      List<AttentionLayer> attentionA,
      List<AttentionLayer> attentionB,
      List<MlpBlock> a,
      List<MlpBlock> b,
      boolean retry)
      implements WorkUnit {
    @Override
    public List<TensorView> within() {
      return Stream.concat(
              Stream.concat(attentionA.stream(), attentionB.stream())
                  .flatMap(layer -> layer.views().stream()),
              Stream.concat(a.stream(), b.stream()).flatMap(block -> block.views().stream()))
          .toList();
    }

    @Override
    public long bytes() {
      long mlps = Stream.concat(a.stream(), b.stream()).mapToLong(MlpBlock::bytes).sum();
      // Large: once for the sign and once for the test. Small: both signs in every subspace.
      int times = wide() ? 2 : retry ? 2 * MOST_ATTEMPTS : 2;
      return Stream.concat(attentionA.stream(), attentionB.stream())
              .mapToLong(AttentionLayer::bytes)
              .sum()
          + times * mlps;
    }

    /** Correlation that was measured to be seen: bench/README.md. */
    double sees() {
      return wide() ? SEES_IN_ONE_SUBSPACE : SEES;
    }

    boolean wide() {
      return Math.max(attentionA.getFirst().width(), attentionB.getFirst().width())
          > LayerPlan.WIDE;
    }
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "With the hidden spaces aligned by attention alone, do the same neurons match?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      if (Economy.of(pair).leavesOutAttention()
          || (answered(pair, component) && !pair.scope().thorough())) {
        continue;
      }
      AgreementPlan plan = AgreementPlan.of(pair, component);
      List<AttentionLayer> attentionA = planned(pair, component, pair.a());
      List<AttentionLayer> attentionB = planned(pair, component, pair.b());
      if (attentionA.isEmpty() || attentionB.isEmpty()) {
        continue;
      }
      List<MlpBlock> a = plan.ofWidth(plan.a(), attentionA.getFirst().width());
      List<MlpBlock> b = plan.ofWidth(plan.b(), attentionB.getFirst().width());
      if (a.isEmpty() || b.isEmpty()) {
        continue;
      }
      units.add(new Unit(component, attentionA, attentionB, a, b, true));
      boolean wide =
          Math.max(attentionA.getFirst().width(), attentionB.getFirst().width()) > LayerPlan.WIDE;
      if (!wide
          && !Economy.of(pair).sparing()
          && attentionA.size() * attentionB.size() <= MOST_LAYER_PAIRS) {
        addLayerByLayer(units, component, attentionA, attentionB, a, b);
      }
    }
    return units;
  }

  private static void addLayerByLayer(
      List<Unit> units,
      Component component,
      List<AttentionLayer> attentionA,
      List<AttentionLayer> attentionB,
      List<MlpBlock> a,
      List<MlpBlock> b) {
    for (AttentionLayer layerA : attentionA) {
      for (AttentionLayer layerB : attentionB) {
        List<MlpBlock> ownA = a.stream().filter(mlp -> mlp.layer() == layerA.layer()).toList();
        List<MlpBlock> ownB = b.stream().filter(mlp -> mlp.layer() == layerB.layer()).toList();
        if (!ownA.isEmpty() && !ownB.isEmpty()) {
          units.add(new Unit(component, List.of(layerA), List.of(layerB), ownA, ownB, false));
        }
      }
    }
  }

  private static List<AttentionLayer> planned(
      Pair pair, Component component, CanonicalModel model) {
    List<AttentionLayer> layers = AttentionLayer.of(model, component);
    Economy economy = Economy.of(pair);
    if (economy.sparing()) {
      return economy.attention(pair, component, layers);
    }
    if (layers.isEmpty()
        || layers.getFirst().width() <= LayerPlan.WIDE
        || pair.scope().thorough()) {
      return layers.stream().filter(layer -> pair.scope().includes(layer.layer())).toList();
    }
    List<Integer> numbers = layers.stream().map(AttentionLayer::layer).toList();
    List<Integer> chosen = LayerPlan.choose(numbers, pair.scope(), LAYERS_OF_WIDE);
    return layers.stream().filter(layer -> chosen.contains(layer.layer())).toList();
  }

  /** Whether a cheaper test has found a relation and which layers it links. */
  private static boolean answered(Pair pair, Component component) {
    return pair.known().stream()
        .filter(evidence -> evidence.component() == component)
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .anyMatch(found ->
            found.supports() == Measured.Supports.DERIVATION
                && found.layerMap() != null
                && found.id().startsWith("weights.neuron-"));
  }

  @Override
  public Agreements.Scores measure(Unit unit, TensorReader tensors) {
    int widthA = unit.attentionA().getFirst().width();
    int widthB = unit.attentionB().getFirst().width();
    if (unit.wide()) {
      return new Agreements.Scores(wide(unit, tensors), Double.NaN);
    }
    List<Matrix> a = sum(unit.attentionA(), tensors);
    List<Matrix> b = sum(unit.attentionB(), tensors);
    int width = Math.min(widthA, widthB);
    int rank = Math.max(8, width / 4);
    List<Agreements.Score> best = List.of();
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      int dimensions = Math.min(rank, width);
      List<Agreements.Score> scores =
          attempt(
              unit,
              SpectralAlignment.Reduced.of(a, dimensions),
              SpectralAlignment.Reduced.of(b, dimensions),
              tensors);
      best = attempt == 0 || highest(scores) > highest(best) ? scores : best;
      boolean settled = highest(best) >= Agreements.RELATED && related(best);
      if (!unit.retry() || settled || rank >= width) {
        break;
      }
      rank *= 2;
    }
    return new Agreements.Scores(best, Double.NaN);
  }

  /** Large models one after the other, in one subspace, with two starts and one sign. */
  private static List<Agreements.Score> wide(Unit unit, TensorReader tensors) {
    int width =
        Math.min(unit.attentionA().getFirst().width(), unit.attentionB().getFirst().width());
    int rank = Math.clamp(width / 4, 8, MOST_RANK);
    SpectralAlignment.Reduced a =
        SpectralAlignment.Reduced.of(sum(unit.attentionA(), tensors), rank);
    SpectralAlignment.Reduced b =
        SpectralAlignment.Reduced.of(sum(unit.attentionB(), tensors), rank);
    return SpectralAlignment.of(a, b, STARTS_OF_WIDE)
        .map(alignment ->
            Agreements.reversed(alignment, unit.a(), unit.b(), tensors)
                ? alignment.reversed()
                : alignment)
        .map(alignment -> Agreements.measure("spectral", alignment, unit.a(), unit.b(), tensors))
        .orElse(List.of());
  }

  private static List<Agreements.Score> attempt(
      Unit unit, SpectralAlignment.Reduced a, SpectralAlignment.Reduced b, TensorReader tensors) {
    return SpectralAlignment.of(a, b, STARTS)
        .map(alignment -> {
          List<Agreements.Score> plus =
              Agreements.measure("spectral", alignment, unit.a(), unit.b(), tensors);
          List<Agreements.Score> minus =
              Agreements.measure("spectral", alignment.reversed(), unit.a(), unit.b(), tensors);
          return highest(plus) >= highest(minus) ? plus : minus;
        })
        .orElse(List.of());
  }

  private static double highest(List<Agreements.Score> scores) {
    return scores.stream().mapToDouble(Agreements.Score::share).max().orElse(0);
  }

  private static boolean related(List<Agreements.Score> scores) {
    return scores.stream()
        .anyMatch(score ->
            score.share() >= Agreements.RELATED
                && Chance.logFixedPoints(score.count()) < 2 * Agreements.ALARM_LOG10P);
  }

  /** The moments of several layers, added. */
  static List<Matrix> sum(List<AttentionLayer> layers, TensorReader tensors) {
    List<Matrix> total = new ArrayList<>();
    for (AttentionLayer layer : layers) {
      layer.addMoments(tensors, total);
    }
    return total;
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Agreements.Scores> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Agreements.Scores> own = new ArrayList<>();
      double sees = Double.NaN;
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() == component) {
          own.add(partials.get(index));
          sees = units.get(index).sees();
        }
      }
      evidence.add(
          own.isEmpty()
              ? new NotApplicable(
                  ID,
                  component,
                  answered(pair, component)
                      ? "a cheaper test has answered; --thorough runs it all the same"
                      : Economy.of(pair).leavesOutAttention()
                          ? Economy.DOES_NOT_FIT
                          : "no attention of the usual form to align by")
              : Agreements.evidence(
                  ID,
                  pair,
                  component,
                  own,
                  AgreementPlan.of(pair, component).caveats(),
                  TRIES,
                  sees));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }
}
