package dev.stemma.tree;

import dev.stemma.analysis.weights.MatrixSteps.Link;
import dev.stemma.analysis.weights.MatrixSteps.Step;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All models and what is known of every two: who may descend from whom, and how far they are. */
public final class KinGraph {
  private static final Set<Kind> TRAINING =
      Set.of(Kind.RE_EXPORTED, Kind.FINE_TUNED, Kind.CONTINUED, Kind.LOW_RANK, Kind.MERGED);

  private final List<String> models;
  private final TreeRules rules;
  private final @Nullable Kin[][] kin;
  private final List<Kin> all;
  private final List<List<SortedMap<String, Step>>> steps = new ArrayList<>();
  private final List<List<double[]>> distances = new ArrayList<>();
  private final int[] matrices;
  private final Orders orders;

  /** From every two models' relation; a pair that is not given is unrelated. */
  public KinGraph(List<String> models, List<Kin> pairs, TreeRules rules) {
    this.models = List.copyOf(models);
    this.rules = rules;
    this.all = List.copyOf(pairs);
    this.kin = new Kin[models.size()][models.size()];
    for (Kin pair : pairs) {
      kin[pair.a()][pair.b()] = pair;
      kin[pair.b()][pair.a()] = pair;
    }
    int n = models.size();
    matrices = new int[n];
    for (int child = 0; child < n; child++) {
      List<SortedMap<String, Step>> to = new ArrayList<>();
      List<double[]> far = new ArrayList<>();
      TreeSet<String> places = new TreeSet<>();
      for (int parent = 0; parent < n; parent++) {
        Kin pair = kin[parent][child];
        to.add(pair == null || !pair.related() ? new TreeMap<>() : pair.stepsTo(child));
        far.add(
            Resampling.values(to.getLast().values(), step -> TreeRules.distance(step.cosine())));
        places.addAll(to.getLast().keySet());
      }
      steps.add(to);
      distances.add(far);
      matrices[child] = places.size();
    }
    orders = new Orders(Resampling.NONE);
  }

  int size() {
    return models.size();
  }

  String name(int model) {
    return models.get(model);
  }

  List<Kin> pairs() {
    return all;
  }

  TreeRules rules() {
    return rules;
  }

  /** What is known of the two; null where nothing is. */
  public @Nullable Kin kin(int one, int other) {
    return kin[one][other];
  }

  boolean related(int one, int other) {
    Kin pair = kin(one, other);
    return pair != null && pair.related();
  }

  /** Which of two came first. */
  enum Order {
    FIRST,
    SECOND,
    OPEN,
    NEITHER
  }

  /**
   * What structure, vocabularies and retention say together; where they disagree, neither did.
   * Retention is of one draw of the matrices.
   */
  private Order whichFirst(int first, int second, Resampling sample) {
    Kin pair = kin(first, second);
    if (pair == null || !pair.related() || pair.relation() == Relation.SHARED_ANCESTOR) {
      return Order.NEITHER;
    }
    TreeSet<Parent> votes = new TreeSet<>(List.of(pair.structure(), pair.vocabulary()));
    votes.add(rules.byRetention(pair, sample));
    votes.remove(Parent.UNDETERMINED);
    if (votes.size() != 1) {
      return votes.isEmpty() ? Order.OPEN : Order.NEITHER;
    }
    return (votes.getFirst() == Parent.A) == (pair.a() == first) ? Order.FIRST : Order.SECOND;
  }

  /** Which of every two came first, and who may descend from whom, by one draw of the matrices. */
  final class Orders {
    private final Order[][] orders = new Order[size()][size()];
    private final List<List<Integer>> candidates = new ArrayList<>();

    Orders(Resampling sample) {
      for (int first = 0; first < size(); first++) {
        for (int second = first; second < size(); second++) {
          Order order = first == second ? Order.NEITHER : whichFirst(first, second, sample);
          orders[first][second] = order;
          orders[second][first] =
              switch (order) {
                case FIRST -> Order.SECOND;
                case SECOND -> Order.FIRST;
                case OPEN, NEITHER -> order;
              };
        }
      }
      for (int child = 0; child < size(); child++) {
        candidates.add(nearest(child));
      }
    }

    Order order(int first, int second) {
      return orders[first][second];
    }

    /** Possible parents of a child, the nearest first. */
    List<Integer> candidates(int child) {
      return candidates.get(child);
    }

    /** Whether the child may come from that model and from nowhere else. */
    private boolean mayDescend(int parent, int child) {
      Order order = order(parent, child);
      return (order == Order.FIRST || order == Order.OPEN)
          && coverage(parent, child) >= rules.coverage();
    }

    private List<Integer> nearest(int child) {
      List<Integer> found = new ArrayList<>();
      for (int parent = 0; parent < size(); parent++) {
        if (mayDescend(parent, child)) {
          found.add(parent);
        }
      }
      found.sort(Comparator.comparingDouble(parent -> distance(parent, child, Resampling.NONE)));
      return found.size() > TreeRules.MOST_CANDIDATES
          ? found.subList(0, TreeRules.MOST_CANDIDATES)
          : found;
    }
  }

  /** By all the matrices. */
  Orders orders() {
    return orders;
  }

  /** By a draw of them. */
  Orders orders(Resampling sample) {
    return sample == Resampling.NONE ? orders : new Orders(sample);
  }

  /** What was done to the structure on the way between two; training is no such thing. */
  Set<Kind> changes(int one, int other) {
    Kin pair = kin(one, other);
    TreeSet<Kind> kinds = new TreeSet<>(pair == null ? List.of() : pair.kinds());
    kinds.removeAll(TRAINING);
    return kinds;
  }

  /** The steps to a child by its matrices; empty where the two are not kin. */
  SortedMap<String, Step> steps(int parent, int child) {
    return steps.get(child).get(parent);
  }

  /** Share of what any kin has of the child that this one has. */
  double coverage(int parent, int child) {
    int places = matrices[child];
    return places == 0 ? 0 : (double) steps(parent, child).size() / places;
  }

  /** Mean over the child's matrices of minus the logarithm of the squared cosine. */
  double distance(int parent, int child, Resampling sample) {
    return sample.mean(distances.get(child).get(parent));
  }

  /** Places of the one's matrices with those of the other's that correspond. */
  public Map<String, String> places(int from, int to) {
    Map<String, String> places = new HashMap<>();
    Kin pair = kin(from, to);
    if (pair != null) {
      for (Link link : pair.steps().keySet()) {
        places.putIfAbsent(
            pair.a() == from ? link.a() : link.b(), pair.a() == from ? link.b() : link.a());
      }
    }
    return places;
  }

  /** Pairs of possible parents of one child that only the three models together can decide. */
  public List<Trio> questions() {
    List<Trio> questions = new ArrayList<>();
    for (int child = 0; child < size(); child++) {
      List<Integer> possible = orders.candidates(child);
      for (int i = 0; i < possible.size(); i++) {
        for (int j = i + 1; j < possible.size(); j++) {
          questions.add(new Trio(child, possible.get(i), possible.get(j), List.of()));
        }
      }
    }
    return questions;
  }

  /** Two models that may both be parents of a child, the likeliest first. */
  public List<Blend> possibleBlends() {
    List<Blend> blends = new ArrayList<>();
    for (int child = 0; child < size(); child++) {
      record Found(Blend blend, double closeness) {}
      List<Found> found = new ArrayList<>();
      for (int p = 0; p < size(); p++) {
        for (int q = p + 1; q < size(); q++) {
          if (p != child && q != child && related(p, child) && related(q, child)) {
            double closeness = related(p, q) ? closeness(child, p, q) : chimera(child, p, q);
            boolean pFirst =
                related(p, q)
                    ? distance(p, child, Resampling.NONE) <= distance(q, child, Resampling.NONE)
                    : coverage(p, child) >= coverage(q, child);
            if (closeness < rules.blend()) {
              found.add(
                  new Found(
                      new Blend(child, pFirst ? List.of(p, q) : List.of(q, p), List.of()),
                      closeness));
            }
          }
        }
      }
      found.stream()
          .sorted(Comparator.comparingDouble(Found::closeness))
          .limit(TreeRules.MOST_BLENDS)
          .map(Found::blend)
          .forEach(blends::add);
    }
    return blends;
  }

  /** Two unrelated donors: how little both together leave, with none of it twice. */
  private double chimera(int child, int p, int q) {
    TreeSet<String> both = new TreeSet<>(steps(p, child).keySet());
    boolean apart = java.util.Collections.disjoint(both, steps(q, child).keySet());
    both.addAll(steps(q, child).keySet());
    int most = matrices[child];
    return !apart || most == 0 ? 1 : 1 - (double) both.size() / most;
  }

  /**
   * Squared distances of a child from two models over their own from each other: 1 and more in any
   * tree, less where it lies between them.
   */
  private double closeness(int child, int p, int q) {
    SortedMap<String, Step> fromP = steps(p, child);
    SortedMap<String, Step> fromQ = steps(q, child);
    SortedMap<String, Step> across = steps(p, q);
    Map<String, String> placesInQ = places(child, q);
    double toChild = 0;
    double apart = 0;
    int common = 0;
    for (Map.Entry<String, Step> entry : fromP.entrySet()) {
      Step first = entry.getValue();
      Step second = fromQ.get(entry.getKey());
      Step between = across.get(placesInQ.getOrDefault(entry.getKey(), ""));
      if (second != null && between != null) {
        common++;
        double sizeP = 1 / first.growth();
        double sizeQ = 1 / second.growth();
        toChild += square(sizeP, 1, first.cosine()) + square(sizeQ, 1, second.cosine());
        apart += square(sizeP, sizeQ, between.cosine());
      }
    }
    boolean whole = common >= rules.coverage() * matrices[child];
    return whole && apart > 0 ? toChild / apart : Double.POSITIVE_INFINITY;
  }

  private static double square(double one, double other, double cosine) {
    return one * one + other * other - 2 * one * other * cosine;
  }
}
