package dev.stemma.cli;

import dev.stemma.runtime.Sampling;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * How a model's {@code generation_config.json} wants it to be sampled where the user says nothing;
 * without one, always the likeliest token.
 */
record GenerationDefaults(Sampling sampling, Set<Integer> endTokens) {
  private static final double USUAL_TOP_K = 50;

  static GenerationDefaults of(Optional<JsonNode> file) {
    JsonNode json = file.orElseGet(JsonNodeFactory.instance::objectNode);
    boolean samples = json.path("do_sample").asBoolean(false);
    return new GenerationDefaults(
        new Sampling(
            positive(json, "repetition_penalty", 1),
            samples ? number(json, "temperature", 1) : 0,
            samples ? (int) number(json, "top_k", USUAL_TOP_K) : 0,
            samples ? Math.min(1, positive(json, "top_p", 1)) : 1,
            samples ? Math.min(1, number(json, "min_p", 0)) : 0),
        ends(json.get("eos_token_id")));
  }

  private static double number(JsonNode json, String key, double otherwise) {
    JsonNode node = json.path(key);
    return node.isNumber() && node.doubleValue() >= 0 ? node.doubleValue() : otherwise;
  }

  private static double positive(JsonNode json, String key, double otherwise) {
    double value = number(json, key, otherwise);
    return value > 0 ? value : otherwise;
  }

  /** An id or a list of ids. */
  static Set<Integer> ends(@org.jspecify.annotations.Nullable JsonNode end) {
    Set<Integer> ends = new HashSet<>();
    if (end != null && end.isInt()) {
      ends.add(end.intValue());
    } else if (end != null && end.isArray()) {
      end.forEach(id -> {
        if (id.isInt()) {
          ends.add(id.intValue());
        }
      });
    }
    return ends;
  }
}
