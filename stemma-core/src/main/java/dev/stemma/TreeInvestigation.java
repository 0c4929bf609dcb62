package dev.stemma;

import dev.stemma.Investigation.Related;
import dev.stemma.analysis.weights.SharedStep;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.source.Progress;
import dev.stemma.tree.Blend;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.Kin;
import dev.stemma.tree.KinGraph;
import dev.stemma.tree.TreeBuilder;
import dev.stemma.tree.TreeRules;
import dev.stemma.tree.Trio;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Compares every two of many models, asks three at a time where two leave it open, and draws. */
public final class TreeInvestigation {
  private final Investigation investigation;
  private final Progress progress;
  private final List<String> names;
  private final List<CanonicalModel> models;

  private TreeInvestigation(
      Investigation investigation,
      Progress progress,
      List<String> names,
      List<CanonicalModel> models) {
    this.investigation = investigation;
    this.progress = progress;
    this.names = names;
    this.models = models;
  }

  /**
   * The family tree of these models.
   *
   * @param names what they are called in it, each its own
   */
  public static FamilyTree of(
      Investigation investigation,
      Progress progress,
      List<String> names,
      List<CanonicalModel> models) {
    return new TreeInvestigation(investigation, progress, names, models).tree();
  }

  private FamilyTree tree() {
    KinGraph graph = new KinGraph(names, pairs(), TreeRules.standard());
    List<Blend> blends = blends(graph);
    return TreeBuilder.build(graph, trios(graph), blends);
  }

  private List<Kin> pairs() {
    int n = models.size();
    List<Kin> pairs = new ArrayList<>();
    try (Progress.Step step =
        progress.begin("comparing pairs", n * (n - 1L) / 2, Progress.Unit.ITEMS)) {
      for (int a = 0; a < n; a++) {
        for (int b = a + 1; b < n; b++) {
          Related related = investigation.relate(models.get(a), models.get(b), List.of());
          pairs.add(Kin.of(a, b, related.verdict(), related.evidence()));
          step.advance(1);
        }
      }
    }
    return pairs;
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
