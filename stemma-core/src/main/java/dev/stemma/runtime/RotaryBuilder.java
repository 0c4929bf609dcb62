package dev.stemma.runtime;

import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a rotary embedding from a configuration: its base, the share of a head that is turned, and
 * the scaling rule.
 */
final class RotaryBuilder {
  /** The fact of families whose sliding layers have a base of their own, and no scaling. */
  private static final String LOCAL_THETA = "ropeThetaOfSlidingLayers";

  private final Settings settings;
  private final Recipe recipe;

  RotaryBuilder(Settings settings, Recipe recipe) {
    this.settings = settings;
    this.recipe = recipe;
  }

  /**
   * The embedding of one kind of layer.
   *
   * @param headDimension dimensions of a head (of its rotary part under latent attention)
   * @param layerType as in {@code sliding_attention}, for families whose layers differ
   */
  Rotary build(int headDimension, String layerType) {
    JsonNode scaling = scaling(layerType);
    boolean local = layerType.equals("sliding_attention");
    double base =
        Settings.number(scaling, "rope_theta")
            .orElseGet(() ->
                local && recipe.number(LOCAL_THETA, 0) > 0
                    ? recipe.number(LOCAL_THETA, 0)
                    : recipe.number("ropeTheta", 10000));
    double partial =
        Settings.number(scaling, "partial_rotary_factor")
            .orElseGet(() -> recipe.values().number("partial_rotary_factor").orElse(1.0));
    int dimensions = (int) (headDimension * partial);
    if (dimensions < 2 || dimensions % 2 != 0 || dimensions > headDimension) {
      throw settings.wrong(
          "partial_rotary_factor",
          "an even number of turned dimensions within " + headDimension,
          dimensions + "");
    }
    return new Rotary(frequencies(scaling, base, dimensions), neighbours());
  }

  /** The factor that DeepSeek-V3 puts on the attention scale under YaRN; 1 otherwise. */
  double latentScale() {
    JsonNode scaling = scaling("full_attention");
    double all = Settings.number(scaling, "mscale_all_dim").orElse(0);
    if (!recipe.flag("yarnScalesAttention") || type(scaling).equals("default") || all == 0) {
      return 1;
    }
    double factor =
        RotaryFrequencies.yarnAttention(Settings.number(scaling, "factor").orElse(1), all);
    return factor * factor;
  }

  private boolean neighbours() {
    return recipe.text("ropeLayout", "half").equals("interleaved");
  }

  /** The scaling rule's parameters, wherever this version of the configuration keeps them. */
  private JsonNode scaling(String layerType) {
    Optional<JsonNode> parameters = settings.node("rope_parameters");
    if (parameters.isPresent()) {
      JsonNode byType = parameters.get().get(layerType);
      return byType instanceof ObjectNode ? byType : parameters.get();
    }
    boolean local = layerType.equals("sliding_attention") && recipe.number(LOCAL_THETA, 0) > 0;
    return local
        ? settings.json().objectNode()
        : settings.node("rope_scaling").orElseGet(() -> settings.json().objectNode());
  }

  private static String type(JsonNode scaling) {
    for (String key : new String[] {"rope_type", "type"}) {
      JsonNode node = scaling.get(key);
      if (node != null && node.isString()) {
        return node.stringValue();
      }
    }
    return "default";
  }

  private Rotary.Frequencies frequencies(JsonNode scaling, double base, int dimensions) {
    int maximum = settings.integerOr(2048, "max_position_embeddings");
    double factor = Settings.number(scaling, "factor").orElse(1);
    int original =
        (int)
            Settings.number(scaling, "original_max_position_embeddings")
                .orElseGet(() -> settings.numberOr(maximum, "original_max_position_embeddings"));
    return switch (type(scaling)) {
      case "default", "mrope" -> RotaryFrequencies.unscaled(base, dimensions);
      case "linear" -> RotaryFrequencies.linear(base, dimensions, factor);
      case "dynamic" -> RotaryFrequencies.dynamic(base, dimensions, factor, maximum);
      case "llama3" ->
          RotaryFrequencies.llama3(
              base,
              dimensions,
              factor,
              Settings.number(scaling, "low_freq_factor").orElse(1),
              Settings.number(scaling, "high_freq_factor").orElse(4),
              original);
      case "yarn" ->
          RotaryFrequencies.yarn(
              base,
              dimensions,
              factor,
              original,
              Settings.number(scaling, "beta_fast").orElse(32),
              Settings.number(scaling, "beta_slow").orElse(1),
              !scaling.has("truncate") || scaling.get("truncate").booleanValue(),
              yarnFactor(scaling, factor));
      case "longrope", "su" -> longRope(scaling, base, dimensions, maximum, original);
      case String other ->
          throw settings.wrong(
              "rope_type", "default, linear, dynamic, yarn, llama3 or longrope", "'" + other + "'");
    };
  }

  private static double yarnFactor(JsonNode scaling, double factor) {
    if (Settings.number(scaling, "attention_factor").isPresent()) {
      return Settings.number(scaling, "attention_factor").getAsDouble();
    }
    double multiplier = Settings.number(scaling, "mscale").orElse(0);
    double all = Settings.number(scaling, "mscale_all_dim").orElse(0);
    return multiplier != 0 && all != 0
        ? RotaryFrequencies.yarnAttention(factor, multiplier)
            / RotaryFrequencies.yarnAttention(factor, all)
        : RotaryFrequencies.yarnAttention(factor, 1);
  }

  private Rotary.Frequencies longRope(
      JsonNode scaling, double base, int dimensions, int maximum, int original) {
    JsonNode brief = scaling.get("short_factor");
    JsonNode extended = scaling.get("long_factor");
    if (brief == null
        || extended == null
        || brief.size() != dimensions / 2
        || extended.size() != dimensions / 2) {
      throw settings.wrong(
          "rope_scaling",
          "short_factor and long_factor with " + dimensions / 2 + " numbers each",
          "others");
    }
    double factor =
        settings.has("original_max_position_embeddings")
            ? (double) maximum / original
            : Settings.number(scaling, "factor").orElse((double) maximum / original);
    double common =
        Settings.number(scaling, "attention_factor")
            .orElse(factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original)));
    return RotaryFrequencies.longRope(
        base,
        dimensions,
        Settings.numbers(brief),
        Settings.numbers(extended),
        original,
        Settings.number(scaling, "short_mscale").orElse(common),
        Settings.number(scaling, "long_mscale").orElse(common));
  }
}
