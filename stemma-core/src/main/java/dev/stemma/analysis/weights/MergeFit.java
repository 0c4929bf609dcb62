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
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;

/**
 * Question: is one model a weighted sum of the other and a candidate?
 *
 * <p>Statistic: least squares of each matrix on those of two parents; a merge has the same
 * coefficients in every tensor and leaves nothing unexplained (mergekit's linear merges; Wortsman
 * et al. 2022). Needs {@code --candidate}. Fooled by: training after the merge; parents that are
 * the same model.
 */
public final class MergeFit implements Analysis<MergeFit.Unit, MergeFit.Fit> {
  static final String ID = "weights.merge";
  private static final int MOST_LAYERS = 8;
  private static final int MOST_ROWS = 512;

  /**
   * One matrix of a supposed child and of two supposed parents.
   *
   * @param candidate index of the candidate that is the second parent
   */
  record Unit(
      Component component,
      int candidate,
      boolean childIsA,
      TensorView child,
      TensorView first,
      TensorView second)
      implements WorkUnit {
    @Override
    public long bytes() {
      return 12 * child.shape().elements();
    }
  }

  /** Coefficients of one matrix and the share of the child's energy that they leave. */
  record Fit(double first, double second, double residual) implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Is one model a weighted sum of the other and a candidate?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      for (int candidate = 0; candidate < pair.candidates().size(); candidate++) {
        CanonicalModel third = pair.candidates().get(candidate);
        add(units, component, candidate, false, pair.b(), pair.a(), third, pair);
        add(units, component, candidate, true, pair.a(), pair.b(), third, pair);
      }
    }
    return units;
  }

  private static void add(
      List<Unit> units,
      Component component,
      int candidate,
      boolean childIsA,
      CanonicalModel child,
      CanonicalModel first,
      CanonicalModel second,
      Pair pair) {
    List<Integer> layers = LayerPlan.choose(child.layers(component), pair.scope(), MOST_LAYERS);
    child
        .tensors()
        .forEach((role, view) -> {
          if (role.component() != component || !layers.contains(role.layer()) || !matrix(role)) {
            return;
          }
          TensorView one = first.tensors().get(role);
          TensorView other = second.tensors().get(role);
          if (one != null
              && other != null
              && one.shape().equals(view.shape())
              && other.shape().equals(view.shape())) {
            units.add(new Unit(component, candidate, childIsA, view, one, other));
          }
        });
  }

  private static boolean matrix(Role role) {
    return role.part().kind() == Part.Kind.MATRIX && role.expert() < 0;
  }

  @Override
  public Fit measure(Unit unit, TensorReader tensors) {
    int[] rows = Weights.sample(Math.toIntExact(unit.child().shape().rows()), MOST_ROWS);
    return fit(
        Weights.rows(tensors, unit.child(), rows),
        Weights.rows(tensors, unit.first(), rows),
        Weights.rows(tensors, unit.second(), rows));
  }

  /** Solves the two normal equations; the parents' difference keeps nearly equal parents apart. */
  static Fit fit(Matrix child, Matrix first, Matrix second) {
    // child - first = y (second - first) + (x + y - 1) first, in a basis that is far from
    // collinear.
    Matrix step = second.copy().add(first, -1);
    Matrix rest = child.copy().add(first, -1);
    double ff = first.dot(first);
    double ss = step.dot(step);
    double fs = first.dot(step);
    double fr = first.dot(rest);
    double sr = step.dot(rest);
    double determinant = ff * ss - fs * fs;
    if (!(determinant > 1e-12 * ff * ss)) {
      return new Fit(Double.NaN, Double.NaN, Double.NaN);
    }
    double surplus = (fr * ss - sr * fs) / determinant;
    double y = (sr * ff - fr * fs) / determinant;
    Matrix left = rest.add(first, -surplus).add(step, -y);
    // What remains is compared with how far the child is from either parent, not with its own size.
    double near = Math.min(distance(child, first), distance(child, second));
    return new Fit(1 + surplus - y, y, left.dot(left) / Math.max(1e-30, near));
  }

  private static double distance(Matrix a, Matrix b) {
    Matrix difference = a.copy().add(b, -1);
    return difference.dot(difference);
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Fit> partials) {
    List<Evidence> evidence = new ArrayList<>();
    List<Unit> units = plan(pair);
    for (Component component : Bodies.common(pair)) {
      if (pair.candidates().isEmpty()) {
        evidence.add(new NotApplicable(ID, component, "no candidate parent given (--candidate)"));
        continue;
      }
      Measured best = null;
      for (int candidate = 0; candidate < pair.candidates().size(); candidate++) {
        for (boolean childIsA : new boolean[] {false, true}) {
          List<Fit> fits = new ArrayList<>();
          for (int index = 0; index < units.size(); index++) {
            Unit unit = units.get(index);
            if (unit.component() == component
                && unit.candidate() == candidate
                && unit.childIsA() == childIsA) {
              fits.add(partials.get(index));
            }
          }
          Measured one = measured(pair, component, candidate, childIsA, fits);
          if (best == null || one.value("residual", 9) < best.value("residual", 9)) {
            best = one;
          }
        }
      }
      evidence.add(
          best == null || best.value("matrices", 0) == 0
              ? new NotApplicable(
                  ID, component, "no matrices of equal shape in both models and a candidate")
              : best);
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Measured measured(
      Pair pair, Component component, int candidate, boolean childIsA, List<Fit> all) {
    List<Fit> fits = all.stream().filter(fit -> !Double.isNaN(fit.residual())).toList();
    double first = fits.stream().mapToDouble(Fit::first).average().orElse(0);
    double second = fits.stream().mapToDouble(Fit::second).average().orElse(0);
    double spread =
        Math.max(
            deviation(fits.stream().map(Fit::first).toList()),
            deviation(fits.stream().map(Fit::second).toList()));
    double residual = MatchedMatrices.median(fits.stream().map(Fit::residual).toList());
    String parent = (childIsA ? pair.b() : pair.a()).model().reference();
    String other = pair.candidates().get(candidate).model().reference();
    Measured.Builder builder =
        Measured.of(ID, component)
            .statistic(
                "energy of the change that a merge leaves unexplained",
                fits.isEmpty() ? 1 : residual,
                null)
            .nullHypothesis(
                "none: coefficients of a true merge are constant over tensors and leave nothing")
            .value("matrices", fits.size())
            .caveats("Training after a merge hides it.");
    if (!fits.isEmpty()) {
      builder
          .value("spread", spread)
          .value("residual", residual)
          .value("smallest", Math.min(first, second))
          .value("child.is.a", childIsA ? 1 : 0)
          .value("coefficient." + parent, first)
          .value("coefficient." + other, second);
    }
    return builder.build();
  }

  private static double deviation(List<Double> values) {
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    return Math.sqrt(
        values.stream().mapToDouble(value -> (value - mean) * (value - mean)).average().orElse(0));
  }
}
