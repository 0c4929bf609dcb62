package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which MLPs of both models are compared. Every layer of small models; of large ones an even choice
 * of layers with both ends, and of many routed experts an even choice with the shared ones.
 *
 * @param pairs of routed experts, where there are too many to compare each with each
 * @param caveats what was left out
 */
record BlockPlan(List<MlpBlock> a, List<MlpBlock> b, RouterPairs pairs, List<String> caveats) {
  private static final double ALL_PAIRS_OPERATIONS = 6e12;
  private static final int PLANNED_EXPERTS = 8;
  private static final int MOST_PAIRS = 6000;
  private static final int SAMPLE = 256;

  static BlockPlan of(Pair pair, Component component) {
    return of(pair, component, RouterPairs.of(pair, component));
  }

  /** The plan with other pairs of experts, or with none. */
  static BlockPlan of(Pair pair, Component component, RouterPairs pairs) {
    List<MlpBlock> a = inScope(pair, MlpBlock.of(pair.a(), component));
    List<MlpBlock> b = inScope(pair, MlpBlock.of(pair.b(), component));
    List<String> caveats = new ArrayList<>();
    outsideScope(pair, pair.a(), component).ifPresent(caveats::add);
    outsideScope(pair, pair.b(), component).ifPresent(caveats::add);
    Economy economy = Economy.of(pair);
    if (economy.sparing()) {
      caveats.addAll(experts(pair.a(), a, pairs));
      caveats.addAll(experts(pair.b(), b, RouterPairs.NONE));
      List<MlpBlock> someB = economy.blocks(pair, b);
      List<MlpBlock> someA = economy.blocks(pair, a);
      return new BlockPlan(
          pairs.none() ? someA : partners(pairs, a, someA, someB), someB, pairs, caveats);
    }
    if (pair.scope().thorough() || affordable(a, b)) {
      return new BlockPlan(a, b, RouterPairs.NONE, caveats);
    }
    List<MlpBlock> fewerA = fewer(pair, pair.a(), a, component, caveats, !pairs.none());
    List<MlpBlock> fewerB = fewer(pair, pair.b(), b, component, caveats, false);
    return new BlockPlan(
        pairs.none() ? fewerA : partners(pairs, a, fewerA, fewerB), fewerB, pairs, caveats);
  }

  /** The experts that routers pair with b's, no more in a layer than would be read without. */
  static List<MlpBlock> partners(
      RouterPairs pairs, List<MlpBlock> a, List<MlpBlock> fewerA, List<MlpBlock> fewerB) {
    Map<Integer, Integer> most = new HashMap<>();
    for (MlpBlock block : fewerA) {
      most.merge(block.layer(), block.routed() ? 1 : 0, Integer::sum);
    }
    return pairs.partnersOf(
        fewerB, a.stream().filter(block -> most.containsKey(block.layer())).toList(), most);
  }

  /** The other model's MLPs that one of a (or of b) is compared with. */
  List<MlpBlock> partners(MlpBlock block, boolean isA) {
    return (isA ? b : a)
        .stream()
            .filter(other -> isA ? pairs.allow(block, other) : pairs.allow(other, block))
            .toList();
  }

  private static Optional<String> outsideScope(
      Pair pair, CanonicalModel model, Component component) {
    List<Integer> all = model.layers(component);
    String left =
        LayerPlan.notTested(
            model.model().name(), all, all.stream().filter(pair.scope()::includes).toList());
    return left.isEmpty() ? Optional.empty() : Optional.of(left);
  }

  private static List<MlpBlock> inScope(Pair pair, List<MlpBlock> blocks) {
    return blocks.stream().filter(block -> pair.scope().includes(block.layer())).toList();
  }

  /** Every so manieth routed expert is looked at. */
  static int step(List<MlpBlock> blocks) {
    return step(blocks.stream().mapToInt(MlpBlock::expert).max().orElse(-1) + 1);
  }

  static int step(int experts) {
    return Math.max(1, experts / PLANNED_EXPERTS);
  }

  /** The caveat that names the experts that a plan for large models leaves out. */
  private static List<String> experts(
      CanonicalModel model, List<MlpBlock> blocks, RouterPairs pairs) {
    List<Integer> layers =
        blocks.stream().filter(MlpBlock::routed).map(MlpBlock::layer).distinct().toList();
    if (layers.size() <= LayerPlan.PLANNED && step(blocks) == 1) {
      return List.of();
    }
    return List.of(
        "not tested: routed experts of "
            + model.model().name()
            + " but "
            + (pairs.none() ? "every " + step(blocks) + "th" : "those that the routers pair")
            + " in "
            + Math.min(LayerPlan.PLANNED, layers.size())
            + " of "
            + layers.size()
            + " layers");
  }

  private static boolean affordable(List<MlpBlock> a, List<MlpBlock> b) {
    double operations = 0;
    for (MlpBlock one : a) {
      for (MlpBlock other : b) {
        operations += 6.0 * one.width() * Math.max(one.neurons(), other.neurons()) * SAMPLE;
      }
    }
    return operations <= ALL_PAIRS_OPERATIONS && (long) a.size() * b.size() <= MOST_PAIRS;
  }

  private static List<MlpBlock> fewer(
      Pair pair,
      CanonicalModel model,
      List<MlpBlock> blocks,
      Component component,
      List<String> caveats,
      boolean paired) {
    List<Integer> layers = model.layers(component);
    List<Integer> chosen = LayerPlan.choose(layers, pair.scope(), LayerPlan.PLANNED);
    String left = LayerPlan.notTested(model.model().name(), layers, chosen);
    if (!left.isEmpty() && !caveats.contains(left)) {
      caveats.add(left);
    }
    int experts = blocks.stream().mapToInt(MlpBlock::expert).max().orElse(-1) + 1;
    int step = step(experts);
    if (step > 1) {
      caveats.add(
          "not tested: routed experts of "
              + model.model().name()
              + (paired
                  ? " but those that the routers pair with the tested ones"
                  : " but every " + step + "th (of " + experts + ")"));
    }
    return blocks.stream()
        .filter(block -> chosen.contains(block.layer()))
        .filter(block -> !block.routed() || block.expert() % step == 0)
        .toList();
  }
}
