package dev.stemma.runtime;

/**
 * Rotary position embedding (Su et al. 2021): pairs of a head's dimensions are turned by an angle
 * that grows with the position.
 *
 * @param frequencies angle a position for each pair
 * @param neighbours true where a pair is (2i, 2i+1); false where it is (i, i + half)
 */
public record Rotary(Frequencies frequencies, boolean neighbours) {
  /** Frequencies by the length of the sequence, since dynamic scaling and LongRoPE depend on it. */
  public interface Frequencies {
    /** Number of dimensions that are turned (twice the number of pairs). */
    int dimensions();

    /** Angle a position of every pair. */
    double[] at(int sequenceLength);

    /** Factor on cosine and sine. */
    double attentionFactor(int sequenceLength);
  }

  /** Turns the first dimensions of one head's vector in place; the rest passes. */
  public void turn(float[] head, int offset, int position, int sequenceLength) {
    double[] angles = frequencies.at(sequenceLength);
    double factor = frequencies.attentionFactor(sequenceLength);
    int half = angles.length;
    for (int pair = 0; pair < half; pair++) {
      // The official code computes the angle in float32; the product must round as it does there.
      float angle = (float) position * (float) angles[pair];
      float cosine = (float) ((float) Math.cos(angle) * factor);
      float sine = (float) ((float) Math.sin(angle) * factor);
      int first = neighbours ? offset + 2 * pair : offset + pair;
      int second = neighbours ? first + 1 : first + half;
      float x = head[first];
      float y = head[second];
      head[first] = x * cosine - y * sine;
      head[second] = y * cosine + x * sine;
    }
  }
}
