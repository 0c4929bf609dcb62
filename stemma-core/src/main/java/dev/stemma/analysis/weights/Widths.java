package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.artifact.Component;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How wide the MLPs of both models are, for the rule on width pruning. */
final class Widths {
  private Widths() {}

  /** Width is hidden width times neurons, of unrouted MLPs where both have them. */
  static SortedMap<String, Double> add(
      SortedMap<String, Double> values, Pair pair, Component component) {
    TreeMap<String, Double> out = new TreeMap<>(values);
    List<MlpBlock> a = MlpBlock.of(pair.a(), component);
    List<MlpBlock> b = MlpBlock.of(pair.b(), component);
    if (!a.isEmpty() && !b.isEmpty()) {
      out.put("width.a", (double) a.getFirst().width());
      out.put("width.b", (double) b.getFirst().width());
      boolean sameWidth = a.getFirst().width() == b.getFirst().width();
      boolean dense = !a.getFirst().routed() && !b.getFirst().routed();
      if (sameWidth && dense) {
        out.put("width.a", (double) a.getFirst().neurons());
        out.put("width.b", (double) b.getFirst().neurons());
      }
    }
    return out;
  }
}
