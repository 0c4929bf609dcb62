package dev.stemma.analysis.representation;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.Router;
import dev.stemma.runtime.RouterWatch;
import dev.stemma.runtime.RouterWatch.LayerRouter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the routers of a mixture of experts behave over texts, and how their weights are spread.
 *
 * <p>Question: are all experts used, how sure is the router, and how are its weights distributed?
 * There is no null hypothesis: it describes one model. Two models' loads may be compared only where
 * their experts correspond.
 *
 * @param layerCount all layers, those without experts too
 * @param tokens how many were read
 */
public record RouterEvidence(int layerCount, long tokens, List<Layer> layers) {
  /**
   * One layer with experts.
   *
   * @param entries the entries of the router's matrix
   * @param norms the norms of its rows, one an expert
   * @param correction the score-correction biases, where there are any
   */
  public record Layer(
      int layer, RouterLoad load, Spread entries, Spread norms, @Nullable Spread correction) {}

  /**
   * Reads texts and watches the routers; a text beyond the model's maximum is read in pieces.
   *
   * @throws ArtifactException if the model has no experts, or there is no token to read
   */
  public static RouterEvidence of(Decoder decoder, String reference, List<int[]> texts) {
    List<LayerRouter> routers = RouterWatch.routers(decoder);
    if (routers.isEmpty()) {
      throw wrong(reference, "router", "a mixture of experts", "a dense model");
    }
    TreeMap<Integer, RouterLoad> loads = new TreeMap<>();
    TreeMap<Integer, Router> byLayer = new TreeMap<>();
    for (LayerRouter router : routers) {
      loads.put(router.layer(), new RouterLoad(router.weights().rows()));
      byLayer.put(router.layer(), router.router());
    }
    Decoder watched =
        RouterWatch.on(
            decoder,
            (layer, logits, choices) -> {
              RouterLoad load = loads.get(layer);
              if (load != null) {
                load.see(logits, choices, byLayer.get(layer) instanceof Router.Sigmoid);
              }
            });
    long tokens = 0;
    for (int[] text : texts) {
      for (int start = 0; start < text.length; start += decoder.maximumPositions()) {
        int length = Math.min(text.length - start, decoder.maximumPositions());
        List<Integer> piece =
            Arrays.stream(text, start, start + length)
                .map(id -> checked(id, decoder, reference))
                .boxed()
                .toList();
        watched.begin().readPrompt(piece);
        tokens += length;
      }
    }
    if (tokens == 0) {
      throw wrong(reference, "text", "at least one token", "none");
    }
    List<Layer> layers = new ArrayList<>();
    for (LayerRouter router : routers) {
      RouterLoad load = loads.get(router.layer());
      if (load == null || load.tokens() == 0) {
        throw wrong(
            reference,
            "layer " + router.layer() + ", router",
            "finite scores",
            "a score that is no number for every token");
      }
      layers.add(layer(router, load));
    }
    return new RouterEvidence(decoder.layers().size(), tokens, layers);
  }

  private static int checked(int id, Decoder decoder, String reference) {
    int rows = decoder.embedding().rows();
    if (id < 0 || id >= rows) {
      throw wrong(reference, "token ids", "ids from 0 to " + (rows - 1), String.valueOf(id));
    }
    return id;
  }

  private static Layer layer(LayerRouter router, RouterLoad load) {
    float[] values = router.weights().values();
    int columns = router.weights().columns();
    double[] entries = new double[values.length];
    double[] norms = new double[router.weights().rows()];
    for (int i = 0; i < values.length; i++) {
      entries[i] = values[i];
      norms[i / columns] += entries[i] * entries[i];
    }
    for (int row = 0; row < norms.length; row++) {
      norms[row] = Math.sqrt(norms[row]);
    }
    @Nullable Spread correction = null;
    if (router.router() instanceof Router.Sigmoid sigmoid) {
      double[] biases = new double[sigmoid.correction().length];
      for (int i = 0; i < biases.length; i++) {
        biases[i] = sigmoid.correction()[i];
      }
      correction = Spread.of(biases);
    }
    return new Layer(router.layer(), load, Spread.of(entries), Spread.of(norms), correction);
  }

  private static ArtifactException wrong(
      String reference, String place, String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        reference,
        place,
        expected,
        found,
        "stemma inspect shows a model's experts; give --prompt, --text or --ids.");
  }
}
