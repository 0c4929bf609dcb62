package dev.stemma.runtime;

import dev.stemma.architecture.Values;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What differs from layer to layer within a family.
 *
 * @param type {@code full_attention} or {@code sliding_attention}
 * @param window positions that a position sees; 0 for all
 * @param turned whether the layer has rotary positions
 */
record LayerKind(String type, int window, boolean turned) {
  private static final Set<String> TYPES =
      new TreeSet<>(List.of("full_attention", "sliding_attention"));

  static LayerKind of(Recipe recipe, Settings settings, int layer) {
    Values values = recipe.values().atLayer(layer);
    check(values, settings, layer);
    int window = Math.clamp(values.whole("window").orElse(0L), 0, Integer.MAX_VALUE);
    boolean sliding = window > 0 && values.text("layer_kind").orElse("full").equals("sliding");
    return new LayerKind(
        sliding ? "sliding_attention" : "full_attention",
        sliding ? window : 0,
        Boolean.TRUE.equals(values.fact("rotaryInLayer")));
  }

  /** What cannot be understood is no window and no list of layers that is absent. */
  private static void check(Values values, Settings settings, int layer) {
    Object window = values.known("window");
    if (window != null && values.whole("window").filter(size -> size >= 0).isEmpty()) {
      throw settings.wrong("sliding_window", "a number of positions", String.valueOf(window));
    }
    Object types = values.known("read_layer_types");
    if (types == null) {
      return;
    }
    Object type = types instanceof List<?> list && layer < list.size() ? list.get(layer) : types;
    if (!(type instanceof String text && TYPES.contains(text)) || type == types) {
      throw settings.wrong(
          "layer_types, layer " + layer, String.join(" or ", TYPES), String.valueOf(type));
    }
  }
}
