package dev.stemma.runtime;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention (Vaswani et al. 2017) of one query position over the cached ones,
 * heads in groups that share keys and values (Ainslie et al. 2023).
 *
 * @param heads query heads
 * @param keyValueHeads heads of keys and values; divides {@code heads}
 * @param keyDimension dimensions of one head's query and key
 * @param valueDimension dimensions of one head's value
 * @param scale factor on the products, usually 1 / sqrt(keyDimension)
 * @param window how many positions back a position sees, itself included; 0 for all
 * @param softCap c in c tanh(score / c); 0 for none
 * @param sinks one logit a head that takes part in the softmax and carries no value, or null
 * @param slopes ALiBi: one slope a head, whose product with a key's position is added, or null
 */
record ScaledDotProduct(
    int heads,
    int keyValueHeads,
    int keyDimension,
    int valueDimension,
    double scale,
    int window,
    double softCap,
    float @Nullable [] sinks,
    float @Nullable [] slopes) {
  float[] attend(float[] query, int position, KeyValueCache cache) {
    int from = window > 0 ? Math.max(0, position - window + 1) : 0;
    float[] out = new float[heads * valueDimension];
    float[] scores = new float[position - from + 1];
    int group = heads / keyValueHeads;
    for (int head = 0; head < heads; head++) {
      int shared = head / group;
      float maximum = sinks == null ? Float.NEGATIVE_INFINITY : sinks[head];
      for (int earlier = from; earlier <= position; earlier++) {
        float score = score(query, head, cache.key(earlier), shared);
        score += slopes == null ? 0 : slopes[head] * earlier;
        scores[earlier - from] = score;
        maximum = Math.max(maximum, score);
      }
      double sum = sinks == null ? 0 : Math.exp(sinks[head] - maximum);
      for (int i = 0; i < scores.length; i++) {
        scores[i] = (float) Math.exp(scores[i] - maximum);
        sum += scores[i];
      }
      for (int earlier = from; earlier <= position; earlier++) {
        float weight = (float) (scores[earlier - from] / sum);
        float[] value = cache.value(earlier);
        for (int i = 0; i < valueDimension; i++) {
          out[head * valueDimension + i] += weight * value[shared * valueDimension + i];
        }
      }
    }
    return out;
  }

  /** The products of consecutive positions, whose keys and values the cache has already. */
  float[][] attendAll(float[][] queries, int first, KeyValueCache cache) {
    float[][] mixed = new float[queries.length][];
    IntStream.range(0, queries.length)
        .parallel()
        .forEach(i -> mixed[i] = attend(queries[i], first + i, cache));
    return mixed;
  }

  private float score(float[] query, int head, float[] key, int shared) {
    // Four sums at a time: one would wait for itself at every step.
    int at = head * keyDimension;
    int other = shared * keyDimension;
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i <= keyDimension - 4; i += 4) {
      s0 += query[at + i] * key[other + i];
      s1 += query[at + i + 1] * key[other + i + 1];
      s2 += query[at + i + 2] * key[other + i + 2];
      s3 += query[at + i + 3] * key[other + i + 3];
    }
    float product = (s0 + s1) + (s2 + s3);
    for (; i < keyDimension; i++) {
      product += query[at + i] * key[other + i];
    }
    float score = (float) (product * scale);
    return softCap > 0 ? (float) (softCap * Math.tanh(score / softCap)) : score;
  }
}
