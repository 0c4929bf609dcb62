package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Chance;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Question: do the neurons of both models carry the same numbers?
 *
 * <p>Statistic: for sampled neurons of each MLP (layer or expert) of one model, the nearest neuron
 * of an MLP of the other by cos(gate) + |cos(up)| + |cos(down)|; how many have the same number
 * (with different sizes: the longest increasing run). Null: one model's neuron numbers are a
 * uniform permutation, as permutation-equivariant training leaves them; then P(N >= k) <= 1/k! for
 * any matching. After Zhu et al., arXiv 2502.12292, with an exact bound in place of an assignment.
 * Fooled by: permuted neurons or a rotated hidden space (see {@link NeuronAgreement}); units that
 * something outside the weights has sorted in both models, where it is not run.
 */
public final class NeuronMatching implements Analysis<NeuronMatching.Unit, NeuronMatching.Counts> {
  static final String ID = "weights.neuron-matching";
  private static final int QUERIES = 256;
  private static final int FEWEST_QUERIES = 32;
  private static final double BUDGET_OPERATIONS = 8e11;

  /** MLPs that ask at a time where all ask all, so that memory holds them. */
  private static final int ASKING = 16;

  /** One MLP whose neurons are searched, and those of the other model that ask. */
  record Unit(MlpBlock target, boolean targetIsA, List<MlpBlock> asking, int queries)
      implements WorkUnit {
    @Override
    public List<TensorView> within() {
      List<TensorView> views = new ArrayList<>();
      for (MlpBlock block : Stream.concat(Stream.of(target), asking.stream()).toList()) {
        sides(target).forEach(side -> views.add(side.of(block)));
        views.add(block.gain());
      }
      views.removeIf(java.util.Objects::isNull);
      return views;
    }

    @Override
    public long bytes() {
      long bytes = 0;
      for (NeuronSide side : sides(target)) {
        bytes += side.bytes(target);
        for (MlpBlock block : asking) {
          bytes += side.bytes(block, queries);
        }
      }
      return bytes;
    }
  }

  /** What one unit found. */
  record Counts(List<Count> counts) implements Partial {}

  /** Agreement between one MLP of each model. */
  record Count(
      int layerA,
      int expertA,
      int layerB,
      int expertB,
      int queries,
      int agreeing,
      double log10p,
      boolean sorted)
      implements java.io.Serializable {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Do the neurons of both models carry the same numbers?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      BlockPlan plan = BlockPlan.of(pair, component);
      Economy economy = Economy.of(pair);
      if (economy.sparing()) {
        units.addAll(sparing(pair, component, plan, economy));
        continue;
      }
      double operations = 0;
      for (MlpBlock a : plan.a()) {
        for (MlpBlock b : plan.b()) {
          if (a.width() == b.width()) {
            operations += 6.0 * a.width() * Math.max(a.neurons(), b.neurons()) * QUERIES;
          }
        }
      }
      double share = pair.scope().thorough() ? 1 : BUDGET_OPERATIONS / Math.max(1, operations);
      int queries = Math.clamp((long) (QUERIES * share), FEWEST_QUERIES, QUERIES);
      plan.a().forEach(a -> add(units, a, true, plan.partners(a, true), queries));
      plan.b().forEach(b -> add(units, b, false, plan.partners(b, false), queries));
    }
    return units;
  }

  /**
   * The first neurons of every MLP against those of every other of its size. Restricted to some
   * numbers, a uniform permutation is still one of them, so the bound holds. In MLPs of unequal
   * size a neuron's partner may be anywhere: whole ones, of the layers that are read whole, are
   * searched.
   */
  private static List<Unit> sparing(
      Pair pair, Component component, BlockPlan plan, Economy economy) {
    int neurons = economy.neurons();
    List<Unit> units = new ArrayList<>();
    for (MlpBlock a : plan.a()) {
      List<MlpBlock> asking =
          plan.partners(a, true).stream()
              .filter(b -> alike(economy, a, b))
              .map(b -> b.first(neurons))
              .toList();
      for (int first = 0; first < asking.size(); first += ASKING) {
        List<MlpBlock> some = asking.subList(first, Math.min(asking.size(), first + ASKING));
        units.add(new Unit(a.first(neurons), true, List.copyOf(some), neurons));
      }
    }
    if (!ofFirstNeurons(pair, component) && !economy.leavesOutMlps()) {
      AgreementPlan whole = AgreementPlan.of(pair, component);
      whole.a().forEach(a -> add(units, a, true, whole.b(), QUERIES));
      whole.b().forEach(b -> add(units, b, false, whole.a(), QUERIES));
    }
    return units;
  }

  private static boolean alike(Economy economy, MlpBlock a, MlpBlock b) {
    return b.width() == a.width()
        && b.neurons() == a.neurons()
        && (b.gate() == null) == (a.gate() == null)
        && economy.reads(a.gate() == null ? a.up() : a.gate())
        && economy.reads(b.gate() == null ? b.up() : b.gate());
  }

  /** Whether any two MLPs read hidden states of the same width. */
  static boolean ofOneWidth(Pair pair, Component component) {
    List<MlpBlock> b = MlpBlock.of(pair.b(), component);
    return MlpBlock.of(pair.a(), component).stream()
        .mapToInt(MlpBlock::width)
        .distinct()
        .anyMatch(width -> b.stream().anyMatch(block -> block.width() == width));
  }

  /** Whether few bytes are to be read and MLPs of one size are there to read them of. */
  static boolean ofFirstNeurons(Pair pair, Component component) {
    Economy economy = Economy.of(pair);
    if (!economy.sparing()) {
      return false;
    }
    BlockPlan plan = BlockPlan.of(pair, component);
    return plan.a().stream()
        .anyMatch(a -> plan.partners(a, true).stream().anyMatch(b -> alike(economy, a, b)));
  }

  /** The larger MLP is searched; of equal ones, a's. */
  private static void add(
      List<Unit> units, MlpBlock target, boolean targetIsA, List<MlpBlock> others, int queries) {
    List<MlpBlock> asking =
        others.stream()
            .filter(other -> other.width() == target.width())
            .filter(other ->
                targetIsA
                    ? other.neurons() <= target.neurons()
                    : other.neurons() < target.neurons())
            .filter(other -> (other.gate() == null) == (target.gate() == null))
            .toList();
    if (!asking.isEmpty()) {
      units.add(new Unit(target, targetIsA, asking, queries));
    }
  }

  @Override
  public Counts measure(Unit unit, TensorReader tensors) {
    LinearAlgebra algebra = LinearAlgebra.best();
    MlpBlock target = unit.target();
    int pairs = unit.asking().size();
    @Nullable Matrix[] scores = new Matrix[pairs];
    boolean[] sorted = new boolean[pairs];
    int[][] queries = new int[pairs][];
    for (int index = 0; index < pairs; index++) {
      queries[index] = Weights.sample(unit.asking().get(index).neurons(), unit.queries());
    }
    for (NeuronSide side : sides(target)) {
      Matrix[] asking = new Matrix[pairs];
      boolean[] askingSorted = new boolean[pairs];
      for (int index = 0; index < pairs; index++) {
        asking[index] = side.some(tensors, unit.asking().get(index), queries[index]);
        askingSorted[index] =
            Weights.sorted(Weights.normOrder(asking[index]), asking[index].rows());
        asking[index].normaliseRows();
      }
      Matrix all = side.all(tensors, target);
      boolean targetSorted = Weights.sorted(Weights.normOrder(all), all.rows());
      all.normaliseRows();
      Matrix cosines = algebra.multiplyByTransposed(Matrix.stacked(List.of(asking)), all);
      int first = 0;
      for (int index = 0; index < pairs; index++) {
        sorted[index] |= targetSorted && askingSorted[index];
        Matrix own = cosines.rows(first, queries[index].length);
        first += queries[index].length;
        scores[index] = side.addTo(scores[index], own, target.gate() != null);
      }
    }
    List<Count> counts = new ArrayList<>();
    for (int index = 0; index < pairs; index++) {
      Matrix own = scores[index];
      if (own != null) {
        counts.add(count(unit, unit.asking().get(index), own, queries[index], sorted[index]));
      }
    }
    return new Counts(counts);
  }

  /** All that a neuron reads and writes; in wide MLPs its gate alone says enough. */
  private static List<NeuronSide> sides(MlpBlock target) {
    return java.util.Arrays.stream(NeuronSide.values())
        .filter(side -> side.of(target) != null)
        .limit(target.width() > LayerPlan.WIDE || target.sampled() ? 1 : NeuronSide.values().length)
        .toList();
  }

  /** Correlation of a copy's neurons from which it is seen. */
  static double sees(MlpBlock target, MlpBlock asking, int queries, int pairs) {
    return Power.correlation(
        Math.min(queries, asking.neurons()),
        target.neurons(),
        (double) sides(target).size() * target.width(),
        5.0 * Math.max(1, pairs));
  }

  private static Count count(
      Unit unit, MlpBlock asking, Matrix scores, int[] queries, boolean sorted) {
    int[] nearest = Matching.rowArgmax(scores);
    boolean equal = asking.neurons() == unit.target().neurons();
    int agreeing = 0;
    for (int row = 0; row < queries.length; row++) {
      agreeing += nearest[row] == queries[row] ? 1 : 0;
    }
    if (!equal) {
      agreeing = Chance.longestIncreasing(nearest);
    }
    double log10p =
        sorted
            ? 0
            : equal
                ? Chance.logFixedPoints(agreeing)
                : Chance.logIncreasing(queries.length, agreeing);
    MlpBlock a = unit.targetIsA() ? unit.target() : asking;
    MlpBlock b = unit.targetIsA() ? asking : unit.target();
    return new Count(
        a.layer(), a.expert(), b.layer(), b.expert(), queries.length, agreeing, log10p, sorted);
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Counts> partials) {
    List<Evidence> evidence = new ArrayList<>();
    List<Unit> units = plan(pair);
    for (Component component : Bodies.common(pair)) {
      List<Count> counts = new ArrayList<>();
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).target().component() == component) {
          counts.addAll(partials.get(index).counts());
        }
      }
      evidence.add(NeuronMatchingEvidence.of(pair, component, counts));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }
}
