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
    if (!(base > 1) || Double.isInfinite(base)) {
      throw settings.wrong("rope_theta", "a number above 1", String.valueOf(base));
    }
    int dimensions = (int) (headDimension * share(scaling));
    if (dimensions < 2 || dimensions % 2 != 0 || dimensions > headDimension) {
      throw settings.wrong(
          "partial_rotary_factor",
          "an even number of turned dimensions within " + headDimension,
          dimensions + "");
    }
    return new Rotary(frequencies(scaling, base, dimensions), neighbours());
  }

  /**
   * The share of a head that is turned. Families that always turn all of it ignore a stated share,
   * and under a scaling rule their official code fails on it.
   */
  private double share(JsonNode scaling) {
    double general = recipe.values().number("partial_rotary_factor").orElse(1.0);
    double stated = Settings.number(scaling, "partial_rotary_factor").orElse(general);
    if (recipe.flag("partialRotary")) {
      return stated;
    }
    if (stated != 1 && !type(scaling).equals("default")) {
      throw settings.wrong(
          "partial_rotary_factor",
          "1, since " + recipe.family() + " turns whole heads",
          String.valueOf(stated));
    }
    return 1;
  }

  /** The factor that DeepSeek-V2 and V3 put on the attention scale under YaRN; 1 otherwise. */
  double latentScale() {
    JsonNode scaling = scaling("full_attention");
    double all = Settings.number(scaling, "mscale_all_dim").orElse(0);
    if (!recipe.flag("yarnScalesAttention") || type(scaling).equals("default") || all == 0) {
      return 1;
    }
    double factor = RotaryFrequencies.yarnAttention(factor(scaling), all);
    return factor * factor;
  }

  private boolean neighbours() {
    return recipe.text("ropeLayout", "half").equals("interleaved");
  }

  /** The scaling rule's parameters, wherever this version of the configuration keeps them. */
  private JsonNode scaling(String layerType) {
    Optional<JsonNode> older = settings.node("rope_scaling").filter(node -> !node.isEmpty());
    if (older.isPresent() && recipe.number(LOCAL_THETA, 0) == 0) {
      return older.get(); // where both are stated, the official code takes this one
    }
    Optional<JsonNode> parameters = settings.node("rope_parameters");
    if (parameters.isPresent()) {
      JsonNode byType = parameters.get().get(layerType);
      return byType instanceof ObjectNode ? byType : parameters.get();
    }
    boolean local = layerType.equals("sliding_attention") && recipe.number(LOCAL_THETA, 0) > 0;
    if (local) {
      return settings.json().objectNode();
    }
    return settings.node("rope_scaling").orElseGet(() -> scalingOfFamily());
  }

  /** The rule of a family whose configurations mean one where they are silent (gpt-oss: YaRN). */
  private ObjectNode scalingOfFamily() {
    ObjectNode scaling = settings.json().objectNode();
    if (recipe.text("ropeScalingType", "").equals("yarn")) {
      scaling.put("rope_type", "yarn");
      scaling.put("factor", recipe.number("ropeScalingFactor", 1));
      scaling.put("original_max_position_embeddings", recipe.number("ropeScalingPositions", 1));
      scaling.put("truncate", recipe.flag("ropeScalingTruncates"));
    }
    return scaling;
  }

  private String type(JsonNode scaling) {
    for (String key : new String[] {"rope_type", "type"}) {
      JsonNode node = scaling.get(key);
      if (node != null && node.isString()) {
        String type = node.stringValue();
        return recipe.flag("rereadsBeyondShortRange") && (type.equals("su") || type.equals("yarn"))
            ? "longrope"
            : type;
      }
    }
    return "default";
  }

  private int maximum() {
    return Math.max(1, settings.integer("max_position_embeddings"));
  }

  /**
   * Positions that a sequence may have: dynamic scaling stretches the stated number; 0 unstated.
   */
  int positions() {
    JsonNode scaling = scaling("full_attention");
    int stated = settings.integer("max_position_embeddings");
    return type(scaling).equals("dynamic") ? (int) (stated * factor(scaling)) : stated;
  }

  /** Positions of the training before it was stretched. */
  private int original(JsonNode scaling) {
    double positions =
        settings
            .values()
            .number("original_max_position_embeddings")
            .orElseGet(() ->
                Settings.number(scaling, "original_max_position_embeddings").orElse(maximum()));
    if (!(positions >= 1 && positions <= Integer.MAX_VALUE)) {
      throw settings.wrong(
          "original_max_position_embeddings", "at least 1 position", String.valueOf(positions));
    }
    return (int) positions;
  }

  private boolean isOriginalStated(JsonNode scaling) {
    return settings.values().number("original_max_position_embeddings").isPresent()
        || Settings.number(scaling, "original_max_position_embeddings").isPresent();
  }

  /** Sequences up to this length use LongRoPE's short factors; without LongRoPE all do. */
  int shortRange(String layerType) {
    JsonNode scaling = scaling(layerType);
    return type(scaling).equals("longrope") ? original(scaling) : Integer.MAX_VALUE;
  }

  private double factor(JsonNode scaling) {
    if (scaling.get("factor") == null && !isOriginalStated(scaling)) {
      throw settings.wrong(
          "rope_scaling, factor",
          "how much the positions of training were stretched",
          "neither a factor nor original_max_position_embeddings");
    }
    double factor =
        Settings.number(scaling, "factor").orElseGet(() -> (double) maximum() / original(scaling));
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw settings.wrong("rope_scaling, factor", "a positive number", String.valueOf(factor));
    }
    return factor;
  }

  private Rotary.Frequencies frequencies(JsonNode scaling, double base, int dimensions) {
    return switch (type(scaling)) {
      case "default", "mrope" -> RotaryFrequencies.unscaled(base, dimensions);
      case "linear" -> RotaryFrequencies.linear(base, dimensions, factor(scaling));
      case "dynamic" -> RotaryFrequencies.dynamic(base, dimensions, factor(scaling), maximum());
      case "llama3" ->
          RotaryFrequencies.llama3(
              base,
              dimensions,
              factor(scaling),
              orIfZero(scaling, "low_freq_factor", 1),
              orIfZero(scaling, "high_freq_factor", 4),
              original(scaling));
      case "yarn" ->
          RotaryFrequencies.yarn(
              base,
              dimensions,
              factor(scaling),
              original(scaling),
              orIfZero(scaling, "beta_fast", 32),
              orIfZero(scaling, "beta_slow", 1),
              !scaling.path("truncate").isBoolean() || scaling.get("truncate").booleanValue(),
              yarnFactor(scaling, factor(scaling)));
      case "longrope", "su" -> longRope(scaling, base, dimensions);
      case String other ->
          throw settings.wrong(
              "rope_type", "default, linear, dynamic, yarn, llama3 or longrope", "'" + other + "'");
    };
  }

  private static double orIfZero(JsonNode scaling, String key, double otherwise) {
    double value = Settings.number(scaling, key).orElse(0);
    return value == 0 ? otherwise : value;
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

  private Rotary.Frequencies longRope(JsonNode scaling, double base, int dimensions) {
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
    int original = original(scaling);
    double factor = factor(scaling);
    double common =
        Settings.number(scaling, "attention_factor")
            .orElse(factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original)));
    // Phi-3.5 MoE: beyond the short range only the factor on cosine and sine changes.
    boolean own = recipe.flag("ropeScalesByLength");
    return RotaryFrequencies.longRope(
        base,
        dimensions,
        Settings.numbers(brief),
        Settings.numbers(own ? brief : extended),
        original,
        own ? Settings.number(scaling, "short_mscale").orElse(common) : common,
        own ? Settings.number(scaling, "long_mscale").orElse(common) : common);
  }
}
