package dev.stemma.format;

import dev.stemma.artifact.TensorView;

/** Adds noise that is the same whichever run of elements is read. */
record NoiseAdding(TensorView.Noised view, BoundValues of) implements BoundValues {
  /** Standard deviation of four sixteen-bit numbers, added. */
  private static final double DEVIATION = 65536 * Math.sqrt(4 / 12.0);

  private static final double MEAN = 4 * 65535 / 2.0;

  @Override
  public void read(long first, int count, float[] destination, int offset) {
    of.read(first, count, destination, offset);
    double scale = view.deviation() / DEVIATION;
    long number = view.firstElement() + first;
    for (int i = 0; i < count; i++) {
      long bits = mixed(view.seed() + (number + i) * 0x9E3779B97F4A7C15L);
      long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
      destination[offset + i] += (float) (scale * (sum - MEAN));
    }
  }

  /** Every bit of the result depends on every bit of the number (SplitMix64's finaliser). */
  private static long mixed(long number) {
    long z = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
