package dev.stemma.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a model attends.
 *
 * @param kind MHA, MQA, GQA or MLA
 * @param heads query heads
 * @param keyValueHeads heads of keys and values
 * @param headDimension numbers of one head's query
 * @param layerKinds how many layers attend in which way: full, sliding, chunked, linear, encoder
 * @param window tokens that a sliding or chunked layer sees; 0 for no bound
 * @param latent the ranks of latent attention; zeros in every other kind
 */
public record Attention(
    String kind,
    long heads,
    long keyValueHeads,
    long headDimension,
    Map<String, Long> layerKinds,
    long window,
    Latent latent) {
  /** Multi-head latent attention's name. */
  public static final String LATENT = "MLA";

  /**
   * What latent attention keeps and how a head is made of it.
   *
   * @param rank numbers of the latent that keys and values share
   * @param queryRank numbers of the queries' own latent; 0 where they have none
   * @param plainDimensions numbers of a query that positions leave alone
   * @param rotaryDimensions numbers of a query that positions turn; one key of these for all heads
   * @param valueDimensions numbers of a head's value
   */
  public record Latent(
      long rank,
      long queryRank,
      long plainDimensions,
      long rotaryDimensions,
      long valueDimensions) {
    /** No latent. */
    public static final Latent NONE = new Latent(0, 0, 0, 0, 0);

    private static Latent of(Values values) {
      return new Latent(
          values.whole("kv_lora_rank").orElse(0L),
          values.whole("q_lora_rank").orElse(0L),
          values.whole("qk_nope_head_dim").orElse(0L),
          values.whole("qk_rope_head_dim").orElse(0L),
          values.whole("v_head_dim").orElse(0L));
    }
  }

  /** Keeps the map unmodifiable. */
  public Attention {
    layerKinds = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(layerKinds));
  }

  /** Reads it from a configuration. */
  public static Attention of(Architecture architecture) {
    Values values = architecture.values();
    long heads = new Expression.Name("num_attention_heads").whole(values);
    long headDimension = new Expression.Name("qk_head_dim_total").whole(values);
    boolean latent = values.truth("mla");
    long keyValueHeads = latent ? heads : keyValueHeads(values, heads);
    Map<String, Long> kinds = new LinkedHashMap<>();
    for (String kind : kinds(architecture)) {
      kinds.merge(kind, 1L, Long::sum);
    }
    return new Attention(
        latent ? LATENT : kind(heads, keyValueHeads),
        heads,
        keyValueHeads,
        headDimension,
        kinds,
        values.whole("window").orElse(0L),
        latent ? Latent.of(values) : Latent.NONE);
  }

  private static long keyValueHeads(Values values, long heads) {
    long headDimension = values.whole("head_dim").orElse(0L);
    long size = values.whole("kv_size").orElse(heads * headDimension);
    return headDimension == 0 ? heads : size / headDimension;
  }

  private static String kind(long heads, long keyValueHeads) {
    if (keyValueHeads == heads) {
      return "MHA";
    }
    return keyValueHeads == 1 ? "MQA" : "GQA";
  }

  /** How each layer of the main stack attends; a window beyond the context is no window. */
  static List<String> kinds(Architecture architecture) {
    LayerStack stack = architecture.family().mainStack();
    Values values = architecture.values();
    long window = values.whole("window").orElse(0L);
    long context = values.whole("max_position_embeddings").orElse(0L);
    boolean isBounded = window > 0 && (context == 0 || window < context);
    List<String> kinds = new ArrayList<>();
    for (int layer = 0; layer < stack.layers(values); layer++) {
      String kind = values.atLayer(layer).text("layer_kind").orElse("full");
      boolean isWindow = kind.equals("sliding") || kind.equals("chunked");
      kinds.add(isWindow && !isBounded ? "full" : kind);
    }
    return kinds;
  }

  /** Query heads that share one head of keys and values: 8 in GQA 8:1. */
  public long groups() {
    return keyValueHeads == 0 ? 1 : heads / keyValueHeads;
  }

  /** As in {@code GQA 8:1 (64 query heads, 8 key-value heads, head dimension 128)}. */
  public String description() {
    if (kind.equals(LATENT)) {
      return LATENT
          + " ("
          + heads
          + " query heads, latent rank "
          + latent.rank()
          + (latent.queryRank() > 0 ? ", query rank " + latent.queryRank() : "")
          + ", head dimension "
          + latent.plainDimensions()
          + " + "
          + latent.rotaryDimensions()
          + " rotary, values "
          + latent.valueDimensions()
          + ")";
    }
    String head = kind.equals("GQA") ? "GQA " + groups() + ":1" : kind;
    return head
        + " ("
        + heads
        + " query heads, "
        + keyValueHeads
        + (keyValueHeads == 1 ? " key-value head" : " key-value heads")
        + ", head dimension "
        + headDimension
        + ")";
  }
}
