package dev.stemma.runtime;

import dev.stemma.architecture.Part;
import java.util.ArrayList;
import java.util.List;

/** Makes a layer's feed-forward block: dense, or a router with experts. */
final class FeedForwardBuilder {
  private static final int MAXIMUM_EXPERTS = 100_000;

  private final DecoderBuilder tensors;
  private final Settings settings;
  private final Recipe recipe;

  FeedForwardBuilder(DecoderBuilder tensors, Settings settings, Recipe recipe) {
    this.tensors = tensors;
    this.settings = settings;
    this.recipe = recipe;
  }

  FeedForward build(int layer) {
    return tensors.has(layer, -1, Part.ROUTER)
        ? experts(layer)
        : block(layer, -1, Part.GATE, Part.UP, Part.DOWN);
  }

  private FeedForward block(int layer, int expert, Part gate, Part up, Part down) {
    Linear ups = tensors.linear(layer, expert, up, biasOf(up), -1, tensors.hidden());
    Linear downs =
        tensors.linear(layer, expert, down, biasOf(down), tensors.hidden(), ups.outputs());
    if (!tensors.has(layer, expert, gate)) {
      return new PlainFeedForward(ups, downs, activation());
    }
    Linear gates =
        tensors.linear(layer, expert, gate, biasOf(gate), ups.outputs(), tensors.hidden());
    return new GatedFeedForward(gates, ups, downs, gating());
  }

  private static @org.jspecify.annotations.Nullable Part biasOf(Part part) {
    return switch (part) {
      case GATE -> Part.GATE_BIAS;
      case UP -> Part.UP_BIAS;
      case DOWN -> Part.DOWN_BIAS;
      case SHARED_GATE -> Part.SHARED_GATE_BIAS;
      case SHARED_UP -> Part.SHARED_UP_BIAS;
      case SHARED_DOWN -> Part.SHARED_DOWN_BIAS;
      default -> null;
    };
  }

  private GatedFeedForward.Gating gating() {
    return recipe.text("activation", "").equals("swiglu-clamped")
        ? new GatedFeedForward.Clamped(
            recipe.number("activationLimit", 7), recipe.number("activationAlpha", 1.702))
        : new GatedFeedForward.Plain(activation());
  }

  private Activation activation() {
    String name = recipe.text("activation", "silu");
    return Activation.named(name)
        .orElseThrow(() -> settings.wrong("hidden_act", Activation.names(), "'" + name + "'"));
  }

  private FeedForward experts(int layer) {
    int count = settings.integer("experts");
    if (count < 1 || count > MAXIMUM_EXPERTS) {
      throw settings.wrong(
          "num_experts", "between 1 and " + MAXIMUM_EXPERTS, String.valueOf(count));
    }
    List<FeedForward> experts = new ArrayList<>();
    for (int expert = 0; expert < count; expert++) {
      experts.add(block(layer, expert, Part.GATE, Part.UP, Part.DOWN));
    }
    boolean shared = tensors.has(layer, -1, Part.SHARED_UP);
    return new MixtureOfExperts(
        tensors.linear(layer, -1, Part.ROUTER, Part.ROUTER_BIAS, count, tensors.hidden()),
        router(layer, count),
        experts,
        shared ? block(layer, -1, Part.SHARED_GATE, Part.SHARED_UP, Part.SHARED_DOWN) : null,
        tensors.has(layer, -1, Part.SHARED_EXPERT_GATE)
            ? tensors.linear(layer, -1, Part.SHARED_EXPERT_GATE, null, 1, tensors.hidden())
            : null);
  }

  private Router router(int layer, int experts) {
    int chosen = settings.integer("active_experts");
    if (chosen < 1 || chosen > experts) {
      throw settings.wrong(
          "num_experts_per_tok", "between 1 and " + experts, String.valueOf(chosen));
    }
    boolean normalise = recipe.flag("routerNormalises");
    double scale = recipe.number("routerScale", 1);
    return switch (recipe.text("router", "softmax")) {
      case "softmax-over-chosen" -> new Router.SoftmaxOfChosen(chosen);
      case "sparsemixer" -> new Router.SparseMixer(settings.numberOr(0.01, "router_jitter_noise"));
      case "sigmoid" -> {
        float[] correction =
            tensors.vector(DecoderBuilder.role(layer, Part.ROUTER_SCORE_CORRECTION));
        yield new Router.Sigmoid(
            chosen,
            correction == null ? new float[experts] : correction,
            normalise,
            scale,
            groups(experts, chosen));
      }
      case "softmax" -> new Router.Softmax(chosen, normalise, scale, groups(experts, chosen));
      case String other ->
          throw settings.wrong("router", "a router that is described here", "'" + other + "'");
    };
  }

  private Router.Groups groups(int experts, int chosen) {
    int groups = (int) recipe.number("routerGroups", 1);
    int kept = (int) recipe.number("routerGroupsKept", 1);
    if (groups <= 1) {
      return new Router.NoGroups();
    }
    int best = recipe.text("routerGroupScore", "max").equals("top2-sum") ? 2 : 1;
    if (experts % groups != 0 || kept < 1 || kept > groups || experts / groups < best) {
      throw settings.wrong(
          "n_group",
          "groups of equal size with at least " + best + " experts, of which some are kept",
          groups + " groups of " + experts + " experts, " + kept + " kept");
    }
    if (chosen > kept * (experts / groups)) {
      throw settings.wrong(
          "num_experts_per_tok",
          "at most the " + kept * (experts / groups) + " experts of the groups kept",
          String.valueOf(chosen));
    }
    // Softmax scores are never negative: 0 loses. Sigmoid scores with a correction may be.
    return new Router.BestGroups(groups, kept, best, best == 1 ? 0 : Float.NEGATIVE_INFINITY);
  }
}
