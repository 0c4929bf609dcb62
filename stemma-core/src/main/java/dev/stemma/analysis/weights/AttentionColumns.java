package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
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
import org.jspecify.annotations.Nullable;

/**
 * Question: does attention read and write hidden dimensions of the same numbers?
 *
 * <p>Statistic: cosines between the columns of q, k, v (and the rows of o), summed over layers; for
 * each hidden dimension of one model the nearest of the other; how many have the same number (with
 * different widths: the longest increasing run). Null: one model's dimension numbers are a uniform
 * permutation; P(N >= k) <= 1/k!. Needs no tokens, so that it sees a body under replaced
 * embeddings. Fooled by: permuted or rotated hidden spaces; off for stacks whose positions are
 * fixed sinusoids, which label the dimensions.
 */
public final class AttentionColumns
    implements Analysis<AttentionColumns.Unit, AttentionColumns.Agreement> {
  static final String ID = "weights.attention-columns";
  private static final int QUERIES = 512;
  private static final int LAYERS_OF_WIDE = 2;
  static final List<Part> READING =
      List.of(Part.QUERY, Part.KEY, Part.VALUE, Part.QUERY_DOWN, Part.KEY_VALUE_DOWN);

  /** Matrices whose columns are hidden dimensions, pairwise of equally many rows. */
  record Unit(Component component, List<TensorView> a, List<TensorView> b, List<Boolean> writing)
      implements WorkUnit {
    @Override
    public List<TensorView> within() {
      List<TensorView> views = new ArrayList<>(a);
      views.addAll(b);
      return views;
    }

    @Override
    public long bytes() {
      return a.stream().mapToLong(StoredBytes::of).sum()
          + b.stream().mapToLong(StoredBytes::of).sum();
    }
  }

  /** What was found. */
  record Agreement(int queries, int agreeing, boolean sameWidth, int matrices) implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Does attention read and write hidden dimensions of the same numbers?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      Unit unit = unit(pair, component);
      if (!unit.a().isEmpty()) {
        units.add(unit);
      }
    }
    return units;
  }

  static Unit unit(Pair pair, Component component) {
    Unit unit = new Unit(component, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    if (component != Component.AUDIO_ENCODER) {
      for (int[] layers : layerPairs(pair, component)) {
        for (Part part : READING) {
          add(unit, pair, layers, part, false);
        }
        add(unit, pair, layers, Part.OUTPUT, true);
      }
    }
    return unit;
  }

  /** Layers of the same number from the front, and from the back where depths differ. */
  private static List<int[]> layerPairs(Pair pair, Component component) {
    List<Integer> a = pair.a().layers(component);
    List<Integer> b = pair.b().layers(component);
    List<int[]> pairs = new ArrayList<>();
    int common = Math.min(a.size(), b.size());
    boolean few = width(pair.a(), component) > LayerPlan.WIDE && !Economy.of(pair).sparing();
    List<Integer> shared = a.subList(0, common);
    for (int layer :
        LayerPlan.choose(shared, pair.scope(), few ? LAYERS_OF_WIDE : LayerPlan.MOST)) {
      pairs.add(new int[] {layer, b.get(a.indexOf(layer))});
    }
    if (a.size() != b.size() && common > 0 && pair.scope().layers().isEmpty()) {
      pairs.add(new int[] {a.getLast(), b.getLast()});
    }
    return pairs;
  }

  private static long width(CanonicalModel model, Component component) {
    return model.tensors().entrySet().stream()
        .filter(entry -> entry.getKey().component() == component)
        .filter(entry -> READING.contains(entry.getKey().part()))
        .mapToLong(entry -> entry.getValue().shape().columns())
        .max()
        .orElse(0);
  }

  static void add(Unit unit, Pair pair, int[] layers, Part part, boolean writing) {
    @Nullable TensorView a =
        pair.a().tensor(Role.inLayer(unit.component(), layers[0], part)).orElse(null);
    @Nullable TensorView b =
        pair.b().tensor(Role.inLayer(unit.component(), layers[1], part)).orElse(null);
    if (a == null || b == null || a.shape().rank() != 2 || b.shape().rank() != 2) {
      return;
    }
    long innerA = writing ? a.shape().columns() : a.shape().rows();
    long innerB = writing ? b.shape().columns() : b.shape().rows();
    Economy economy = Economy.of(pair);
    if (writing && economy.sparing()) {
      return; // its rows are the hidden dimensions: all would have to be read
    }
    if (innerA == innerB
        && sameWidths(unit, a, b, writing)
        && economy.reads(a)
        && economy.reads(b)) {
      unit.a().add(writing ? a : economy.values(a));
      unit.b().add(writing ? b : economy.values(b));
      unit.writing().add(writing);
    }
  }

  private static boolean sameWidths(Unit unit, TensorView a, TensorView b, boolean writing) {
    if (unit.a().isEmpty()) {
      return true;
    }
    boolean firstWrites = unit.writing().getFirst();
    return hidden(unit.a().getFirst(), firstWrites) == hidden(a, writing)
        && hidden(unit.b().getFirst(), firstWrites) == hidden(b, writing);
  }

  private static long hidden(TensorView view, boolean writing) {
    return writing ? view.shape().rows() : view.shape().columns();
  }

  @Override
  public Agreement measure(Unit unit, TensorReader tensors) {
    @Nullable Matrix scores = null;
    int[] queries = {};
    boolean sameWidth = true;
    for (int index = 0; index < unit.a().size(); index++) {
      boolean writing = unit.writing().get(index);
      TensorView a = unit.a().get(index);
      TensorView b = unit.b().get(index);
      boolean bAsks = hidden(b, writing) <= hidden(a, writing);
      TensorView asking = bAsks ? b : a;
      sameWidth = hidden(a, writing) == hidden(b, writing);
      queries = Weights.sample(Math.toIntExact(hidden(asking, writing)), QUERIES);
      Matrix own =
          writing
              ? Weights.rows(tensors, asking, queries)
              : Weights.columns(tensors, asking, queries);
      Matrix cosines =
          cosines(own.normaliseRows(), Weights.matrix(tensors, bAsks ? a : b), writing);
      scores = scores == null ? cosines : scores.add(cosines, 1);
    }
    int agreeing = scores == null ? 0 : Matching.agreeingLabels(scores, queries, sameWidth);
    return new Agreement(queries.length, agreeing, sameWidth, unit.a().size());
  }

  /** Of some dimensions, as rows of length one, with all of the other's, which lie as stored. */
  private static Matrix cosines(Matrix asking, Matrix asked, boolean writing) {
    LinearAlgebra algebra = LinearAlgebra.best();
    if (writing) {
      return algebra.multiplyByTransposed(asking, asked.normaliseRows());
    }
    double[] squares = new double[asked.columns()];
    for (int row = 0; row < asked.rows(); row++) {
      for (int column = 0; column < squares.length; column++) {
        double value = asked.get(row, column);
        squares[column] += value * value;
      }
    }
    float[] factors = new float[squares.length];
    for (int column = 0; column < factors.length; column++) {
      factors[column] = squares[column] > 0 ? (float) (1 / Math.sqrt(squares[column])) : 0;
    }
    return algebra.multiply(asking, asked).scaleColumns(factors);
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Agreement> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      Evidence found =
          new NotApplicable(
              ID,
              component,
              component == Component.AUDIO_ENCODER
                  ? "fixed sinusoidal positions would label the hidden dimensions"
                  : "no attention matrices of equally many rows");
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() == component) {
          found = measured(pair, component, partials.get(index));
        }
      }
      evidence.add(found);
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Evidence measured(Pair pair, Component component, Agreement found) {
    double log10p =
        found.sameWidth()
            ? Chance.logFixedPoints(found.agreeing())
            : Chance.logIncreasing(found.queries(), found.agreeing());
    return Measured.of(ID, component)
        .supports(log10p < -7 ? Supports.DERIVATION : Supports.INDEPENDENCE)
        .statistic(
            found.sameWidth() ? "agreeing dimensions" : "dimensions in increasing order",
            found.agreeing(),
            (double) found.queries())
        .pValue(log10p, Basis.EXACT, "one model's dimension numbers are a uniform permutation")
        .effect((double) found.agreeing() / Math.max(1, found.queries()))
        .value("matrices", found.matrices())
        .caveats("assumes different seeds; silent about permuted or rotated hidden spaces")
        .alsoCaveat(
            Economy.of(pair).sparing()
                ? "not tested: attention but the first "
                    + Economy.of(pair).rows()
                    + " rows of query, key and value"
                : "")
        .build();
  }
}
