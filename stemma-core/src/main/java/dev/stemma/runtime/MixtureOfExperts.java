package dev.stemma.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Mixture of experts (Shazeer et al. 2017): a router sends a token to a few experts; shared experts
 * always take part.
 *
 * @param shared always active, or null
 * @param sharedGate a sigmoid factor on the shared expert (Qwen2-MoE), or null
 */
record MixtureOfExperts(
    Linear routerWeights,
    Router router,
    List<FeedForward> experts,
    @Nullable FeedForward shared,
    @Nullable Linear sharedGate)
    implements FeedForward {
  @Override
  public float[] apply(float[] x) {
    float[] out = new float[x.length];
    for (Router.Choice choice : router.choose(routerWeights.apply(x))) {
      add(out, experts.get(choice.expert()).apply(x), choice.weight());
    }
    if (shared != null) {
      float weight = sharedGate == null ? 1 : (float) (1 / (1 + Math.exp(-sharedGate.apply(x)[0])));
      add(out, shared.apply(x), weight);
    }
    return out;
  }

  private static void add(float[] out, float[] values, float weight) {
    for (int i = 0; i < out.length; i++) {
      out[i] += weight * values[i];
    }
  }
}
