package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Attention;
import dev.stemma.architecture.Block;
import dev.stemma.architecture.Experts;
import dev.stemma.architecture.KeyValueCache;
import dev.stemma.architecture.ParameterCount;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** An inspection as the JSON document {@code stemma.inspect/1}. */
public final class InspectionJson {
  private static final double BYTES_BF16 = 2;

  private InspectionJson() {}

  /** The document. */
  public static ObjectNode of(Inspection inspection) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("schema", "stemma.inspect/1");
    json.put("name", inspection.name());
    json.put("family", inspection.family());
    json.put("familyStated", inspection.architecture().stated());
    parameters(json.putObject("parameters"), inspection.parameters());
    json.put("countedFrom", inspection.countedFromTensors() ? "tensors" : "config");
    inspection.attention().ifPresent(known -> attention(json.putObject("attention"), known));
    inspection.cache().ifPresent(known -> cache(json.putObject("kvCache"), known));
    inspection
        .positions()
        .ifPresent(known ->
            json.putObject("positions")
                .put("kind", known.positions())
                .put("theta", known.theta())
                .put("thetaOfSlidingLayers", known.thetaOfSlidingLayers())
                .put("layout", known.layout())
                .put("dimensions", known.dimensions())
                .put("scaling", known.scaling())
                .put("factor", known.factor())
                .put("attentionFactor", known.attentionFactor()));
    experts(json.putObject("experts"), inspection.experts());
    serving(json.putObject("serving"), new Serving(inspection));
    inspection
        .check()
        .ifPresent(check -> {
          ObjectNode node = json.putObject("checkpoint");
          check.missing().forEach(node.putArray("missing")::add);
          check.extra().forEach(node.putArray("extra")::add);
          check.otherShape().forEach(node.putArray("otherShape")::add);
        });
    inspection.notes().forEach(json.putArray("notes")::add);
    return json;
  }

  private static void parameters(ObjectNode json, ParameterCount count) {
    json.put("total", count.total());
    json.putObject("active")
        .put("all", count.active())
        .put("withoutInputEmbedding", count.activeWithoutInputEmbedding())
        .put("withoutEmbeddings", count.activeWithoutEmbeddings());
    ObjectNode components = json.putObject("components");
    ObjectNode apart = json.putObject("apart");
    for (Map.Entry<Block, Long> entry : count.byBlock().entrySet()) {
      (entry.getKey().isCounted() ? components : apart).put(entry.getKey().key(), entry.getValue());
    }
    apart.put("multiTokenPredictionCopies", count.predictionCopies());
    apart.put("totalWithScoreCorrection", count.totalWithScoreCorrection());
    apart.put("totalWithMultiTokenPrediction", count.totalWithPredictionBlock());
  }

  private static void attention(ObjectNode json, Attention attention) {
    json.put("kind", attention.kind());
    json.put("groups", attention.groups());
    json.put("heads", attention.heads());
    json.put("keyValueHeads", attention.keyValueHeads());
    json.put("headDimension", attention.headDimension());
    json.put("window", attention.window());
    if (attention.kind().equals(Attention.LATENT)) {
      json.putObject("latent")
          .put("rank", attention.latent().rank())
          .put("queryRank", attention.latent().queryRank())
          .put("plainDimensions", attention.latent().plainDimensions())
          .put("rotaryDimensions", attention.latent().rotaryDimensions())
          .put("valueDimensions", attention.latent().valueDimensions());
    }
    ObjectNode layers = json.putObject("layers");
    attention.layerKinds().forEach(layers::put);
  }

  private static void cache(ObjectNode json, KeyValueCache cache) {
    json.put("bytesPerToken", (long) cache.bytesPerToken(BYTES_BF16));
    json.put("elementType", "bf16");
    json.put("bytesPerTokenWithoutWindows", (long) cache.bytesPerTokenWithoutWindows(BYTES_BF16));
    json.put("windowTokens", cache.window());
    json.put("boundedBytes", (long) cache.boundedBytes(BYTES_BF16));
  }

  private static void experts(ObjectNode json, Experts experts) {
    json.put("routed", experts.routed());
    json.put("shared", experts.shared());
    json.put("active", experts.active());
    json.put("width", experts.width());
    json.put("sharedWidth", experts.sharedWidth());
    json.put("router", experts.router());
    json.put("scoreCorrection", experts.biasCorrection());
    json.put("groups", experts.groups());
    json.put("groupsKept", experts.groupsKept());
    json.put("normalises", experts.normalises());
    json.put("scale", experts.scale());
  }

  private static void serving(ObjectNode json, Serving serving) {
    json.put("contextTokens", serving.context());
    json.put("weightBytes", (long) serving.weightBytes());
    json.put("cacheBytes", (long) serving.cacheBytes());
    json.put("overheadBytesEstimated", (long) serving.overheadBytes());
    json.put("estimatedBytes", (long) serving.bytes());
    serving.degrees().forEach(json.putArray("tensorParallelDegrees")::add);
    ObjectNode gpus = json.putObject("gpus");
    for (int gigabytes : new int[] {80, 141, 192}) {
      gpus.put(String.valueOf(gigabytes), serving.needed(gigabytes));
    }
    serving.commands().forEach(json.putArray("commands")::add);
  }
}
