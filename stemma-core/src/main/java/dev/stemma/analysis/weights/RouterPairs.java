package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Measured;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which experts the routers have paired, so that of many experts those are compared that belong
 * together. Router rows know nothing of neurons' numbers: what is tested after remains exact.
 */
record RouterPairs(Map<String, Double> partners) {
  static final RouterPairs NONE = new RouterPairs(Map.of());

  /** What {@link RouterMatching} has proven; none where it has not. */
  static RouterPairs of(Pair pair, Component component) {
    return pair.known().stream()
        .filter(found -> found.id().equals(RouterMatching.ID) && found.component() == component)
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .filter(found -> found.supports() == Measured.Supports.DERIVATION)
        .map(found -> new RouterPairs(found.values()))
        .findFirst()
        .orElse(NONE);
  }

  /** Under which an expert's partner stands among the values. */
  static String key(int layerB, int expertB) {
    return "pair." + layerB + "." + expertB;
  }

  boolean none() {
    return partners.isEmpty();
  }

  /** Whether two MLPs may belong together: any, but routed experts that have another partner. */
  boolean allow(MlpBlock a, MlpBlock b) {
    Double partner = a.routed() && b.routed() ? partners.get(key(b.layer(), b.expert())) : null;
    return partner == null || partner == NeuronMatchingEvidence.encode(a.layer(), a.expert());
  }

  /** Of a's MLPs those that are not routed, and the partners of b's, at most so many a layer. */
  List<MlpBlock> partnersOf(List<MlpBlock> b, List<MlpBlock> a, Map<Integer, Integer> most) {
    java.util.Set<Double> wanted = new java.util.HashSet<>();
    for (MlpBlock block : b) {
      Double partner = partners.get(key(block.layer(), block.expert()));
      if (partner != null) {
        wanted.add(partner);
      }
    }
    Map<Integer, Integer> taken = new HashMap<>();
    List<MlpBlock> chosen = new ArrayList<>();
    for (MlpBlock block : a) {
      boolean partner =
          wanted.contains(NeuronMatchingEvidence.encode(block.layer(), block.expert()));
      if (!block.routed()
          || (partner
              && taken.merge(block.layer(), 1, Integer::sum)
                  <= most.getOrDefault(block.layer(), 0))) {
        chosen.add(block);
      }
    }
    return chosen;
  }
}
