package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Question: under an alignment of the hidden spaces, do two separate matchings of the neurons pick
 * the same partners?
 *
 * <p>Statistic: K, the share of neurons for which mutual nearest neighbours by gate and by what up
 * adds to it (or by what is read and by what down adds to that) are the same. Alignments: signed
 * permutation and orthogonal Procrustes, both from the embeddings of shared tokens. Null: matchings
 * of unrelated neurons agree by chance, 1/k!; trained neurons resemble each other, so K must reach
 * .10 too (independents stayed below .042). Sees permuted, flipped, rescaled, rotated and
 * width-pruned children. Fooled by: replaced embeddings (see {@link SpectralAgreement}); the layer
 * pairs off the map are its own control.
 */
public final class NeuronAgreement implements Analysis<NeuronAgreement.Unit, Agreements.Scores> {
  static final String ID = "weights.neuron-agreement";

  /** Correlation that was measured to be seen, projected or not: bench/README.md. */
  static final double SEES = 0.5;

  /** Alignments, each by itself where the hidden space is small, and all planned MLPs. */
  record Unit(
      Component component,
      List<Alignment.Kind> alignments,
      SharedTokens tokens,
      List<MlpBlock> a,
      List<MlpBlock> b)
      implements WorkUnit {
    @Override
    public List<TensorView> within() {
      List<TensorView> views = new ArrayList<>(tokens.views());
      a.forEach(block -> views.addAll(block.views()));
      b.forEach(block -> views.addAll(block.views()));
      return views;
    }

    @Override
    public long bytes() {
      return alignments.size()
          * (tokens.bytes()
              + a.stream().mapToLong(MlpBlock::bytes).sum()
              + b.stream().mapToLong(MlpBlock::bytes).sum());
    }
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "With the hidden spaces aligned, do two separate matchings pick the same neurons?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    Optional<SharedTokens> shared =
        SharedTokens.of(pair.a(), pair.b()).filter(tokens -> tokens.count() >= SharedTokens.FEWEST);
    List<Unit> units = new ArrayList<>();
    if (shared.isPresent()) {
      SharedTokens tokens = shared.get().sampled(pair);
      for (Component component : Bodies.common(pair)) {
        AgreementPlan plan = AgreementPlan.of(pair, component);
        List<MlpBlock> a = plan.ofWidth(plan.a(), tokens.widthA());
        List<MlpBlock> b = plan.ofWidth(plan.b(), tokens.widthB());
        if (a.isEmpty()
            || b.isEmpty()
            || answered(pair, component, plan)
            || Economy.of(pair).leavesOutMlps()) {
          continue;
        }
        List<Alignment.Kind> all = List.of(Alignment.Kind.values());
        if (Math.max(tokens.widthA(), tokens.widthB()) > LayerPlan.WIDE) {
          // One after the other, so that memory holds them.
          units.add(new Unit(component, all, tokens, a, b));
        } else {
          all.forEach(kind -> units.add(new Unit(component, List.of(kind), tokens, a, b)));
        }
      }
    }
    return units;
  }

  /** Whether labels have proven a relation between large MLPs of equal shape, undisguised. */
  private static boolean answered(Pair pair, Component component, AgreementPlan plan) {
    MlpBlock a = plan.a().getFirst();
    MlpBlock b = plan.b().getFirst();
    return !pair.scope().thorough()
        && (a.width() > LayerPlan.WIDE || Economy.of(pair).sparing())
        && a.width() == b.width()
        && a.neurons() == b.neurons()
        && MatchedMatrices.relating(pair, component, List.of(NeuronMatching.ID)).isPresent();
  }

  @Override
  public Agreements.Scores measure(Unit unit, TensorReader tensors) {
    List<Agreements.Score> scores = new ArrayList<>();
    double sameNumber = Double.NaN;
    for (Alignment.Kind kind : unit.alignments()) {
      Alignment alignment = Alignment.byEmbeddings(kind, unit.tokens(), tensors);
      scores.addAll(Agreements.measure(kind.key(), alignment, unit.a(), unit.b(), tensors));
      sameNumber = Double.isNaN(sameNumber) ? alignment.sameNumber() : sameNumber;
    }
    return new Agreements.Scores(scores, sameNumber);
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Agreements.Scores> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Agreements.Scores> own = new ArrayList<>();
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() == component) {
          own.add(partials.get(index));
        }
      }
      evidence.add(
          own.isEmpty()
              ? new NotApplicable(
                  ID,
                  component,
                  Economy.of(pair).leavesOutMlps()
                      ? Economy.DOES_NOT_FIT
                      : "no shared tokens whose embeddings could align the hidden spaces")
              : withWidths(
                  pair,
                  component,
                  (Measured)
                      Agreements.evidence(
                          ID,
                          pair,
                          component,
                          own,
                          AgreementPlan.of(pair, component).caveats(),
                          Alignment.Kind.values().length,
                          SEES)));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Evidence withWidths(Pair pair, Component component, Measured found) {
    return new Measured(
        found.id(),
        component,
        found.supports(),
        found.statistic(),
        found.log10p(),
        found.basis(),
        found.nullHypothesis(),
        found.effect(),
        Widths.add(found.values(), pair, component),
        found.layerMap(),
        found.controls(),
        found.figures(),
        found.caveats());
  }
}
