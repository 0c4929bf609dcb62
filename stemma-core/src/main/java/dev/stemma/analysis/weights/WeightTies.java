package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Question: is one of the two a TIES merge of the other and of candidates?
 *
 * <p>Statistic: TIES (Yadav et al. 2023) trims the updates of two parents of one base to their
 * largest share, elects each element's sign and averages what agrees. How many elements equal the
 * base's gives the share that was kept; with it every value is predicted, and the energy that the
 * prediction leaves is compared with that to the nearest of the three models. Control: the same
 * prediction with its elements shuffled. Each of the three is tried as the base. Calibrated, since
 * elements of one row are not exchangeable. Fooled by: parents or a base that were not given,
 * another density for each parent, more than two parents.
 */
public final class WeightTies implements Analysis<WeightTies.Unit, TiesFit> {
  static final String ID = "weights.ties-merge";
  private static final int MOST_MATRICES = 14;
  private static final int MOST_ELEMENTS = 1_000_000;
  private static final int MOST_CANDIDATES = 6;
  private static final double RELATED_COSINE = 0.3;

  /** One matrix of the child and of the three models that may be its parents and their base. */
  record Unit(Choice choice, TensorView child, List<TensorView> others) implements WorkUnit {
    @Override
    public long bytes() {
      return 16L * Math.min(MOST_ELEMENTS, child.shape().elements());
    }
  }

  /** Which model is taken for the child, and which two candidates stand beside the other. */
  record Choice(Component component, boolean childIsA, int one, int two)
      implements java.io.Serializable {
    CanonicalModel child(Pair pair) {
      return childIsA ? pair.a() : pair.b();
    }

    List<CanonicalModel> others(Pair pair) {
      return List.of(
          childIsA ? pair.b() : pair.a(), pair.candidates().get(one), pair.candidates().get(two));
    }
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Is one of the two a TIES merge of the other and of candidates?";
  }

  private static List<Choice> choices(Pair pair, Component component) {
    int count = Math.min(MOST_CANDIDATES, pair.candidates().size());
    List<Choice> choices = new ArrayList<>();
    for (boolean childIsA : new boolean[] {false, true}) {
      for (int one = 0; one < count; one++) {
        for (int two = one + 1; two < count; two++) {
          choices.add(new Choice(component, childIsA, one, two));
        }
      }
    }
    return choices;
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      choices(pair, component).forEach(choice -> add(units, pair, choice));
    }
    return units;
  }

  private static void add(List<Unit> units, Pair pair, Choice choice) {
    int added = 0;
    for (Map.Entry<Role, TensorView> entry : choice.child(pair).tensors().entrySet()) {
      Role role = entry.getKey();
      List<TensorView> others =
          choice.others(pair).stream()
              .flatMap(model -> model.tensor(role).stream())
              .filter(view -> view.shape().equals(entry.getValue().shape()))
              .toList();
      if (role.component() == choice.component()
          && role.part().kind() == Part.Kind.MATRIX
          && pair.scope().includes(role.layer())
          && others.size() == 3
          && (added < MOST_MATRICES || pair.scope().thorough())) {
        units.add(
            new Unit(
                choice,
                Economy.of(pair).values(entry.getValue()),
                others.stream().map(view -> Economy.of(pair).values(view)).toList()));
        added++;
      }
    }
  }

  @Override
  public TiesFit measure(Unit unit, TensorReader tensors) {
    int count = (int) Math.min(MOST_ELEMENTS, unit.child().shape().elements());
    float[] child = read(tensors, unit.child(), count);
    float[][] others = new float[3][];
    for (int index = 0; index < others.length; index++) {
      others[index] = read(tensors, unit.others().get(index), count);
      if (!(cosine(child, others[index]) >= RELATED_COSINE)) {
        return TiesFit.NONE;
      }
    }
    TiesFit best = TiesFit.NONE;
    for (int base = 0; base < others.length; base++) {
      TiesFit fit = TiesFit.of(base, others, child);
      if (fit.known() && !(fit.unexplained() >= best.unexplained())) {
        best = fit;
      }
    }
    return best;
  }

  private static float[] read(TensorReader tensors, TensorView view, int count) {
    float[] values = new float[count];
    tensors.read(view, 0, count, values, 0);
    return values;
  }

  private static double cosine(float[] one, float[] other) {
    double product = 0;
    double energyOfOne = 0;
    double energyOfOther = 0;
    for (int index = 0; index < one.length; index++) {
      product += (double) one[index] * other[index];
      energyOfOne += (double) one[index] * one[index];
      energyOfOther += (double) other[index] * other[index];
    }
    return product / Math.sqrt(energyOfOne * energyOfOther);
  }

  /** What the matrices say for one choice and one base, the one that most of them fit best. */
  private record Model(Choice choice, int base, List<TiesFit> fits) {
    double mean(ToDoubleFunction<TiesFit> value) {
      return fits.stream().mapToDouble(value).average().orElse(Double.NaN);
    }

    double spread(ToDoubleFunction<TiesFit> value) {
      double mean = mean(value);
      return Math.sqrt(
          mean(fit -> {
            double from = value.applyAsDouble(fit) - mean;
            return from * from;
          }));
    }
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<TiesFit> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Model> models = new ArrayList<>();
      for (Choice choice : choices(pair, component)) {
        List<TiesFit> fits = new ArrayList<>();
        for (int index = 0; index < units.size(); index++) {
          if (units.get(index).choice().equals(choice) && partials.get(index).known()) {
            fits.add(partials.get(index));
          }
        }
        model(choice, fits).ifPresent(models::add);
      }
      evidence.add(
          models.stream()
              .min(Comparator.comparingDouble(model -> model.mean(TiesFit::unexplained)))
              .<Evidence>map(model -> measured(pair, model))
              .orElseGet(() ->
                  new NotApplicable(
                      ID,
                      component,
                      pair.candidates().size() < 2
                          ? "fewer than two candidates were given (--candidate)"
                          : "no two candidates are related to both, matrix by matrix")));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  /** All matrices must have one base. */
  private static Optional<Model> model(Choice choice, List<TiesFit> fits) {
    if (fits.isEmpty()) {
      return Optional.empty();
    }
    int base = fits.getFirst().base();
    return fits.stream().allMatch(fit -> fit.base() == base)
        ? Optional.of(new Model(choice, base, fits))
        : Optional.empty();
  }

  private static Evidence measured(Pair pair, Model model) {
    List<CanonicalModel> others = model.choice().others(pair);
    double spread =
        Math.max(
            model.spread(TiesFit::scale),
            Math.max(model.spread(TiesFit::first), model.spread(TiesFit::second)));
    Measured.Builder evidence =
        Measured.of(ID, model.choice().component())
            .statistic("energy left by the predicted merge", model.mean(TiesFit::unexplained), 1.0)
            .nullHypothesis(
                "calibrated: the same prediction with its elements shuffled leaves all or more")
            .value("unexplained", model.mean(TiesFit::unexplained))
            .value("unexplained.shuffled", model.mean(TiesFit::shuffled))
            .value("density", model.mean(TiesFit::density))
            .value("density.spread", model.spread(TiesFit::density))
            .value("scale", model.mean(TiesFit::scale))
            .value("spread", spread)
            .value("smallest", model.mean(TiesFit::least))
            .value("matrices", model.fits().size())
            .value("child.is.a", model.choice().childIsA() ? 1 : 0)
            .value("base." + others.get(model.base()).model().reference(), 1)
            .caveats("only the given candidates were tried, two parents and their base at a time");
    String parents = "coefficient.";
    evidence.value(
        parents + others.get(model.base() == 0 ? 1 : 0).model().reference(),
        model.mean(TiesFit::first));
    evidence.value(
        parents + others.get(model.base() == 2 ? 1 : 2).model().reference(),
        model.mean(TiesFit::second));
    return evidence.build();
  }
}
