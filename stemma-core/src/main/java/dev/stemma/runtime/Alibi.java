package dev.stemma.runtime;

/**
 * Attention with linear biases (Press et al. 2022): no position is embedded; a head's score falls
 * with the distance, by the head's slope.
 */
final class Alibi {
  private Alibi() {}

  /**
   * The slopes of a number of heads: powers of one base for the largest power of two within it, and
   * every second power of a finer one for the rest.
   */
  static float[] slopes(int heads) {
    int most = Integer.highestOneBit(heads);
    double base = Math.pow(2, -8.0 / most);
    double finer = Math.pow(2, -4.0 / most);
    float[] slopes = new float[heads];
    for (int head = 0; head < heads; head++) {
      slopes[head] =
          (float) (head < most ? Math.pow(base, head + 1) : Math.pow(finer, 2 * (head - most) + 1));
    }
    return slopes;
  }
}
