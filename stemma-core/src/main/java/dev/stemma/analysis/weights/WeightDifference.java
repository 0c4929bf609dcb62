package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.weights.MatchedMatrices.MatrixPair;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Question: how do two related models' matrices differ: by how much, by a low rank, by rounding to
 * a grid, by rescaled neurons?
 *
 * <p>Statistics, over the matrices of mapped layers: median of |B - A| / |A|; the largest ratio of
 * consecutive singular values of the difference and the rank where it stands (Hu et al. 2021 merge
 * such updates); the share of 32-blocks that lie on a symmetric grid; the spread over neurons of
 * log(|up| / |down|) between the models. Not a test of relation: it runs only where one is proven.
 * Fooled by: training after a low-rank update or a rounding hides both.
 */
public final class WeightDifference implements Analysis<MatrixPair, WeightDifference.Differences> {
  static final String ID = "weights.difference";
  private static final int MOST_LAYERS = 12;
  private static final int MOST_ROWS = 512;
  private static final int MOST_RANK = 128;

  /**
   * One matrix pair's figures.
   *
   * @param rank where the largest gap of the difference's singular values stands; 0 without
   *     difference
   */
  record Differences(
      double relativeChange,
      double equalShare,
      int rank,
      double gap,
      Grid.Share gridOfA,
      Grid.Share gridOfB,
      double[] logUpA,
      double[] logUpB)
      implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "How do the related matrices differ: by how much, by a low rank, by rounding?";
  }

  @Override
  public List<MatrixPair> plan(Pair pair) {
    List<MatrixPair> units = new ArrayList<>();
    Bodies.common(pair)
        .forEach(component -> units.addAll(MatchedMatrices.of(pair, component, MOST_LAYERS)));
    return units;
  }

  @Override
  public Differences measure(MatrixPair unit, TensorReader tensors) {
    int[] rows = Weights.sample(Math.toIntExact(unit.a().shape().rows()), MOST_ROWS);
    Matrix a = Weights.rows(tensors, unit.a(), rows);
    Matrix b = Weights.rows(tensors, unit.b(), rows);
    Grid.Share gridOfA = Grid.of(unit.a(), a);
    Grid.Share gridOfB = Grid.of(unit.b(), b);
    double[] logA = logNorms(unit.roleOfA(), tensors, unit.a());
    double[] logB = logNorms(unit.roleOfB(), tensors, unit.b());
    long equal = 0;
    for (int i = 0; i < a.data().length; i++) {
      equal += a.data()[i] == b.data()[i] ? 1 : 0;
    }
    double normOfA = Math.sqrt(a.dot(a));
    Matrix difference = b.copy().add(a, -1);
    double change = Math.sqrt(difference.dot(difference)) / normOfA;
    int rank = 0;
    double gap = 1;
    if (change > 0) {
      double[] values = singularValues(difference);
      int most = Math.min(MOST_RANK, values.length / 2);
      double floor = values[0] * 1e-9;
      for (int k = 1; k <= most; k++) {
        double ratio = values[k - 1] / Math.max(values[k], floor);
        if (values[k - 1] > floor && ratio > gap) {
          gap = ratio;
          rank = k;
        }
      }
    }
    return new Differences(
        change, (double) equal / a.data().length, rank, gap, gridOfA, gridOfB, logA, logB);
  }

  private static double[] singularValues(Matrix matrix) {
    Matrix wide = matrix.rows() <= matrix.columns() ? matrix : matrix.transposed();
    LinearAlgebra algebra = LinearAlgebra.best();
    double[] values = algebra.eigen(algebra.gram(wide), wide.rows()).values();
    double[] singular = new double[values.length];
    for (int k = 0; k < values.length; k++) {
      singular[k] = Math.sqrt(Math.max(0, values[k]));
    }
    return singular;
  }

  /** Logarithms of the norms of neurons: rows of up, columns of down; empty for other matrices. */
  private static double[] logNorms(
      Role role, TensorReader tensors, dev.stemma.artifact.TensorView view) {
    if (role.part() != Part.UP && role.part() != Part.DOWN) {
      return new double[0];
    }
    Matrix whole = Weights.matrix(tensors, view);
    Matrix byNeuron = role.part() == Part.UP ? whole : whole.transposed();
    double[] logs = new double[byNeuron.rows()];
    for (int neuron = 0; neuron < logs.length; neuron++) {
      logs[neuron] = Math.log(Math.max(1e-30, byNeuron.rowNorm(neuron)));
    }
    return logs;
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Differences> partials) {
    List<MatrixPair> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<MatrixPair> own = new ArrayList<>();
      List<Differences> found = new ArrayList<>();
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() == component) {
          own.add(units.get(index));
          found.add(partials.get(index));
        }
      }
      evidence.add(
          found.isEmpty()
              ? new NotApplicable(
                  ID, component, "no matched matrices: no relation is proven, or no shapes agree")
              : measured(pair, component, own, found));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Measured measured(
      Pair pair, Component component, List<MatrixPair> units, List<Differences> found) {
    List<Differences> changed = found.stream().filter(one -> one.relativeChange() > 0).toList();
    double relativeChange =
        MatchedMatrices.median(found.stream().map(Differences::relativeChange).toList());
    Map<Integer, Integer> votes = new HashMap<>();
    changed.forEach(one -> votes.merge(one.rank(), 1, Integer::sum));
    int rank =
        votes.entrySet().stream()
            .max(
                Map.Entry.<Integer, Integer>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .orElse(0);
    List<Differences> atRank = changed.stream().filter(one -> one.rank() == rank).toList();
    double gap = atRank.stream().mapToDouble(Differences::gap).min().orElse(Double.NaN);
    double gridOfA = mean(found, true);
    double gridOfB = mean(found, false);
    int bits =
        Math.max(
            found.stream().mapToInt(one -> one.gridOfA().bits()).max().orElse(0),
            found.stream().mapToInt(one -> one.gridOfB().bits()).max().orElse(0));
    Measured.Builder builder =
        Measured.of(ID, component)
            .statistic("median relative change of matched matrices", relativeChange, null)
            .nullHypothesis("none: it describes a relation that other tests have proven")
            .value("relativeChange", relativeChange)
            .value("equal.share", equalShare(pair, component))
            .value(
                "equal.sampled",
                found.stream().mapToDouble(Differences::equalShare).average().orElse(0))
            .value("grid.a", gridOfA)
            .value("grid.b", gridOfB)
            .value("grid.bits", bits)
            .caveats(
                "The size of a change says how much was trained, not why.",
                "Matrices with more than " + MOST_ROWS + " rows by a sample of them.");
    double spread = rescaledSpread(units, found);
    if (!Double.isNaN(spread)) {
      builder.value("rescaled.spread", spread);
    }
    if (!changed.isEmpty() && rank > 0) {
      builder
          .value("rank", rank)
          .value("rank.gap", gap)
          .value("rank.share", (double) atRank.size() / changed.size());
    }
    return builder.build();
  }

  private static double mean(List<Differences> found, boolean ofA) {
    return found.stream()
        .mapToDouble(one -> (ofA ? one.gridOfA() : one.gridOfB()).share())
        .average()
        .orElse(0);
  }

  /**
   * What the bit-by-bit comparison of everything said, where it ran: only that can claim identity.
   */
  private static double equalShare(Pair pair, Component component) {
    return pair.known().stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .filter(one -> one.id().equals("weights.bit-equality") && one.component() == component)
        .mapToDouble(one -> one.statistic().value())
        .filter(value -> pair.a().layers(component).size() == pair.b().layers(component).size())
        .findFirst()
        .orElse(0);
  }

  /**
   * Median over layers of the spread of log(|up| / |down|) between the models, neurons in order of
   * that value.
   */
  private static double rescaledSpread(List<MatrixPair> units, List<Differences> found) {
    Map<Integer, double[][]> ups = new TreeMap<>();
    Map<Integer, double[][]> downs = new TreeMap<>();
    for (int i = 0; i < units.size(); i++) {
      Part part = units.get(i).roleOfA().part();
      double[][] both = {found.get(i).logUpA(), found.get(i).logUpB()};
      if (part == Part.UP) {
        ups.put(units.get(i).roleOfB().layer(), both);
      } else if (part == Part.DOWN) {
        downs.put(units.get(i).roleOfB().layer(), both);
      }
    }
    List<Double> spreads = new ArrayList<>();
    ups.forEach((layer, up) -> {
      double[][] down = downs.get(layer);
      if (down != null
          && up[0].length == down[0].length
          && up[0].length == up[1].length
          && up[0].length > 1) {
        spreads.add(spread(ratios(up[0], down[0]), ratios(up[1], down[1])));
      }
    });
    return MatchedMatrices.median(spreads);
  }

  private static double[] ratios(double[] up, double[] down) {
    double[] ratios = new double[up.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = up[i] - down[i];
    }
    java.util.Arrays.sort(ratios);
    return ratios;
  }

  static double spread(double[] sortedA, double[] sortedB) {
    double mean = 0;
    for (int i = 0; i < sortedA.length; i++) {
      mean += (sortedB[i] - sortedA[i]) / sortedA.length;
    }
    double squares = 0;
    for (int i = 0; i < sortedA.length; i++) {
      double centred = sortedB[i] - sortedA[i] - mean;
      squares += centred * centred;
    }
    return Math.sqrt(squares / sortedA.length);
  }
}
