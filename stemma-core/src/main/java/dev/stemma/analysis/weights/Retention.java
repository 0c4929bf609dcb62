package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.weights.MatchedMatrices.MatrixPair;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Question: does either model keep the other's fine structure, as a descendant does, or only what
 * both have from a third?
 *
 * <p>Statistic: singular directions of a matrix of A in eight bands of equal size, from leading to
 * last; how much of each band is still there in B: r = sum sigma u' B v / sum sigma^2. If B = c A +
 * D with D independent of A's fine structure, r is the same c in every band; two models that both
 * moved away from a third keep the leading bands and lose the bulk; a shared initialisation keeps
 * the bulk and not the leading bands. Medians over the matrices of all mapped layers, in both
 * directions. Not a test of relation: it runs only where one is proven. Fooled by: a sibling that
 * hardly moved from the common parent looks like the parent.
 */
public final class Retention implements Analysis<MatrixPair, Retention.Profiles> {
  static final String ID = "weights.retention";
  private static final int BANDS = 8;
  private static final int FIRST_BULK_BAND = 2;
  private static final int MOST_ROWS = 512;
  private static final int MOST_LAYERS = 12;

  /** Retention by band, both ways; empty for a matrix that says nothing. */
  record Profiles(double[] aToB, double[] bToA) implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Does either model keep the other's fine structure, as a descendant does?";
  }

  @Override
  public List<MatrixPair> plan(Pair pair) {
    List<MatrixPair> units = new ArrayList<>();
    Bodies.common(pair)
        .forEach(component -> units.addAll(MatchedMatrices.of(pair, component, MOST_LAYERS)));
    return units;
  }

  @Override
  public Profiles measure(MatrixPair unit, TensorReader tensors) {
    Matrix a = read(tensors, unit.a(), unit.gainOfA());
    Matrix b = read(tensors, unit.b(), unit.gainOfB());
    return new Profiles(profile(a, b), profile(b, a));
  }

  /**
   * The matrix with its smaller side as rows, at most 512 of them: a part of both keeps the
   * property.
   */
  private static Matrix read(TensorReader tensors, TensorView view, @Nullable TensorView gain) {
    long rows = view.shape().rows();
    long columns = view.shape().columns();
    if (rows <= MOST_ROWS || columns > MOST_ROWS) {
      Matrix some = Weights.rows(tensors, view, Weights.sample(Math.toIntExact(rows), MOST_ROWS));
      return gain == null ? some : some.scaleColumns(Weights.vector(tensors, gain));
    }
    return Weights.matrix(tensors, view, gain).transposed();
  }

  static double[] profile(Matrix from, Matrix to) {
    LinearAlgebra algebra = LinearAlgebra.best();
    int n = from.rows();
    if (n < BANDS) {
      return new double[0];
    }
    LinearAlgebra.Eigen eigen = algebra.eigen(algebra.gram(from), n);
    Matrix turned = algebra.multiply(eigen.vectors(), algebra.multiplyByTransposed(to, from));
    double[] kept = new double[BANDS];
    double[] energy = new double[BANDS];
    for (int k = 0; k < n; k++) {
      int band = (int) ((long) k * BANDS / n);
      double dot = 0;
      for (int column = 0; column < n; column++) {
        dot += (double) turned.get(k, column) * eigen.vectors().get(k, column);
      }
      kept[band] += dot;
      energy[band] += Math.max(0, eigen.values()[k]);
    }
    double[] profile = new double[BANDS];
    double floor = Arrays.stream(energy).sum() * 1e-9;
    for (int band = 0; band < BANDS; band++) {
      if (!(energy[band] > floor)) {
        return new double[0];
      }
      profile[band] = kept[band] / energy[band];
    }
    return profile;
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Profiles> partials) {
    List<MatrixPair> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Profiles> profiles = new ArrayList<>();
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() == component
            && partials.get(index).aToB().length == BANDS
            && partials.get(index).bToA().length == BANDS) {
          profiles.add(partials.get(index));
        }
      }
      evidence.add(
          profiles.isEmpty()
              ? new NotApplicable(
                  ID, component, "no matched matrices: no relation is proven, or no shapes agree")
              : measured(component, profiles));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Measured measured(Component component, List<Profiles> profiles) {
    double[] ab = medians(profiles.stream().map(Profiles::aToB).toList());
    double[] ba = medians(profiles.stream().map(Profiles::bToA).toList());
    double favouringA = 0;
    for (Profiles one : profiles) {
      favouringA += 0.5 * (1 + Math.signum(round(bulk(one.aToB())) - round(bulk(one.bToA()))));
    }
    double share = favouringA / profiles.size();
    return Measured.of(ID, component)
        .statistic("retention of a's fine structure in b", bulk(ab), 1.0)
        .nullHypothesis("none: it describes a relation that other tests have proven")
        .effect(Math.clamp(Math.max(bulk(ab), bulk(ba)), 0, 1))
        .value("top.ab", ab[0])
        .value("top.ba", ba[0])
        .value("bulk.ab", bulk(ab))
        .value("bulk.ba", bulk(ba))
        .value("flat.ab", flat(ab))
        .value("flat.ba", flat(ba))
        .value("parent.share", share)
        .value("matrices", profiles.size())
        .figures(curves(ab, ba))
        .caveats(
            "A sibling that hardly moved from the common parent cannot be told from the parent.",
            "Medians over "
                + profiles.size()
                + " matrices of mapped layers; matrices with more than "
                + MOST_ROWS
                + " rows by a sample of them.")
        .build();
  }

  /** Differences below this are rounding, not direction. */
  private static double round(double value) {
    return Math.rint(value * 1e5) / 1e5;
  }

  private static double[] medians(List<double[]> profiles) {
    double[] medians = new double[BANDS];
    for (int band = 0; band < BANDS; band++) {
      int index = band;
      medians[band] =
          MatchedMatrices.median(profiles.stream().map(profile -> profile[index]).toList());
    }
    return medians;
  }

  static double bulk(double[] profile) {
    return Arrays.stream(profile, FIRST_BULK_BAND, BANDS).average().orElse(Double.NaN);
  }

  static double flat(double[] profile) {
    double largest = Arrays.stream(profile).max().orElse(Double.NaN);
    return Arrays.stream(profile).min().orElse(Double.NaN) / largest;
  }

  private static Figure curves(double[] ab, double[] ba) {
    List<Double> bands = new ArrayList<>();
    for (int band = 1; band <= BANDS; band++) {
      bands.add((double) band);
    }
    return new Figure.Curves(
        "Retention by band of singular directions",
        "band, from leading to last",
        "share kept",
        bands,
        List.of(
            new Figure.Series("a in b", Arrays.stream(ab).boxed().toList()),
            new Figure.Series("b in a", Arrays.stream(ba).boxed().toList())));
  }
}
