package dev.stemma.runtime;

/** Mixes what earlier positions hold into the current one. */
public interface Attention {
  /**
   * Attends from one position to itself and the earlier ones.
   *
   * @param x the normalised hidden vector of the position
   * @param position from 0
   * @param sequenceLength positions in the sequence that is being read, for embeddings whose
   *     scaling depends on it
   * @param cache this layer's keys and values; the position's are added
   * @return the block's output, before the residual is added
   */
  float[] attend(float[] x, int position, int sequenceLength, KeyValueCache cache);

  /** The outputs for consecutive positions; one by one where a block does not know better. */
  default float[][] attendAll(float[][] xs, int first, int sequenceLength, KeyValueCache cache) {
    float[][] ys = new float[xs.length][];
    for (int i = 0; i < xs.length; i++) {
      ys[i] = attend(xs[i], first + i, sequenceLength, cache);
    }
    return ys;
  }
}
