package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Chance;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Question: do neurons of the same number stand in the same relation to the other neurons?
 *
 * <p>Statistic: the inner products of gate (and of up) rows among neurons, which no rotation of the
 * hidden space changes. Neurons are split into random halves; a neuron of the second half is
 * matched by the correlation of its inner products with the first half, and labels are compared
 * within the second. Null: one model's neuron numbers are a uniform permutation, P(N >= k) <= 1/k!.
 * Sees rotated models whose neurons kept their numbers, and hidden spaces of different width.
 * Fooled by: permuted neurons; needs equally many neurons.
 */
public final class NeuronRelations
    implements Analysis<NeuronRelations.Unit, NeuronRelations.Counts> {
  static final String ID = "weights.neuron-relations";
  private static final int SAMPLED = 1024;
  private static final List<NeuronSide> SIDES = List.of(NeuronSide.GATE, NeuronSide.UP);

  /** One MLP of a and those of b with as many neurons. */
  record Unit(MlpBlock a, List<MlpBlock> b) implements WorkUnit {
    @Override
    public List<TensorView> within() {
      List<TensorView> views = new ArrayList<>();
      for (MlpBlock block : Stream.concat(Stream.of(a), b.stream()).toList()) {
        SIDES.forEach(side -> views.add(side.of(block)));
        views.add(block.gain());
      }
      views.removeIf(java.util.Objects::isNull);
      return views;
    }

    @Override
    public long bytes() {
      long bytes = 0;
      for (NeuronSide side : SIDES) {
        bytes += side.bytes(a, SAMPLED);
        bytes += b.stream().mapToLong(block -> side.bytes(block, SAMPLED)).sum();
      }
      return bytes;
    }
  }

  /** Agreeing neurons by MLP of b; of how many. */
  record Counts(int[] agreeing, int of) implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Do neurons of the same number stand in the same relation to the other neurons?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      AgreementPlan plan = AgreementPlan.of(pair, component);
      for (MlpBlock a : plan.a()) {
        List<MlpBlock> b =
            plan.b().stream()
                .filter(other -> other.neurons() == a.neurons() && a.neurons() >= 16)
                .filter(other -> (other.gate() == null) == (a.gate() == null))
                .map(other -> asTested(pair, other))
                .toList();
        if (!b.isEmpty()) {
          units.add(new Unit(asTested(pair, a), b));
        }
      }
    }
    return units;
  }

  /** Where few bytes are to be read, the first neurons, which lie together. */
  static MlpBlock asTested(Pair pair, MlpBlock block) {
    return Economy.of(pair).sparing() ? block.first(SAMPLED) : block;
  }

  @Override
  public Counts measure(Unit unit, TensorReader tensors) {
    int[] sample = Weights.sample(unit.a().neurons(), SAMPLED);
    int[][] halves = halves(sample.length);
    List<Matrix> ofA = relations(unit.a(), sample, halves, tensors);
    int[] agreeing = new int[unit.b().size()];
    int[] labels = Weights.sample(halves[1].length, halves[1].length);
    for (int index = 0; index < agreeing.length; index++) {
      List<Matrix> ofB = relations(unit.b().get(index), sample, halves, tensors);
      @Nullable Matrix scores = null;
      for (int part = 0; part < ofA.size(); part++) {
        Matrix correlations =
            LinearAlgebra.best().multiplyByTransposed(ofB.get(part), ofA.get(part));
        scores = scores == null ? correlations : scores.add(correlations, 1);
      }
      agreeing[index] = scores == null ? 0 : Matching.agreeingLabels(scores, labels, true);
    }
    return new Counts(agreeing, halves[1].length);
  }

  /** The same random halves for both models. */
  private static int[][] halves(int n) {
    int[] order = Weights.sample(n, n);
    SplittableRandom random = new SplittableRandom(0x4A1FL + n);
    for (int index = n - 1; index > 0; index--) {
      int other = random.nextInt(index + 1);
      int kept = order[index];
      order[index] = order[other];
      order[other] = kept;
    }
    return new int[][] {
      java.util.Arrays.copyOf(order, n / 2), java.util.Arrays.copyOfRange(order, n / 2, n)
    };
  }

  /** Standardised inner products of the second half's neurons with the first half's. */
  private static List<Matrix> relations(
      MlpBlock block, int[] sample, int[][] halves, TensorReader tensors) {
    List<Matrix> relations = new ArrayList<>();
    for (NeuronSide side : SIDES) {
      if (side.of(block) == null) {
        continue;
      }
      Matrix rows = side.some(tensors, block, sample).normaliseRows();
      Matrix products =
          LinearAlgebra.best()
              .multiplyByTransposed(rows.selectRows(halves[1]), rows.selectRows(halves[0]));
      // Centring each row and then scaling it makes inner products correlations.
      relations.add(products.transposed().centreColumns().transposed().normaliseRows());
    }
    return relations;
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Counts> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      int best = 0;
      int of = 1;
      int tests = 0;
      List<HeatMaps.Cell> cells = new ArrayList<>();
      double lowest = 0;
      for (int index = 0; index < units.size(); index++) {
        Unit unit = units.get(index);
        if (unit.a().component() != component) {
          continue;
        }
        Counts counts = partials.get(index);
        for (int other = 0; other < counts.agreeing().length; other++) {
          tests++;
          int agreeing = counts.agreeing()[other];
          double share = (double) agreeing / counts.of();
          cells.add(new HeatMaps.Cell(unit.a().layer(), unit.b().get(other).layer(), share));
          if (Chance.logFixedPoints(agreeing) < lowest) {
            lowest = Chance.logFixedPoints(agreeing);
            best = agreeing;
            of = counts.of();
          }
        }
      }
      evidence.add(
          tests == 0
              ? new NotApplicable(ID, component, "no two MLPs have equally many neurons")
              : measured(pair, component, best, of, lowest + Math.log10(tests), cells));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Evidence measured(
      Pair pair, Component component, int best, int of, double log10p, List<HeatMaps.Cell> cells) {
    return Measured.of(ID, component)
        .supports(log10p < -7 ? Supports.DERIVATION : Supports.INDEPENDENCE)
        .statistic("neurons in the same relations", best, (double) of)
        .pValue(log10p, Basis.EXACT, "one model's neuron numbers are a uniform permutation")
        .effect((double) best / of)
        .value("pairs", cells.size())
        .caveats("assumes different seeds; silent about permuted neurons")
        .figures(
            HeatMaps.of(
                "Neurons in the same relations, by layer",
                pair.a().layers(component),
                pair.b().layers(component),
                cells))
        .build();
  }
}
