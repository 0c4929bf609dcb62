package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Chance;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;

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
  private static final double BUDGET_OPERATIONS = 1.5e12;

  /** One MLP whose neurons are searched, and those of the other model that ask. */
  record Unit(MlpBlock target, boolean targetIsA, List<MlpBlock> asking, int queries)
      implements WorkUnit {
    @Override
    public long bytes() {
      return target.bytes() + asking.stream().mapToLong(MlpBlock::bytes).sum() / 3;
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
      plan.a().forEach(a -> add(units, a, true, plan.b(), queries));
      plan.b().forEach(b -> add(units, b, false, plan.a(), queries));
    }
    return units;
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
    Matrix[] scores = new Matrix[pairs];
    boolean[] sorted = new boolean[pairs];
    int[][] queries = new int[pairs][];
    for (int index = 0; index < pairs; index++) {
      queries[index] = Weights.sample(unit.asking().get(index).neurons(), unit.queries());
    }
    for (NeuronSide side : NeuronSide.values()) {
      if (side.of(target) == null) {
        continue;
      }
      Matrix all = side.all(tensors, target);
      boolean targetSorted = Weights.sorted(Weights.normOrder(all), all.rows());
      all.normaliseRows();
      for (int index = 0; index < pairs; index++) {
        Matrix asking = side.some(tensors, unit.asking().get(index), queries[index]);
        if (targetSorted && Weights.sorted(Weights.normOrder(asking), asking.rows())) {
          sorted[index] = true;
        }
        Matrix cosines = algebra.multiplyByTransposed(asking.normaliseRows(), all);
        scores[index] = side.addTo(scores[index], cosines, target.gate() != null);
      }
    }
    List<Count> counts = new ArrayList<>();
    for (int index = 0; index < pairs; index++) {
      counts.add(
          count(unit, unit.asking().get(index), scores[index], queries[index], sorted[index]));
    }
    return new Counts(counts);
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
