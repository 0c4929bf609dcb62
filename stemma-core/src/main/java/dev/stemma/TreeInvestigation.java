package dev.stemma;

import dev.stemma.Investigation.Related;
import dev.stemma.analysis.weights.SharedStep;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.evidence.Failed;
import dev.stemma.source.Progress;
import dev.stemma.tree.Blend;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.Kin;
import dev.stemma.tree.KinGraph;
import dev.stemma.tree.KinStore;
import dev.stemma.tree.TreeBuilder;
import dev.stemma.tree.TreeRules;
import dev.stemma.tree.Trio;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares every two of many models, asks three at a time where two leave it open, and draws. */
public final class TreeInvestigation {
  private final Investigation investigation;
  private final Progress progress;
  private final List<String> names;
  private final List<CanonicalModel> models;
  private final KinStore store;

  private TreeInvestigation(
      Investigation investigation,
      Progress progress,
      KinStore store,
      List<String> names,
      List<CanonicalModel> models) {
    this.investigation = investigation;
    this.progress = progress;
    this.store = store;
    this.names = names;
    this.models = models;
  }

  /**
   * A tree, and the models that are not in it.
   *
   * @param failed why, by name
   */
  public record Drawn(FamilyTree tree, SortedMap<String, String> failed) {}

  /**
   * The family tree of these models. One whose weights cannot be read is left out and reported.
   *
   * @param names what they are called in it, each its own
   */
  public static Drawn of(
      Investigation investigation,
      Progress progress,
      KinStore store,
      List<String> names,
      List<CanonicalModel> models) {
    List<String> left = new ArrayList<>(names);
    List<CanonicalModel> readable = new ArrayList<>(models);
    TreeMap<String, String> failed = new TreeMap<>();
    while (true) {
      TreeInvestigation all = new TreeInvestigation(investigation, progress, store, left, readable);
      Pairs pairs = all.pairs();
      OptionalInt worst = pairs.worst();
      if (worst.isEmpty()) {
        return new Drawn(all.tree(pairs.kin()), failed);
      }
      failed.put(left.get(worst.getAsInt()), pairs.why(worst.getAsInt()));
      left.remove(worst.getAsInt());
      readable.remove(worst.getAsInt());
    }
  }

  private FamilyTree tree(List<Kin> pairs) {
    KinGraph graph = new KinGraph(names, pairs, TreeRules.standard());
    List<Blend> blends = blends(graph);
    return TreeBuilder.build(graph, trios(graph), blends);
  }

  /** Two models that could not be compared. */
  private record Failure(int a, int b, String why) {}

  private record Pairs(List<Kin> kin, List<Failure> failures) {
    /** The model with most failures: one that is broken fails with every other. */
    OptionalInt worst() {
      TreeMap<Integer, Integer> counts = new TreeMap<>();
      for (Failure failure : failures) {
        counts.merge(failure.a(), 1, Integer::sum);
        counts.merge(failure.b(), 1, Integer::sum);
      }
      return counts.entrySet().stream()
          .max(Map.Entry.comparingByValue())
          .map(entry -> OptionalInt.of(entry.getKey()))
          .orElse(OptionalInt.empty());
    }

    String why(int model) {
      return failures.stream()
          .filter(failure -> failure.a() == model || failure.b() == model)
          .findFirst()
          .map(Failure::why)
          .orElse("");
    }
  }

  private Pairs pairs() {
    int n = models.size();
    List<Kin> pairs = new ArrayList<>();
    List<Failure> failures = new ArrayList<>();
    try (Progress.Step step =
        progress.begin("comparing pairs", n * (n - 1L) / 2, Progress.Unit.ITEMS)) {
      for (int a = 0; a < n; a++) {
        for (int b = a + 1; b < n; b++) {
          try {
            pairs.add(pair(a, b));
          } catch (ArtifactException e) {
            failures.add(new Failure(a, b, String.valueOf(e.getMessage())));
          }
          step.advance(1);
        }
      }
    }
    return new Pairs(pairs, failures);
  }

  private Kin pair(int a, int b) {
    String digestOfA = models.get(a).model().digest().hexadecimal();
    String digestOfB = models.get(b).model().digest().hexadecimal();
    return store
        .find(a, b, digestOfA, digestOfB)
        .orElseGet(() -> {
          Related related = investigation.relate(models.get(a), models.get(b), List.of());
          Kin kin = Kin.of(a, b, related.verdict(), related.evidence());
          if (related.evidence().stream().noneMatch(Failed.class::isInstance)) {
            store.keep(kin, digestOfA, digestOfB);
          }
          return kin;
        });
  }

  /** Children of two parents: each possible one is tested with both at hand. */
  private List<Blend> blends(KinGraph graph) {
    List<Blend> confirmed = new ArrayList<>();
    TreeSet<Integer> known = new TreeSet<>();
    List<Blend> possible = graph.possibleBlends();
    try (Progress.Step step =
        progress.begin("looking for second parents", possible.size(), Progress.Unit.ITEMS)) {
      for (Blend blend : possible) {
        if (!known.contains(blend.child())) {
          Related related =
              investigation.relate(
                  models.get(blend.parents().getFirst()),
                  models.get(blend.child()),
                  List.of(models.get(blend.parents().getLast())));
          for (ComponentVerdict body : related.verdict().components()) {
            boolean several =
                body.kinds().contains(Kind.MERGED)
                    || body.kinds().contains(Kind.LAYERS_TRANSPLANTED);
            if (body.component().isBody() && several && body.parent() == Parent.A) {
              known.add(blend.child());
              confirmed.add(new Blend(blend.child(), blend.parents(), body.kinds()));
              break;
            }
          }
        }
        step.advance(1);
      }
    }
    return confirmed;
  }

  private List<Trio> trios(KinGraph graph) {
    List<Trio> asked = graph.questions();
    List<Trio> answered = new ArrayList<>();
    try (Progress.Step step =
        progress.begin("comparing three at a time", asked.size(), Progress.Unit.ITEMS)) {
      for (Trio trio : asked) {
        List<SharedStep.Unit> units =
            SharedStep.plan(
                models.get(trio.child()),
                models.get(trio.one()),
                models.get(trio.other()),
                graph.places(trio.child(), trio.one()),
                graph.places(trio.child(), trio.other()));
        List<double[]> shares =
            investigation
                .engine()
                .measure("steps", units, SharedStep::measure, Progress.NONE)
                .stream()
                .map(SharedStep.Share::bands)
                .toList();
        answered.add(new Trio(trio.child(), trio.one(), trio.other(), shares));
        step.advance(1);
      }
    }
    return answered;
  }
}
