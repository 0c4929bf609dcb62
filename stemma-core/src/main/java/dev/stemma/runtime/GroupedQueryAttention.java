package dev.stemma.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Multi-head, grouped-query and multi-query attention with rotary positions; optional norms on
 * queries and keys, over each head or over all of them, before the rotation.
 *
 * @param rotary null in layers without positions
 * @param clip largest magnitude of queries, keys and values (OLMo's clip_qkv); 0 for none
 */
record GroupedQueryAttention(
    Linear query,
    Linear key,
    Linear value,
    Linear output,
    Norm queryNorm,
    Norm keyNorm,
    boolean normByHead,
    @Nullable Rotary rotary,
    double clip,
    ScaledDotProduct product)
    implements Attention {
  @Override
  public float[] attend(float[] x, int position, int sequenceLength, KeyValueCache cache) {
    float[] q = query.apply(x);
    float[] k = key.apply(x);
    float[] v = value.apply(x);
    place(q, k, v, position, sequenceLength);
    cache.add(k, v);
    return output.apply(product.attend(q, position, cache));
  }

  @Override
  public float[][] attendAll(float[][] xs, int first, int sequenceLength, KeyValueCache cache) {
    float[][] q = query.applyAll(xs);
    float[][] k = key.applyAll(xs);
    float[][] v = value.applyAll(xs);
    for (int i = 0; i < xs.length; i++) {
      place(q[i], k[i], v[i], first + i, sequenceLength);
      cache.add(k[i], v[i]);
    }
    return output.applyAll(product.attendAll(q, first, cache));
  }

  /** Norms, clips and turns a position's query and key. */
  private void place(float[] q, float[] k, float[] v, int position, int sequenceLength) {
    int dimension = product.keyDimension();
    normalise(queryNorm, q, dimension);
    normalise(keyNorm, k, dimension);
    if (clip > 0) {
      clip(q);
      clip(k);
      clip(v);
    }
    if (rotary != null) {
      for (int head = 0; head < product.heads(); head++) {
        rotary.turn(q, head * dimension, position, sequenceLength);
      }
      for (int head = 0; head < product.keyValueHeads(); head++) {
        rotary.turn(k, head * dimension, position, sequenceLength);
      }
    }
  }

  private void normalise(Norm norm, float[] values, int dimension) {
    int length = normByHead ? dimension : values.length;
    for (int offset = 0; offset < values.length; offset += length) {
      norm.apply(values, offset, length);
    }
  }

  private void clip(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.clamp(values[i], -clip, clip);
    }
  }
}
