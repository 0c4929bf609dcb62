package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
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

  /** One alignment and all planned MLPs. */
  record Unit(
      Component component,
      Alignment.Kind alignment,
      SharedTokens tokens,
      List<MlpBlock> a,
      List<MlpBlock> b)
      implements WorkUnit {
    @Override
    public long bytes() {
      return a.stream().mapToLong(MlpBlock::bytes).sum()
          + b.stream().mapToLong(MlpBlock::bytes).sum();
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
      SharedTokens tokens = shared.get().sampled();
      for (Component component : Bodies.common(pair)) {
        AgreementPlan plan = AgreementPlan.of(pair, component);
        List<MlpBlock> a = plan.ofWidth(plan.a(), tokens.widthA());
        List<MlpBlock> b = plan.ofWidth(plan.b(), tokens.widthB());
        if (!a.isEmpty() && !b.isEmpty()) {
          for (Alignment.Kind kind : Alignment.Kind.values()) {
            units.add(new Unit(component, kind, tokens, a, b));
          }
        }
      }
    }
    return units;
  }

  @Override
  public Agreements.Scores measure(Unit unit, TensorReader tensors) {
    Alignment alignment = Alignment.byEmbeddings(unit.alignment(), unit.tokens(), tensors);
    return new Agreements.Scores(
        Agreements.measure(unit.alignment().key(), alignment, unit.a(), unit.b(), tensors),
        alignment.sameNumber());
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
                  ID, component, "no shared tokens whose embeddings could align the hidden spaces")
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
                          Alignment.Kind.values().length)));
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
