package dev.stemma.format;

import dev.stemma.artifact.Config;
import dev.stemma.format.OnnxGraph.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How many attention heads a graph cuts its hidden dimensions into. Weights do not show it; the
 * shapes do into which the graph turns queries, keys and values.
 */
final class OnnxHeads {
  private static final int MAXIMUM_HEADS = 1024;

  private OnnxHeads() {}

  /** One key of a configuration; nothing where the graph does not say it or not clearly. */
  static Optional<Config> config(OnnxGraph graph) {
    Map<String, Node> byOutput = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.outputs().forEach(output -> byOutput.putIfAbsent(output, node));
    }
    TreeSet<Long> heads = new TreeSet<>();
    for (Node node : graph.nodes()) {
      if (node.operation().equals("Reshape") && node.inputs().size() > 1 && isAttention(node)) {
        heads(byOutput.get(node.inputs().get(1)), byOutput).ifPresent(heads::add);
      }
    }
    if (heads.size() != 1) {
      return Optional.empty();
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("num_attention_heads", heads.first());
    return Optional.of(new Config(json));
  }

  private static boolean isAttention(Node node) {
    return node.name().contains("attention") || node.name().contains("attn");
  }

  /** [batch, positions, heads, dimension], joined from single numbers or whole. */
  private static Optional<Long> heads(
      @org.jspecify.annotations.Nullable Node shape, Map<String, Node> byOutput) {
    if (shape == null) {
      return Optional.empty();
    }
    if (shape.constant().size() == 4) {
      return sensible(shape.constant().get(2));
    }
    List<String> parts = shape.inputs();
    if (!shape.operation().equals("Concat") || parts.size() != 4) {
      return Optional.empty();
    }
    Node found = byOutput.get(parts.get(2));
    return found != null && found.constant().size() == 1
        ? sensible(found.constant().getFirst())
        : Optional.empty();
  }

  private static Optional<Long> sensible(long heads) {
    return heads > 0 && heads <= MAXIMUM_HEADS ? Optional.of(heads) : Optional.empty();
  }
}
