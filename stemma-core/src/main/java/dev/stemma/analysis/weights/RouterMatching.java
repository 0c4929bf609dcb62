package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Question: do the routers tell the experts apart by the same hidden dimensions?
 *
 * <p>Statistic: the hidden dimensions are split into random halves. On the first half the router
 * rows of both models are matched one to one by cosine, layer by layer, each layer of b with its
 * best of a; so an exchanged order of experts is undone. On the second half the matched rows of all
 * layers stand under each other, and each dimension of b looks for the nearest of a by |cosine|;
 * how many have the same number. Null: one model's dimension numbers are a uniform permutation; the
 * matching saw none of the second half's, so P(N >= k) <= 1/k! holds there. The cosines of matched
 * rows are those of the second half, which no choice has raised. What is common to all experts of a
 * layer is taken away first: it chooses none. Fooled by: permuted or rotated hidden spaces, for
 * which experts are compared under alignments ({@link NeuronAgreement}). After Zhu et al., arXiv
 * 2502.12292.
 */
public final class RouterMatching implements Analysis<RouterMatching.Unit, RouterMatching.Found> {
  static final String ID = "weights.router-matching";
  private static final int FEWEST_DIMENSIONS = 16;
  static final int QUERIES = 1024;

  /** The routers of the planned layers of both models. */
  record Unit(Component component, List<RouterLayer> a, List<RouterLayer> b) implements WorkUnit {
    @Override
    public List<TensorView> within() {
      return Stream.concat(a.stream(), b.stream())
          .flatMap(layer -> Stream.of(layer.router(), layer.gain()))
          .filter(java.util.Objects::nonNull)
          .toList();
    }

    @Override
    public long bytes() {
      return a.stream().mapToLong(RouterLayer::bytes).sum()
          + b.stream().mapToLong(RouterLayer::bytes).sum();
    }
  }

  /**
   * What was found.
   *
   * @param layers each planned layer of b with its best of a
   * @param queries dimensions that asked, of so many
   * @param rows matched router rows that a dimension is known by
   */
  record Found(
      List<RouterPairing> layers, int queries, int dimensions, int agreeing, int rows, int experts)
      implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Do the routers tell the experts apart by the same hidden dimensions?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<RouterLayer> a = RouterLayer.planned(pair, pair.a(), component);
      List<RouterLayer> b = RouterLayer.planned(pair, pair.b(), component);
      if (!a.isEmpty() && !b.isEmpty() && comparable(a.getFirst(), b.getFirst())) {
        int width = a.getFirst().width();
        units.add(new Unit(component, ofWidth(a, width), ofWidth(b, width)));
      }
    }
    return units;
  }

  private static boolean comparable(RouterLayer a, RouterLayer b) {
    return a.width() == b.width() && a.width() >= 2 * FEWEST_DIMENSIONS;
  }

  private static List<RouterLayer> ofWidth(List<RouterLayer> layers, int width) {
    return layers.stream().filter(layer -> layer.width() == width).toList();
  }

  @Override
  public Found measure(Unit unit, TensorReader tensors) {
    int[][] halves = halves(unit.a().getFirst().width());
    List<Matrix> a = unit.a().stream().map(layer -> layer.centred(tensors)).toList();
    List<Matrix> b = unit.b().stream().map(layer -> layer.centred(tensors)).toList();
    List<RouterPairing> layers = RouterPairing.of(unit, a, b, halves);
    List<Matrix> rowsA = new ArrayList<>();
    List<Matrix> rowsB = new ArrayList<>();
    for (int index = 0; index < layers.size(); index++) {
      RouterPairing layer = layers.get(index);
      rowsA.add(a.get(layer.indexA()).selectRows(layer.matchedOfA()).selectColumns(halves[1]));
      rowsB.add(b.get(index).selectRows(layer.matchedOfB()).selectColumns(halves[1]));
    }
    Matrix ofA = Matrix.stacked(rowsA);
    int[] queries = Weights.sample(ofA.columns(), QUERIES);
    Matrix asking = Matrix.stacked(rowsB).transposed().selectRows(queries).normaliseRows();
    Matrix cosines =
        LinearAlgebra.best().multiplyByTransposed(asking, ofA.transposed().normaliseRows());
    Matching.absolute(cosines);
    int experts = layers.stream().mapToInt(layer -> layer.expertOfA().length).sum();
    return new Found(
        layers,
        queries.length,
        ofA.columns(),
        Matching.agreeingLabels(cosines, queries, true),
        ofA.rows(),
        experts);
  }

  /** So many dimensions are kept for the test. */
  static int heldOut(int width) {
    return width - width / 2;
  }

  /** The same random halves of the dimensions for both models. */
  private static int[][] halves(int width) {
    int[] order = Weights.sample(width, width);
    SplittableRandom random = new SplittableRandom(0x40073L + width);
    for (int index = width - 1; index > 0; index--) {
      int other = random.nextInt(index + 1);
      int kept = order[index];
      order[index] = order[other];
      order[other] = kept;
    }
    return new int[][] {
      java.util.Arrays.copyOf(order, width / 2),
      java.util.Arrays.copyOfRange(order, width / 2, width)
    };
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Found> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      Evidence found = new NotApplicable(ID, component, whyNot(pair, component));
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() == component) {
          found = RouterMatchingEvidence.of(pair, units.get(index), partials.get(index));
        }
      }
      evidence.add(found);
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static String whyNot(Pair pair, Component component) {
    boolean a = !RouterLayer.planned(pair, pair.a(), component).isEmpty();
    boolean b = !RouterLayer.planned(pair, pair.b(), component).isEmpty();
    if (!a && !b) {
      return "neither model has routers";
    }
    return a && b
        ? "the routers read hidden spaces of unequal or too small width"
        : "only one model has routers";
  }
}
