package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import java.util.ArrayList;
import java.util.List;

/** MLPs for tests under alignments: those of the cheaper plan, fewer where they are large. */
record AgreementPlan(List<MlpBlock> a, List<MlpBlock> b, List<String> caveats) {
  private static final long LARGE_ELEMENTS = 4_000_000;
  private static final int LAYERS_OF_LARGE = 4;
  private static final int MOST_PAIRS = 2000;
  private static final int EXPERTS = 4;

  static AgreementPlan of(Pair pair, Component component) {
    Economy economy = Economy.of(pair);
    if (economy.sparing()) {
      return of(pair, component, Math.max(1, economy.aligned()));
    }
    BlockPlan plan = BlockPlan.of(pair, component);
    boolean large =
        plan.a().stream().anyMatch(AgreementPlan::isLarge)
            || plan.b().stream().anyMatch(AgreementPlan::isLarge)
            || (long) plan.a().size() * plan.b().size() > MOST_PAIRS;
    if (!large || pair.scope().thorough()) {
      return new AgreementPlan(plan.a(), plan.b(), plan.caveats());
    }
    List<String> caveats = new ArrayList<>(plan.caveats());
    List<MlpBlock> unpaired = BlockPlan.of(pair, component, RouterPairs.NONE).a();
    List<MlpBlock> fewerA = fewer(pair, unpaired, caveats, pair.a().model().name());
    List<MlpBlock> fewerB = fewer(pair, plan.b(), caveats, pair.b().model().name());
    return new AgreementPlan(
        plan.pairs().none() ? fewerA : BlockPlan.partners(plan.pairs(), plan.a(), fewerA, fewerB),
        fewerB,
        caveats);
  }

  /** So many layers of each model, whatever they cost. */
  static AgreementPlan of(Pair pair, Component component, int layers) {
    List<String> caveats = new ArrayList<>();
    RouterPairs pairs = RouterPairs.of(pair, component);
    List<MlpBlock> all = MlpBlock.of(pair.a(), component);
    List<MlpBlock> a = few(pair, pair.a(), component, all, layers, caveats);
    List<MlpBlock> b =
        few(pair, pair.b(), component, MlpBlock.of(pair.b(), component), layers, caveats);
    return new AgreementPlan(pairs.none() ? a : BlockPlan.partners(pairs, all, a, b), b, caveats);
  }

  private static List<MlpBlock> few(
      Pair pair,
      CanonicalModel model,
      Component component,
      List<MlpBlock> blocks,
      int layers,
      List<String> caveats) {
    List<Integer> all = blocks.stream().map(MlpBlock::layer).distinct().toList();
    List<Integer> chosen = Economy.choose(pair, component, all, layers);
    if (chosen.size() < all.size()) {
      caveats.add(
          "not tested: under alignment, layers of " + model.model().name() + " but " + chosen);
    }
    return of(chosen, blocks);
  }

  /** The chosen layers' blocks, of routed experts a few. */
  private static List<MlpBlock> of(List<Integer> layers, List<MlpBlock> blocks) {
    int experts = blocks.stream().mapToInt(MlpBlock::expert).max().orElse(-1) + 1;
    int step = Math.max(1, experts / EXPERTS);
    return blocks.stream()
        .filter(block -> layers.contains(block.layer()))
        .filter(block -> !block.routed() || block.expert() % step == 0)
        .toList();
  }

  private static boolean isLarge(MlpBlock block) {
    return (long) block.neurons() * block.width() > LARGE_ELEMENTS;
  }

  private static List<MlpBlock> fewer(
      Pair pair, List<MlpBlock> blocks, List<String> caveats, String model) {
    List<Integer> layers = blocks.stream().map(MlpBlock::layer).distinct().toList();
    List<Integer> chosen = LayerPlan.choose(layers, pair.scope(), LAYERS_OF_LARGE);
    String left = LayerPlan.notTested(model, layers, chosen);
    if (!left.isEmpty()) {
      caveats.add(left + " under alignment");
    }
    return of(chosen, blocks);
  }

  List<MlpBlock> ofWidth(List<MlpBlock> blocks, int width) {
    return blocks.stream().filter(block -> block.width() == width).toList();
  }
}
