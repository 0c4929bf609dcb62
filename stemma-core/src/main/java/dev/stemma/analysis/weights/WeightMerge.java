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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Question: is one of the two a weighted sum of the other and of candidates?
 *
 * <p>Statistic: least squares of every matrix on those of its parents, the other model with one or
 * two candidates; in a merge the coefficients (for a spherical one its interpolation parameter) are
 * the same in all tensors and explain what sets the child apart from its nearest parent. Task
 * arithmetic is a sum whose base has a negative coefficient. Calibrated: a true merge had a spread
 * of 4e-5 and left 4e-6 of the energy, wrong parents .46 and more. Fooled by: merges with another
 * rule for each element (trimmed and sign-elected ones are explained in part), parents that were
 * not given.
 */
public final class WeightMerge implements Analysis<WeightMerge.Unit, WeightMerge.Fit> {
  static final String ID = "weights.merge";
  private static final int MOST_MATRICES = 32;
  private static final int MOST_ELEMENTS = 4_000_000;
  private static final int MOST_CANDIDATES = 6;
  private static final double COLLINEAR = 1e-7;

  /**
   * One matrix of the child and of its supposed parents.
   *
   * @param candidates numbers of the candidates among the parents, after the other model
   */
  record Unit(
      Component component,
      boolean childIsA,
      List<Integer> candidates,
      TensorView child,
      List<TensorView> parents)
      implements WorkUnit {
    @Override
    public long bytes() {
      return 4L * (1 + parents.size()) * Math.min(MOST_ELEMENTS, child.shape().elements());
    }
  }

  /**
   * One matrix's coefficients.
   *
   * @param residual share of the child's energy that they leave
   * @param unexplained share of the distance to the nearest parent that they leave
   * @param spherical interpolation parameter of a spherical merge of two; NaN otherwise
   */
  record Fit(double[] coefficients, double residual, double unexplained, double spherical)
      implements Partial {
    static final Fit NONE = new Fit(new double[0], Double.NaN, Double.NaN, Double.NaN);
  }

  /** Which models are taken for the child and its parents. */
  private record Choice(boolean childIsA, List<Integer> candidates) {}

  /** What holds for one choice. */
  private record Model(
      Choice choice,
      double[] coefficients,
      double spread,
      double residual,
      double unexplained,
      double parameter,
      double parameterSpread) {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Is one of the two a weighted sum of the other and of candidates?";
  }

  private static List<Choice> choices(Pair pair) {
    int count = Math.min(MOST_CANDIDATES, pair.candidates().size());
    List<Choice> choices = new ArrayList<>();
    for (boolean childIsA : new boolean[] {false, true}) {
      for (int one = 0; one < count; one++) {
        choices.add(new Choice(childIsA, List.of(one)));
        for (int other = one + 1; other < count; other++) {
          choices.add(new Choice(childIsA, List.of(one, other)));
        }
      }
    }
    return choices;
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      choices(pair).forEach(choice -> add(units, pair, component, choice));
    }
    return units;
  }

  private static void add(List<Unit> units, Pair pair, Component component, Choice choice) {
    CanonicalModel child = choice.childIsA() ? pair.a() : pair.b();
    List<CanonicalModel> parents = parents(pair, choice);
    int added = 0;
    for (Map.Entry<Role, TensorView> entry : child.tensors().entrySet()) {
      Role role = entry.getKey();
      List<TensorView> views =
          parents.stream()
              .flatMap(parent -> parent.tensor(role).stream())
              .filter(view -> view.shape().equals(entry.getValue().shape()))
              .toList();
      if (role.component() == component
          && role.part().kind() == Part.Kind.MATRIX
          && pair.scope().includes(role.layer())
          && views.size() == parents.size()
          && (added < MOST_MATRICES || pair.scope().thorough())) {
        units.add(
            new Unit(
                component,
                choice.childIsA(),
                choice.candidates(),
                Economy.of(pair).values(entry.getValue()),
                views.stream().map(view -> Economy.of(pair).values(view)).toList()));
        added++;
      }
    }
  }

  private static List<CanonicalModel> parents(Pair pair, Choice choice) {
    List<CanonicalModel> parents = new ArrayList<>();
    parents.add(choice.childIsA() ? pair.b() : pair.a());
    choice.candidates().forEach(candidate -> parents.add(pair.candidates().get(candidate)));
    return parents;
  }

  @Override
  public Fit measure(Unit unit, TensorReader tensors) {
    int count = (int) Math.min(MOST_ELEMENTS, unit.child().shape().elements());
    List<float[]> vectors = new ArrayList<>();
    for (TensorView parent : unit.parents()) {
      vectors.add(read(tensors, parent, count));
    }
    vectors.add(read(tensors, unit.child(), count));
    int n = unit.parents().size();
    double[][] products = new double[n + 1][n + 1];
    for (int row = 0; row <= n; row++) {
      for (int column = 0; column <= row; column++) {
        products[row][column] = dot(vectors.get(row), vectors.get(column));
        products[column][row] = products[row][column];
      }
    }
    return fit(products, n);
  }

  private static Fit fit(double[][] products, int n) {
    double energy = products[n][n];
    double[] coefficients = solve(products, n);
    if (coefficients.length == 0 || !(energy > 0)) {
      return Fit.NONE;
    }
    double explained = 0;
    double nearest = Double.POSITIVE_INFINITY;
    for (int index = 0; index < n; index++) {
      explained += coefficients[index] * products[n][index];
      nearest = Math.min(nearest, energy + products[index][index] - 2 * products[n][index]);
    }
    double left = Math.max(0, energy - explained);
    double spherical = Double.NaN;
    if (n == 2) {
      double cosine = products[0][1] / Math.sqrt(products[0][0] * products[1][1]);
      double angle = Math.acos(Math.clamp(cosine, -1, 1));
      spherical =
          Math.atan2(coefficients[1] * Math.sin(angle), coefficients[0] + coefficients[1] * cosine)
              / angle;
    }
    return new Fit(
        coefficients, left / energy, nearest > 0 ? left / nearest : Double.NaN, spherical);
  }

  /** Normal equations by elimination; empty where the parents are collinear. */
  private static double[] solve(double[][] products, int n) {
    double[][] rows = new double[n][];
    for (int row = 0; row < n; row++) {
      rows[row] = Arrays.copyOf(products[row], n + 1);
    }
    for (int pivot = 0; pivot < n; pivot++) {
      if (!(rows[pivot][pivot] > COLLINEAR * products[pivot][pivot])) {
        return new double[0];
      }
      for (int row = 0; row < n; row++) {
        double factor = row == pivot ? 0 : rows[row][pivot] / rows[pivot][pivot];
        for (int column = pivot; column <= n && factor != 0; column++) {
          rows[row][column] -= factor * rows[pivot][column];
        }
      }
    }
    double[] solution = new double[n];
    for (int row = 0; row < n; row++) {
      solution[row] = rows[row][n] / rows[row][row];
    }
    return solution;
  }

  private static float[] read(TensorReader tensors, TensorView view, int count) {
    float[] values = new float[count];
    tensors.read(view, 0, count, values, 0);
    return values;
  }

  private static double dot(float[] one, float[] other) {
    double sum = 0;
    for (int index = 0; index < one.length; index++) {
      sum += (double) one[index] * other[index];
    }
    return sum;
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Fit> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Model> models = new ArrayList<>();
      for (Choice choice : choices(pair)) {
        List<Fit> fits = new ArrayList<>();
        for (int index = 0; index < units.size(); index++) {
          Unit unit = units.get(index);
          if (unit.component() == component
              && unit.childIsA() == choice.childIsA()
              && unit.candidates().equals(choice.candidates())
              && !Double.isNaN(partials.get(index).residual())) {
            fits.add(partials.get(index));
          }
        }
        if (!fits.isEmpty()) {
          models.add(model(fits, choice));
        }
      }
      evidence.add(
          best(models)
              .<Evidence>map(model -> measured(pair, component, model))
              .orElseGet(() ->
                  new NotApplicable(
                      ID,
                      component,
                      pair.candidates().isEmpty()
                          ? "no candidate was given (--candidate)"
                          : "no candidate has matrices of the same shapes")));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  /** What leaves least; a further parent must leave ten times less. */
  private static Optional<Model> best(List<Model> models) {
    return models.stream()
        .min(
            Comparator.comparingDouble(
                model -> model.residual() * Math.pow(10, model.coefficients().length)));
  }

  private static Model model(List<Fit> fits, Choice choice) {
    int n = fits.getFirst().coefficients().length;
    double[] mean = new double[n];
    double spread = 0;
    for (int index = 0; index < n; index++) {
      int at = index;
      double[] values = fits.stream().mapToDouble(fit -> fit.coefficients()[at]).toArray();
      mean[index] = Arrays.stream(values).average().orElse(Double.NaN);
      spread = Math.max(spread, deviation(values));
    }
    double[] parameters = fits.stream().mapToDouble(Fit::spherical).toArray();
    return new Model(
        choice,
        mean,
        spread,
        fits.stream().mapToDouble(Fit::residual).average().orElse(1),
        fits.stream().mapToDouble(Fit::unexplained).average().orElse(1),
        Arrays.stream(parameters).average().orElse(Double.NaN),
        deviation(parameters));
  }

  private static double deviation(double[] values) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    return Math.sqrt(
        Arrays.stream(values).map(value -> (value - mean) * (value - mean)).average().orElse(0));
  }

  private static Evidence measured(Pair pair, Component component, Model model) {
    List<CanonicalModel> parents = parents(pair, model.choice());
    // A spherical merge has a constant parameter and coefficients that follow each tensor's angle.
    boolean spherical =
        model.coefficients().length == 2 && model.parameterSpread() < model.spread() / 2;
    double[] coefficients =
        spherical ? new double[] {1 - model.parameter(), model.parameter()} : model.coefficients();
    Measured.Builder evidence =
        Measured.of(ID, component)
            .statistic("energy left by the parents", model.residual(), 1.0)
            .nullHypothesis(
                "calibrated: coefficients of wrong parents differ from tensor to tensor")
            .value("spread", spherical ? model.parameterSpread() : model.spread())
            .value("residual", model.residual())
            .value("unexplained", model.unexplained())
            .value("spherical", spherical ? 1 : 0)
            .value(
                "smallest",
                Arrays.stream(model.coefficients()).map(Math::abs).min().orElse(Double.NaN))
            .value("child.is.a", model.choice().childIsA() ? 1 : 0)
            .caveats("only the given candidates were tried, at most three parents at a time");
    for (int index = 0; index < coefficients.length; index++) {
      evidence.value("coefficient." + parents.get(index).model().reference(), coefficients[index]);
    }
    return evidence.build();
  }
}
