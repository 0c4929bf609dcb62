package dev.stemma.runtime;

import java.util.Arrays;
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
    turn(q, position, sequenceLength);
    float[] down = latentDown.apply(x);
    rotary.turn(down, latentDimensions, position, sequenceLength);
    remember(down, latentUp.apply(latent(down)), cache);
    return output.apply(product.attend(q, position, cache));
  }

  @Override
  public float[][] attendAll(float[][] xs, int first, int sequenceLength, KeyValueCache cache) {
    float[][] compressed = xs;
    if (queryDown != null) {
      compressed = queryDown.applyAll(xs);
      for (float[] one : compressed) {
        queryDownNorm.apply(one, 0, one.length);
      }
    }
    float[][] q = queryUp.applyAll(compressed);
    float[][] down = latentDown.applyAll(xs);
    float[][] latents = new float[xs.length][];
    for (int i = 0; i < xs.length; i++) {
      turn(q[i], first + i, sequenceLength);
      rotary.turn(down[i], latentDimensions, first + i, sequenceLength);
      latents[i] = latent(down[i]);
    }
    float[][] up = latentUp.applyAll(latents);
    for (int i = 0; i < xs.length; i++) {
      remember(down[i], up[i], cache);
    }
    return output.applyAll(product.attendAll(q, first, cache));
  }

  private void turn(float[] q, int position, int sequenceLength) {
    for (int head = 0; head < product.heads(); head++) {
      rotary.turn(q, head * (plain + turned) + plain, position, sequenceLength);
    }
  }

  private float[] latent(float[] down) {
    float[] latent = Arrays.copyOf(down, latentDimensions);
    latentNorm.apply(latent, 0, latentDimensions);
    return latent;
  }

  /** Puts a position's keys, each with the shared rotary part, and values into the cache. */
  private void remember(float[] down, float[] up, KeyValueCache cache) {
    int keyDimension = plain + turned;
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
  }
}
