package dev.stemma.analysis.weights;

import dev.stemma.artifact.TensorView;
import dev.stemma.numeric.Matrix;
import java.io.Serializable;

/**
 * Whether values were rounded to few levels: by how they are stored, or by lying on a symmetric
 * grid of their block's largest.
 */
final class Grid {
  private static final int BLOCK = 32;
  private static final double NEAR = 0.03;
  private static final int[] STEPS = {7, 8, 15, 127};
  private static final int MOST_BLOCKS = 4096;

  private Grid() {}

  /** The share of 32-blocks on a grid, and its bits; 0 bits where none. */
  record Share(double share, int bits) implements Serializable {}

  static Share of(TensorView view, Matrix values) {
    int storedBits = storedBits(view);
    if (storedBits > 0) {
      return new Share(1, storedBits);
    }
    Share best = new Share(0, 0);
    for (int steps : STEPS) {
      double share = share(values.data(), steps);
      if (share > best.share()) {
        best = new Share(share, steps > 15 ? 8 : steps > 8 ? 5 : 4);
      }
    }
    return best;
  }

  private static int storedBits(TensorView view) {
    return switch (view) {
      case TensorView.Dequantised ignored -> 8;
      case TensorView.Stored stored ->
          stored.type().blockElements() > 1
              ? Math.max(1, stored.type().blockBytes() * 8 / stored.type().blockElements())
              : 0;
      case TensorView.Transposed of -> storedBits(of.of());
      case TensorView.Rows of -> storedBits(of.of());
      case TensorView.Reshaped of -> storedBits(of.of());
      default -> 0;
    };
  }

  static double share(float[] values, int steps) {
    int blocks = values.length / BLOCK;
    int stride = Math.max(1, blocks / MOST_BLOCKS);
    int tested = 0;
    int on = 0;
    for (int block = 0; block < blocks; block += stride) {
      float largest = 0;
      for (int i = 0; i < BLOCK; i++) {
        largest = Math.max(largest, Math.abs(values[block * BLOCK + i]));
      }
      if (largest == 0) {
        continue;
      }
      tested++;
      boolean fits = true;
      for (int i = 0; i < BLOCK && fits; i++) {
        double level = values[block * BLOCK + i] / largest * steps;
        fits = Math.abs(level - Math.rint(level)) <= NEAR;
      }
      on += fits ? 1 : 0;
    }
    return tested == 0 ? 0 : (double) on / tested;
  }
}
