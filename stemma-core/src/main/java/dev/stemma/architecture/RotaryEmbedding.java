package dev.stemma.architecture;

import java.util.Locale;

/**
 * Rotary position embedding.
 *
 * @param positions rope, alibi or learned
 * @param theta base of the layers that see everything
 * @param thetaOfSlidingLayers base of the layers with a window; the same in most families
 * @param layout half (first against second half of a head) or interleaved (neighbours)
 * @param dimensions numbers of a head that are turned
 * @param scaling default, linear, dynamic, yarn, llama3, longrope
 * @param attentionFactor what YaRN multiplies queries and keys by
 */
public record RotaryEmbedding(
    String positions,
    double theta,
    double thetaOfSlidingLayers,
    String layout,
    long dimensions,
    String scaling,
    double factor,
    long originalContext,
    double attentionFactor) {
  private static final double DEFAULT_THETA = 10_000.0;

  /** Reads it from a configuration. */
  public static RotaryEmbedding of(Architecture architecture) {
    Values values = architecture.values();
    String positions = text(values.fact("positions"), "rope");
    String scaling = values.text("rope_type").orElse("default");
    double factor = values.number("rope_factor").orElse(1.0);
    double theta = number(values.fact("ropeTheta"), DEFAULT_THETA);
    return new RotaryEmbedding(
        positions,
        theta,
        number(values.fact("ropeThetaOfSlidingLayers"), theta),
        text(values.fact("ropeLayout"), "half"),
        values.fact("rotaryDimensions") instanceof Number number ? number.longValue() : 0,
        scaling,
        factor,
        values.whole("rope_original_max").orElse(0L),
        attentionFactor(values, scaling, factor));
  }

  private static double attentionFactor(Values values, String scaling, double factor) {
    if (values.value("rope_attention_factor") instanceof Number stated) {
      return stated.doubleValue();
    }
    return switch (scaling.toLowerCase(Locale.ROOT)) {
      case "yarn" -> yarn(values, factor);
      case "longrope", "su" -> longRope(values, factor);
      default -> 1.0;
    };
  }

  private static double yarn(Values values, double factor) {
    double mscale = values.number("rope_mscale").orElse(0.0);
    double mscaleAll = values.number("rope_mscale_all_dim").orElse(0.0);
    return mscale > 0 && mscaleAll > 0
        ? magnitude(factor, mscale) / magnitude(factor, mscaleAll)
        : magnitude(factor, 1.0);
  }

  private static double magnitude(double factor, double mscale) {
    return factor <= 1 ? 1.0 : 0.1 * mscale * Math.log(factor) + 1.0;
  }

  private static double longRope(Values values, double factor) {
    double original = values.number("rope_original_max").orElse(0.0);
    double context = values.number("max_position_embeddings").orElse(0.0);
    double ratio = original > 0 ? context / original : factor;
    return ratio <= 1 || original <= 1 ? 1.0 : Math.sqrt(1 + Math.log(ratio) / Math.log(original));
  }

  private static double number(@org.jspecify.annotations.Nullable Object value, double otherwise) {
    return value instanceof Number number ? number.doubleValue() : otherwise;
  }

  private static String text(@org.jspecify.annotations.Nullable Object value, String otherwise) {
    return value instanceof String text ? text : otherwise;
  }

  /** One line for people. */
  public String description() {
    if (!positions.equals("rope")) {
      return positions;
    }
    String base =
        String.format(
            Locale.ROOT,
            "RoPE, theta %s%s, %d dimensions, %s layout",
            plain(theta),
            thetaOfSlidingLayers == theta
                ? ""
                : " (sliding layers " + plain(thetaOfSlidingLayers) + ")",
            dimensions,
            layout);
    if (scaling.equals("default")) {
      return base;
    }
    return base
        + String.format(
            Locale.ROOT,
            "; %s x%s from %d tokens, attention factor %.4f",
            scaling,
            plain(factor),
            originalContext,
            attentionFactor);
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : Double.toString(value);
  }
}
