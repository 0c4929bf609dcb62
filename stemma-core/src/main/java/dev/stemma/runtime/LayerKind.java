package dev.stemma.runtime;

import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What differs from layer to layer within a family.
 *
 * @param type {@code full_attention} or {@code sliding_attention}
 * @param window positions that a position sees; 0 for all
 * @param turned whether the layer has rotary positions
 */
record LayerKind(String type, int window, boolean turned) {
  static LayerKind of(Settings settings, Recipe recipe, int layer) {
    int window = settings.integerOr(0, "sliding_window");
    boolean sliding = window > 0 && slides(settings, recipe, layer);
    boolean turned = !recipe.flag("rotaryOnlyInSlidingLayers") || window == 0 || sliding;
    String key = recipe.text("noRotaryLayersKey", "");
    if (!key.isEmpty()) {
      // The list holds 1 where the layer has rotary positions; without a list every fourth layer
      // has none.
      Optional<JsonNode> list = settings.node(key);
      turned =
          list.map(layers -> layer < layers.size() && layers.get(layer).asInt() != 0)
              .orElse((layer + 1) % settings.integerOr(4, "no_rope_layer_interval") != 0);
    }
    return new LayerKind(
        sliding ? "sliding_attention" : "full_attention", sliding ? window : 0, turned);
  }

  private static boolean slides(Settings settings, Recipe recipe, int layer) {
    Optional<JsonNode> types = settings.node("layer_types");
    if (types.isPresent() && layer < types.get().size()) {
      return types.get().get(layer).asString().equals("sliding_attention");
    }
    return switch (recipe.text("sliding", "never")) {
      case "every-layer" -> true;
      case "even-layers" -> layer % 2 == 0;
      case "late-layers" ->
          settings.flagOr(false, "use_sliding_window")
              && layer >= settings.integerOr(0, "max_window_layers");
      case "all-but-every-nth" -> {
        int every =
            settings.integerOr(
                (int) recipe.number("slidingPatternDefault", 4), "sliding_window_pattern");
        yield every < 1 || (layer + 1) % every != 0;
      }
      default -> false;
    };
  }
}
