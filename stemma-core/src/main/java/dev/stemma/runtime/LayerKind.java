package dev.stemma.runtime;

import dev.stemma.architecture.Values;

/**
 * What differs from layer to layer within a family.
 *
 * @param type {@code full_attention} or {@code sliding_attention}
 * @param window positions that a position sees; 0 for all
 * @param turned whether the layer has rotary positions
 */
record LayerKind(String type, int window, boolean turned) {
  static LayerKind of(Recipe recipe, int layer) {
    Values values = recipe.values().atLayer(layer);
    int window = Math.clamp(values.whole("window").orElse(0L), 0, Integer.MAX_VALUE);
    boolean sliding = window > 0 && values.text("layer_kind").orElse("full").equals("sliding");
    return new LayerKind(
        sliding ? "sliding_attention" : "full_attention",
        sliding ? window : 0,
        Boolean.TRUE.equals(values.fact("rotaryInLayer")));
  }
}
