package dev.stemma.runtime;

import java.util.ArrayList;
import java.util.List;

/** Sees what the routers of a decoder choose while it reads; seeing changes no number. */
@FunctionalInterface
public interface RouterWatch {
  /**
   * Sees one token at one layer.
   *
   * @param logits the router's, one an expert
   * @param choices the chosen experts, best first
   */
  void see(int layer, float[] logits, List<Router.Choice> choices);

  /** The same decoder, watched; layers without experts show nothing. */
  static Decoder on(Decoder decoder, RouterWatch watch) {
    List<DecoderLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < decoder.layers().size(); layer++) {
      DecoderLayer one = decoder.layers().get(layer);
      layers.add(
          one.feedForward() instanceof MixtureOfExperts experts
              ? one.withFeedForward(new Watched(layer, experts, watch))
              : one);
    }
    return decoder.withLayers(layers);
  }

  /** The router's matrix of each layer that has experts, [experts, hidden]. */
  static List<LayerRouter> routers(Decoder decoder) {
    List<LayerRouter> routers = new ArrayList<>();
    for (int layer = 0; layer < decoder.layers().size(); layer++) {
      if (decoder.layers().get(layer).feedForward() instanceof MixtureOfExperts experts) {
        routers.add(new LayerRouter(layer, experts.routerWeights().weights(), experts.router()));
      }
    }
    return routers;
  }

  /** One layer's router. */
  record LayerRouter(int layer, Weights weights, Router router) {}

  /** Experts whose router is watched: it is asked once more, with the same answer. */
  record Watched(int layer, MixtureOfExperts experts, RouterWatch watch) implements FeedForward {
    @Override
    public float[] apply(float[] x) {
      float[] logits = experts.routerWeights().apply(x);
      watch.see(layer, logits, experts.router().choose(logits));
      return experts.apply(x);
    }

    @Override
    public float[][] applyAll(float[][] xs) {
      float[][] logits = experts.routerWeights().applyAll(xs);
      for (float[] one : logits) {
        watch.see(layer, one, experts.router().choose(one));
      }
      return experts.applyAll(xs, logits);
    }
  }
}
