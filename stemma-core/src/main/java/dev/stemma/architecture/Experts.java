package dev.stemma.architecture;

import java.util.Locale;

/**
 * Routed experts and their router.
 *
 * @param routed experts a layer; 0 in a dense model
 * @param shared experts that every token uses
 * @param active routed experts a token
 * @param width intermediate units of one routed expert
 * @param router softmax, sigmoid, or as the family says
 * @param biasCorrection whether a learned bias corrects the choice (and not the weight)
 */
public record Experts(
    long routed,
    long shared,
    long active,
    long width,
    long sharedWidth,
    String router,
    boolean biasCorrection,
    long groups,
    long groupsKept,
    boolean normalises,
    double scale) {
  /** A dense model. */
  public static final Experts NONE = new Experts(0, 0, 0, 0, 0, "none", false, 1, 1, false, 1.0);

  /** Reads them from a configuration. */
  public static Experts of(Architecture architecture) {
    Values values = architecture.values();
    String router = values.fact("router") instanceof String text ? text : "none";
    long routed = values.whole("experts").orElse(0L);
    if (router.equals("none") || routed == 0) {
      return NONE;
    }
    long sharedWidth = values.whole("shared_size").orElse(0L);
    long stated = values.whole("n_shared_experts").orElse(0L);
    return new Experts(
        routed,
        stated > 0 ? stated : sharedWidth > 0 ? 1 : 0,
        values.whole("active_experts").orElse(0L),
        values.whole("expert_size").orElse(0L),
        sharedWidth,
        values.text("scoring_func").orElse(router),
        values.truth("score_correction"),
        whole(values.fact("routerGroups"), 1),
        whole(values.fact("routerGroupsKept"), 1),
        Boolean.TRUE.equals(values.fact("routerNormalises")),
        values.fact("routerScale") instanceof Number scale ? scale.doubleValue() : 1.0);
  }

  private static long whole(@org.jspecify.annotations.Nullable Object value, long otherwise) {
    return value instanceof Number number ? number.longValue() : otherwise;
  }

  /** One line for people. */
  public String description() {
    if (routed == 0) {
      return "none (dense)";
    }
    return String.format(
        Locale.ROOT, "%d routed (width %,d), %d shared, top-%d", routed, width, shared, active);
  }

  /** One line on how they are chosen. */
  public String routing() {
    return router
        + (biasCorrection ? ", chosen with a score-correction bias" : "")
        + (groups > 1 ? ", " + groupsKept + " of " + groups + " groups" : "")
        + (normalises ? ", weights normalised" : ", weights not normalised")
        + (scale == 1.0 ? "" : ", scaled by " + scale);
  }
}
