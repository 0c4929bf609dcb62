package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.List;

/** Turns counts of agreeing neurons into evidence: p-value, layer map, heat map. */
final class NeuronMatchingEvidence {
  private static final double LINK_LOG10P = -6;

  private NeuronMatchingEvidence() {}

  static Evidence of(Pair pair, Component component, List<NeuronMatching.Count> counts) {
    List<NeuronMatching.Count> usable = counts.stream().filter(count -> !count.sorted()).toList();
    if (usable.isEmpty()) {
      return new NotApplicable(
          NeuronMatching.ID,
          component,
          counts.isEmpty()
                  && Economy.of(pair).leavesOutMlps()
                  && NeuronMatching.ofOneWidth(pair, component)
              ? Economy.DOES_NOT_FIT
              : counts.isEmpty()
                  ? "no two MLPs read hidden states of the same width"
                  : "the neurons of both models are sorted by their norm, so numbers prove"
                      + " nothing");
    }
    double correction = Math.log10(usable.size());
    NeuronMatching.Count best = usable.getFirst();
    List<LayerMaps.Link> links = new ArrayList<>();
    for (NeuronMatching.Count count : usable) {
      best = count.log10p() < best.log10p() ? count : best;
      if (count.log10p() + correction < LINK_LOG10P) {
        links.add(
            new LayerMaps.Link(
                count.layerA(),
                count.expertA(),
                count.layerB(),
                count.expertB(),
                (double) count.agreeing() / count.queries()));
      }
    }
    double log10p = Math.min(0, best.log10p() + correction);
    List<Integer> layersA = pair.a().layers(component);
    List<Integer> layersB = pair.b().layers(component);
    List<String> caveats = new ArrayList<>(BlockPlan.of(pair, component).caveats());
    boolean first = NeuronMatching.ofFirstNeurons(pair, component);
    if (first) {
      caveats.add("not tested: neurons but the first " + counts.getFirst().queries());
    } else if (Economy.of(pair).sparing()) {
      caveats.addAll(AgreementPlan.of(pair, component).caveats());
    }
    caveats.addAll(Economy.of(pair).notTested());
    if (usable.size() < counts.size()) {
      caveats.add((counts.size() - usable.size()) + " pairs left out: both sides are sorted");
    }
    caveats.add(
        "assumes different seeds and training that treats neurons alike; silent about permuted"
            + " neurons and rotated models");
    Measured.Builder evidence =
        Measured.of(NeuronMatching.ID, component)
            .supports(log10p < LINK_LOG10P ? Supports.DERIVATION : Supports.INDEPENDENCE)
            .statistic("agreeing neurons", best.agreeing(), (double) best.queries())
            .pValue(log10p, Basis.EXACT, "one model's neuron numbers are a uniform permutation")
            .effect((double) best.agreeing() / best.queries())
            .value("pairs", usable.size())
            .value("sees.correlation", sees(pair, component, usable))
            .value("pairs.linked", links.size())
            .value(
                "layers.tested.a",
                (double) counts.stream().mapToInt(NeuronMatching.Count::layerA).distinct().count())
            .value(
                "layers.tested.b",
                (double) counts.stream().mapToInt(NeuronMatching.Count::layerB).distinct().count())
            .value("experts.a", experts(MlpBlock.of(pair.a(), component)))
            .value("experts.b", experts(MlpBlock.of(pair.b(), component)))
            .value("experts.onto-one.a", LayerMaps.expertsOntoOneOfA(links))
            .value("experts.onto-one.b", LayerMaps.expertsOntoOneOfA(LayerMaps.reversed(links)))
            .caveats(caveats);
    for (LayerMaps.Link link : LayerMaps.bestByExpertOfB(links)) {
      evidence.value(
          "link." + link.layerB() + "." + link.expertB(), encode(link.layerA(), link.expertA()));
    }
    if (!links.isEmpty()) {
      evidence.layerMap(LayerMaps.of(layersA.size(), layersB.size(), links));
    }
    List<Figure> figures = new ArrayList<>();
    figures.add(
        HeatMaps.of(
            "Agreeing neurons by layer",
            layersA,
            layersB,
            usable.stream()
                .map(count ->
                    new HeatMaps.Cell(
                        count.layerA(),
                        count.layerB(),
                        (double) count.agreeing() / count.queries()))
                .toList()));
    BlockPlan plan = BlockPlan.of(pair, component);
    Figure.ExpertMap experts =
        ExpertMaps.of(
            "Experts that correspond",
            links,
            ExpertMaps.Block.of(plan.a()),
            ExpertMaps.Block.of(plan.b()));
    if (!experts.panels().isEmpty()) {
      figures.add(experts);
    }
    return evidence.figures(figures).build();
  }

  private static double sees(Pair pair, Component component, List<NeuronMatching.Count> usable) {
    BlockPlan plan = BlockPlan.of(pair, component);
    int neurons =
        NeuronMatching.ofFirstNeurons(pair, component)
            ? usable.getFirst().queries()
            : Integer.MAX_VALUE;
    MlpBlock a = plan.a().getFirst().first(neurons);
    MlpBlock b = plan.b().getFirst().first(neurons);
    boolean aIsLarger = a.neurons() >= b.neurons();
    return NeuronMatching.sees(
        aIsLarger ? a : b, aIsLarger ? b : a, usable.getFirst().queries(), usable.size());
  }

  /** A layer and expert in one number, for maps among the values. */
  static double encode(int layer, int expert) {
    return layer * 65536.0 + (expert + 2);
  }

  private static int experts(List<MlpBlock> blocks) {
    return blocks.stream().mapToInt(MlpBlock::expert).max().orElse(-1) + 1;
  }
}
