package dev.stemma.tree;

import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.tree.FamilyTree.Role;
import dev.stemma.tree.KinGraph.Order;
import dev.stemma.tree.KinGraph.Orders;
import dev.stemma.verdict.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * From relations to a tree. Each child's possible parents meet in pairs; the cheapest arborescence
 * over what wins gives the edges, resampling the matrices gives the confidence, and an edge whose
 * direction nothing tells stays open.
 */
public final class TreeBuilder {
  private final KinGraph graph;
  private final List<Trio> trios;
  private final List<Blend> blends;
  private final TreeRules rules;
  private final int[] lines;

  private TreeBuilder(KinGraph graph, List<Trio> trios, List<Blend> blends) {
    this.graph = graph;
    this.trios = List.copyOf(trios);
    this.blends = List.copyOf(blends);
    this.rules = graph.rules();
    this.lines = new int[graph.size()];
    int[] found = new int[graph.size()];
    for (int child = 0; child < graph.size(); child++) {
      Nearest nearest = nearest(child, graph.orders(), Resampling.NONE);
      if (nearest.clear() && graph.orders().order(nearest.model(), child) == Order.FIRST) {
        found[nearest.model()]++;
      }
    }
    System.arraycopy(found, 0, lines, 0, found.length);
  }

  /** The tree. */
  public static FamilyTree build(KinGraph graph, List<Trio> trios, List<Blend> blends) {
    return new TreeBuilder(graph, trios, blends).tree();
  }

  /** Parents of one resampling, -1 for none, and whether each was clearly the nearest. */
  private record Edges(int[] parents, boolean[] clear) {}

  /** A drawing with its trees turned to their founders, and which edges have no direction. */
  private record Settled(int[] parents, boolean[] clear, boolean[] open, boolean[] founder) {}

  private Settled settled(Resampling sample) {
    Orders orders = graph.orders(sample);
    Edges edges = edges(orders, sample);
    int[] parents = edges.parents().clone();
    boolean[] open = new boolean[parents.length];
    for (int child = 0; child < parents.length; child++) {
      open[child] =
          parents[child] >= 0
              && blend(child).isEmpty()
              && orders.order(parents[child], child) == Order.OPEN;
    }
    boolean[] founder = new Roots(parents, open).settle();
    return new Settled(parents, edges.clear(), open, founder);
  }

  private FamilyTree tree() {
    int n = graph.size();
    Settled drawn = settled(Resampling.NONE);
    int[] parents = drawn.parents();
    boolean[] open = drawn.open();
    boolean[] founder = drawn.founder();
    int[] same = new int[n];
    for (int round = 0; round < TreeRules.ROUNDS; round++) {
      Settled again = settled(Resampling.seeded(TreeRules.SEED + round));
      for (int child = 0; child < n; child++) {
        boolean agrees =
            again.parents()[child] == parents[child]
                && (again.clear()[child] || !drawn.clear()[child] || open[child])
                && again.open()[child] == open[child]
                && again.founder()[child] == founder[child];
        same[child] += agrees ? 1 : 0;
      }
    }
    List<Node> nodes = new ArrayList<>();
    int[] latent = new Latent(graph, parents, blends).groups();
    TreeMap<Integer, Integer> ofGroup = new TreeMap<>();
    for (int model = 0; model < n; model++) {
      if (latent[model] >= 0) {
        ofGroup.merge(latent[model], same[model], Math::min);
      }
    }
    ofGroup.forEach((group, count) ->
        nodes.add(
            new Node(
                latentName(group),
                null,
                Role.LATENT,
                null,
                List.of(),
                List.of(),
                (double) count / TreeRules.ROUNDS)));
    for (int model = 0; model < n; model++) {
      double confidence = (double) same[model] / TreeRules.ROUNDS;
      nodes.add(
          parents[model] >= 0
              ? child(model, parents[model], open[model], drawn.clear()[model], confidence)
              : latent[model] >= 0
                  ? new Node(
                      graph.name(model),
                      latentName(latent[model]),
                      Role.CHILD,
                      latentName(latent[model]),
                      List.of(),
                      List.of(),
                      confidence)
                  : top(model, founder[model], confidence));
    }
    return new FamilyTree(nodes);
  }

  private String latentName(int group) {
    String name = "ancestor " + (group + 1);
    while (named(name)) {
      name += "'";
    }
    return name;
  }

  private boolean named(String name) {
    for (int model = 0; model < graph.size(); model++) {
      if (graph.name(model).equals(name)) {
        return true;
      }
    }
    return false;
  }

  private Node top(int model, boolean founder, double confidence) {
    boolean sameStart = false;
    for (Kin pair : graph.pairs()) {
      sameStart |= pair.sameInitialisation() && (pair.a() == model || pair.b() == model);
    }
    return new Node(
        graph.name(model),
        null,
        founder ? Role.FOUNDER : Role.UNDETERMINED,
        null,
        List.of(),
        sameStart ? List.of(Kind.SAME_INITIALISATION) : List.of(),
        confidence);
  }

  private Node child(int model, int parent, boolean open, boolean clear, double confidence) {
    Optional<Blend> blend = blend(model);
    boolean named = !open && clear && confidence >= rules.confidence();
    Kin pair = graph.kin(parent, model);
    return new Node(
        graph.name(model),
        named ? graph.name(parent) : null,
        named ? Role.CHILD : Role.UNDETERMINED,
        graph.name(parent),
        blend
            .map(found ->
                found.parents().stream().filter(other -> other != parent).map(graph::name).toList())
            .orElse(List.of()),
        blend.map(Blend::kinds).orElse(pair == null ? List.of() : pair.kinds()),
        confidence);
  }

  private Optional<Blend> blend(int child) {
    return blends.stream().filter(blend -> blend.child() == child).findFirst();
  }

  /** One drawing: the nearest of each child's possible parents, and the cheapest arborescence. */
  private Edges edges(Orders orders, Resampling sample) {
    int n = graph.size();
    double[][] costs = new double[n + 1][n + 1];
    for (double[] row : costs) {
      Arrays.fill(row, Double.POSITIVE_INFINITY);
    }
    int[] nearest = new int[n];
    boolean[] clear = new boolean[n];
    for (int child = 0; child < n; child++) {
      costs[n][child] = TreeRules.FOUNDER;
      Optional<Blend> blend = blend(child);
      if (blend.isPresent()) {
        nearest[child] = blend.get().parents().getFirst();
        clear[child] = true;
        costs[nearest[child]][child] = 0;
        continue;
      }
      Nearest found = nearest(child, orders, sample);
      nearest[child] = found.model();
      clear[child] = found.clear();
      double direct = found.model() < 0 ? 0 : graph.distance(found.model(), child, sample);
      for (int parent : orders.candidates(child)) {
        if (!childOfBlend(parent, child)) {
          costs[parent][child] =
              parent == found.model()
                  ? direct
                  : direct
                      + Math.max(
                          1e-6,
                          graph.related(found.model(), parent)
                              ? graph.distance(found.model(), parent, sample)
                              : graph.distance(parent, child, sample));
        }
      }
    }
    int[] parents = Arrays.copyOf(Arborescence.parents(costs, n), n);
    for (int child = 0; child < n; child++) {
      clear[child] &= parents[child] == nearest[child];
      parents[child] = parents[child] == n ? -1 : parents[child];
    }
    return new Edges(parents, clear);
  }

  /** Whether a model is a blend of that one: then it is no parent of it. */
  private boolean childOfBlend(int model, int possibleParent) {
    return blend(model).filter(blend -> blend.parents().contains(possibleParent)).isPresent();
  }

  private record Nearest(int model, boolean clear) {}

  /** The candidate that wins most of its meetings; clear where it wins all. */
  private Nearest nearest(int child, Orders orders, Resampling sample) {
    List<Integer> candidates =
        orders.candidates(child).stream().filter(parent -> !childOfBlend(parent, child)).toList();
    int best = -1;
    double most = -1;
    for (int one : candidates) {
      double wins = 0;
      for (int other : candidates) {
        if (one != other) {
          wins += wins(child, one, other, orders, sample);
        }
      }
      if (wins > most) {
        most = wins;
        best = one;
      }
    }
    return new Nearest(best, best >= 0 && most == candidates.size() - 1);
  }

  /** 1 where the child left from the one, 0 where from the other, one half where that is open. */
  private double wins(int child, int one, int other, Orders orders, Resampling sample) {
    Set<Kind> fromOne = graph.changes(one, child);
    Set<Kind> fromOther = graph.changes(other, child);
    if (!fromOne.equals(fromOther)) {
      if (fromOther.containsAll(fromOne)) {
        return 1;
      } else if (fromOne.containsAll(fromOther)) {
        return 0;
      }
    }
    Integer left = left(child, one, other, sample);
    return left == null ? earlier(one, other, orders) : left.intValue() == one ? 1 : 0;
  }

  /**
   * A part of a step is common to models that were trained alike from where it starts; a descendant
   * of where it ends has all of it. So the earlier wins: by known order, or else the one from which
   * more lines clearly go out.
   */
  private double earlier(int one, int other, Orders orders) {
    return switch (orders.order(one, other)) {
      case FIRST -> 1;
      case SECOND -> 0;
      case NEITHER -> 0.5;
      case OPEN ->
          Math.abs(lines[one] - lines[other]) < TreeRules.CLEARLY_MORE
              ? 0.5
              : lines[one] > lines[other] ? 1 : 0;
    };
  }

  /** From which of the two the child left, by the three together; null where that is open. */
  private @Nullable Integer left(int child, int one, int other, Resampling sample) {
    int coverageOfOne = graph.steps(one, child).size();
    int coverageOfOther = graph.steps(other, child).size();
    if (coverageOfOne >= 2 * coverageOfOther || coverageOfOther >= 2 * coverageOfOne) {
      return coverageOfOne > coverageOfOther ? one : other;
    }
    for (Trio trio : trios) {
      if (trio.speaksOf(child, one, other) && !trio.shares().isEmpty()) {
        return trio.left(rules.near(), sample);
      }
    }
    double toOne = graph.distance(one, child, sample);
    double toOther = graph.distance(other, child, sample);
    if (!graph.related(one, other)) {
      return toOne <= toOther ? one : other;
    }
    double near = rules.near() * graph.distance(one, other, Resampling.NONE);
    return toOne <= near && toOther > near
        ? (Integer) one
        : toOther <= near && toOne > near ? (Integer) other : null;
  }
}
