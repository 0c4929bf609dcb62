package dev.stemma.runtime;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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
      add(out, shared.apply(x), sharedGate == null ? 1 : sigmoid(sharedGate.apply(x)[0]));
    }
    return out;
  }

  /**
   * Each expert reads all of its tokens at once; a token's experts are added best first, as one by
   * one.
   */
  @Override
  public float[][] applyAll(float[][] xs) {
    return applyAll(xs, routerWeights.applyAll(xs));
  }

  /** The outputs where the router's logits are there already. */
  float[][] applyAll(float[][] xs, float[][] logits) {
    List<List<Router.Choice>> choices = Arrays.stream(logits).map(router::choose).toList();
    Map<Integer, List<Integer>> tokens = new TreeMap<>();
    for (int token = 0; token < xs.length; token++) {
      for (Router.Choice choice : choices.get(token)) {
        tokens.computeIfAbsent(choice.expert(), expert -> new ArrayList<>()).add(token);
      }
    }
    Map<Integer, Map<Integer, float[]>> outputs = new ConcurrentHashMap<>();
    tokens.entrySet().parallelStream()
        .forEach(entry ->
            outputs.put(entry.getKey(), by(experts.get(entry.getKey()), entry.getValue(), xs)));
    float[][] out = new float[xs.length][xs[0].length];
    for (int token = 0; token < xs.length; token++) {
      for (Router.Choice choice : choices.get(token)) {
        Map<Integer, float[]> ofExpert = requireNonNull(outputs.get(choice.expert()));
        add(out[token], requireNonNull(ofExpert.get(token)), choice.weight());
      }
    }
    if (shared != null) {
      float[][] always = shared.applyAll(xs);
      float @Nullable [][] gates = sharedGate == null ? null : sharedGate.applyAll(xs);
      for (int token = 0; token < xs.length; token++) {
        add(out[token], always[token], gates == null ? 1 : sigmoid(gates[token][0]));
      }
    }
    return out;
  }

  private static Map<Integer, float[]> by(FeedForward expert, List<Integer> tokens, float[][] xs) {
    float[][] some = tokens.stream().map(token -> xs[token]).toArray(float[][]::new);
    float[][] outputs = expert.applyAll(some);
    Map<Integer, float[]> byToken = new HashMap<>();
    for (int i = 0; i < outputs.length; i++) {
      byToken.put(tokens.get(i), outputs[i]);
    }
    return byToken;
  }

  private static float sigmoid(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }

  private static void add(float[] out, float[] values, float weight) {
    for (int i = 0; i < out.length; i++) {
      out[i] += weight * values[i];
    }
  }
}
