package dev.stemma.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Multi-head latent attention (DeepSeek-V2, 2024): keys and values come from one small latent
 * vector; a part of each key, shared by all heads, carries the position.
 *
 * @param queryDown compresses the query, or null where the query is projected at once
 * @param queryUp gives all heads' queries from the compressed (or the plain) vector
 * @param latentDown gives the latent vector and the shared rotary key
 * @param latentUp gives all heads' keys (without position) and values
 * @param plain dimensions of a head's query and key without position
 * @param turned dimensions of a head's query and key with position
 */
record LatentAttention(
    @Nullable Linear queryDown,
    Norm queryDownNorm,
    Linear queryUp,
    Linear latentDown,
    Norm latentNorm,
    Linear latentUp,
    Linear output,
    Rotary rotary,
    int latentDimensions,
    int plain,
    int turned,
    ScaledDotProduct product)
    implements Attention {
  @Override
  public float[] attend(float[] x, int position, int sequenceLength, KeyValueCache cache) {
    float[] compressed = x;
    if (queryDown != null) {
      compressed = queryDown.apply(x);
      queryDownNorm.apply(compressed, 0, compressed.length);
    }
    float[] q = queryUp.apply(compressed);
    int keyDimension = plain + turned;
    for (int head = 0; head < product.heads(); head++) {
      rotary.turn(q, head * keyDimension + plain, position, sequenceLength);
    }

    float[] down = latentDown.apply(x);
    rotary.turn(down, latentDimensions, position, sequenceLength);
    float[] latent = java.util.Arrays.copyOf(down, latentDimensions);
    latentNorm.apply(latent, 0, latentDimensions);
    float[] up = latentUp.apply(latent);

    int heads = product.heads();
    int valueDimension = product.valueDimension();
    float[] keys = new float[heads * keyDimension];
    float[] values = new float[heads * valueDimension];
    for (int head = 0; head < heads; head++) {
      int from = head * (plain + valueDimension);
      System.arraycopy(up, from, keys, head * keyDimension, plain);
      System.arraycopy(down, latentDimensions, keys, head * keyDimension + plain, turned);
      System.arraycopy(up, from + plain, values, head * valueDimension, valueDimension);
    }
    cache.add(keys, values);
    return output.apply(product.attend(q, position, cache));
  }
}
