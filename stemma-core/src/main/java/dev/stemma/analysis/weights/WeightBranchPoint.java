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
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Question: does the path between the two models branch off at a candidate?
 *
 * <p>Statistic: for three models x, y, z of one tree whose steps are independent, (y.z)(x.x) /
 * ((x.y)(x.z)) - 1 is the squared distance of x from the point where the three meet, in units of
 * its size (a Gromov product that any scaling leaves alone); it is 0 for the ancestor itself. The
 * mean over matrices. Calibrated: steps trained on the same data are not independent, and the
 * product then says where most of the common way ends. Fooled by: a candidate that hangs off one of
 * the two tells nothing of what lies between them; it can refute a parent and never prove one.
 */
public final class WeightBranchPoint
    implements Analysis<WeightBranchPoint.Unit, WeightBranchPoint.Distances> {
  static final String ID = "weights.branch-point";
  private static final int MOST_CANDIDATES = 6;
  private static final int MOST_MATRICES = 42;
  private static final int FEWEST_MATRICES = 4;
  private static final int MOST_ELEMENTS = 1_000_000;
  private static final double RELATED_COSINE = 0.5;
  private static final List<Part> PARTS =
      List.of(Part.QUERY, Part.KEY, Part.VALUE, Part.OUTPUT, Part.GATE, Part.UP, Part.DOWN);

  /** One matrix that stands in all three models. */
  record Unit(Component component, int candidate, TensorView a, TensorView b, TensorView third)
      implements WorkUnit {
    @Override
    public long bytes() {
      return 12L * Math.min(MOST_ELEMENTS, a.shape().elements());
    }
  }

  /** Squared distances from the branch point; NaN where the three are not related in place. */
  record Distances(double a, double b, double third) implements Partial {
    static final Distances NONE = new Distances(Double.NaN, Double.NaN, Double.NaN);

    /** From inner products: of each with itself, and of each two. */
    static Distances of(double aa, double bb, double cc, double ab, double ac, double bc) {
      boolean related =
          ab >= RELATED_COSINE * Math.sqrt(aa * bb)
              && ac >= RELATED_COSINE * Math.sqrt(aa * cc)
              && bc >= RELATED_COSINE * Math.sqrt(bb * cc)
              && aa > 0
              && bb > 0
              && cc > 0;
      return related
          ? new Distances(bc * aa / (ab * ac) - 1, ac * bb / (ab * bc) - 1, ab * cc / (ac * bc) - 1)
          : NONE;
    }

    boolean known() {
      return !Double.isNaN(a);
    }
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Does the path between the two models branch off at a candidate?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      Optional<LayerMap> map =
          MatchedMatrices.relating(pair, component, List.of(NeuronMatching.ID))
              .map(Measured::layerMap);
      for (int index = 0; index < candidates(pair); index++) {
        if (map.isPresent()) {
          add(units, pair, component, map.get(), index);
        }
      }
    }
    return units;
  }

  private static int candidates(Pair pair) {
    return Math.min(MOST_CANDIDATES, pair.candidates().size());
  }

  private static void add(
      List<Unit> units, Pair pair, Component component, LayerMap map, int candidate) {
    CanonicalModel third = pair.candidates().get(candidate);
    boolean asA = third.layers(component).size() == map.layersOfA();
    boolean asB = third.layers(component).size() == map.layersOfB();
    int added = 0;
    for (LayerMap.Link link : map.links()) {
      for (Part part : PARTS) {
        Optional<TensorView> a = pair.a().tensor(Role.inLayer(component, link.a(), part));
        Optional<TensorView> b = pair.b().tensor(Role.inLayer(component, link.b(), part));
        Optional<TensorView> c =
            asA || asB
                ? third.tensor(Role.inLayer(component, asA ? link.a() : link.b(), part))
                : Optional.empty();
        if (a.isPresent()
            && b.isPresent()
            && c.isPresent()
            && a.get().shape().equals(b.get().shape())
            && a.get().shape().equals(c.get().shape())
            && added++ < MOST_MATRICES) {
          units.add(
              new Unit(
                  component,
                  candidate,
                  Economy.of(pair).values(a.get()),
                  Economy.of(pair).values(b.get()),
                  Economy.of(pair).values(c.get())));
        }
      }
    }
  }

  @Override
  public Distances measure(Unit unit, TensorReader tensors) {
    int count = (int) Math.min(MOST_ELEMENTS, unit.a().shape().elements());
    float[] a = read(tensors, unit.a(), count);
    float[] b = read(tensors, unit.b(), count);
    float[] c = read(tensors, unit.third(), count);
    return Distances.of(dot(a, a), dot(b, b), dot(c, c), dot(a, b), dot(a, c), dot(b, c));
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

  /** What one candidate says. */
  private record Branch(int candidate, List<Distances> matrices) {
    double mean(java.util.function.ToDoubleFunction<Distances> value) {
      return matrices.stream().mapToDouble(value).average().orElse(Double.NaN);
    }
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Distances> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Branch> branches = new ArrayList<>();
      for (int candidate = 0; candidate < candidates(pair); candidate++) {
        List<Distances> known = new ArrayList<>();
        for (int index = 0; index < units.size(); index++) {
          Unit unit = units.get(index);
          if (unit.component() == component
              && unit.candidate() == candidate
              && partials.get(index).known()) {
            known.add(partials.get(index));
          }
        }
        if (known.size() >= FEWEST_MATRICES) {
          branches.add(new Branch(candidate, known));
        }
      }
      evidence.add(
          branches.stream()
              .min(Comparator.comparingDouble(branch -> branch.mean(Distances::third)))
              .<Evidence>map(branch -> measured(pair, component, branch))
              .orElseGet(() ->
                  new NotApplicable(
                      ID,
                      component,
                      pair.candidates().isEmpty()
                          ? "no candidate was given (--candidate)"
                          : "no candidate is related to both, matrix by matrix")));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Evidence measured(Pair pair, Component component, Branch branch) {
    double third = branch.mean(Distances::third);
    return Measured.of(ID, component)
        .statistic(
            "squared distance of "
                + pair.candidates().get(branch.candidate()).model().name()
                + " from the branch point",
            third,
            null)
        .nullHypothesis("calibrated: the training steps of the three are independent")
        .value("distance.a", Math.sqrt(Math.max(0, branch.mean(Distances::a))))
        .value("distance.b", Math.sqrt(Math.max(0, branch.mean(Distances::b))))
        .value("distance.candidate", Math.sqrt(Math.max(0, third)))
        .value("matrices", branch.matrices().size())
        .caveats("training on the same data is not independent; a candidate can refute a parent")
        .build();
  }
}
