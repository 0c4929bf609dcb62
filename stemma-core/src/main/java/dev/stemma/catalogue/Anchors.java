package dev.stemma.catalogue;

import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.SketchKernel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Embedding rows of fixed token ids: landmarks that lie at the same place in two models of one
 * vocabulary, whatever was done to the hidden dimensions.
 *
 * @param hidden columns of the embedding
 * @param rows of all ids, each of unit root mean square; zeros where the model has no such id
 * @param centred the same without their mean, of unit length
 */
record Anchors(int hidden, float[][] rows, float[][] centred) {
  /** Ids whose cosines are sketched; every third is an anchor of circuits. */
  static final int COUNT = 3 * SketchKernel.ANCHORS;

  private static final int FIRST_ID = 8;
  private static final int LAST_ID = 8192;

  /** Ids in geometric steps: the smallest ones stay the same when a vocabulary is cut or grows. */
  static int id(int index) {
    return (int) Math.round(FIRST_ID * Math.pow((double) LAST_ID / FIRST_ID, (index + 0.5) / COUNT))
        + index;
  }

  static boolean canBeReadFrom(TensorView embedding) {
    return embedding.shape().rank() == 2 && embedding.shape().columns() <= 1 << 20;
  }

  /** The anchors of an embedding; none of a model without it, or of one too small. */
  static Optional<Anchors> of(@Nullable TensorView view, TensorReader reader) {
    if (view == null) {
      return Optional.empty();
    }
    int hidden = Math.toIntExact(view.shape().columns());
    float[][] rows = new float[COUNT][hidden];
    float[][] centred = new float[COUNT][hidden];
    double[] mean = new double[hidden];
    int present = 0;
    for (int anchor = 0; anchor < COUNT; anchor++) {
      if (id(anchor) < view.shape().rows()) {
        present++;
        reader.read(view, (long) id(anchor) * hidden, hidden, rows[anchor], 0);
        double squares = 0;
        for (int c = 0; c < hidden; c++) {
          rows[anchor][c] = Float.isFinite(rows[anchor][c]) ? rows[anchor][c] : 0;
          squares += (double) rows[anchor][c] * rows[anchor][c];
        }
        scale(rows[anchor], squares > 0 ? Math.sqrt(hidden / squares) : 0);
        for (int c = 0; c < hidden; c++) {
          mean[c] += rows[anchor][c];
        }
      }
    }
    for (int anchor = 0; anchor < COUNT; anchor++) {
      if (id(anchor) < view.shape().rows()) {
        double squares = 0;
        for (int c = 0; c < hidden; c++) {
          centred[anchor][c] = (float) (rows[anchor][c] - mean[c] / present);
          squares += (double) centred[anchor][c] * centred[anchor][c];
        }
        scale(centred[anchor], squares > 0 ? 1 / Math.sqrt(squares) : 0);
      }
    }
    return present < 3 ? Optional.empty() : Optional.of(new Anchors(hidden, rows, centred));
  }

  private static void scale(float[] row, double factor) {
    for (int c = 0; c < row.length; c++) {
      row[c] = (float) (row[c] * factor);
    }
  }

  /** The anchors of circuits as a norm with these gains passes them on, columns x anchors. */
  float[] inputs(float[] gain, boolean centring) {
    float[] out = new float[hidden * SketchKernel.ANCHORS];
    for (int k = 0; k < SketchKernel.ANCHORS; k++) {
      float[] row = rows[3 * k];
      double mean = 0;
      for (float value : row) {
        mean += centring ? value / (double) hidden : 0;
      }
      for (int c = 0; c < hidden; c++) {
        out[c * SketchKernel.ANCHORS + k] =
            (float) ((row[c] - mean) * (gain.length == hidden ? gain[c] : 1));
      }
    }
    return out;
  }

  /** The centred anchors of circuits, columns x anchors: what an output is compared with. */
  float[] outputs() {
    float[] out = new float[hidden * SketchKernel.ANCHORS];
    for (int k = 0; k < SketchKernel.ANCHORS; k++) {
      for (int c = 0; c < hidden; c++) {
        out[c * SketchKernel.ANCHORS + k] = centred[3 * k][c];
      }
    }
    return out;
  }

  /** The block of cosines between anchors. */
  double[] cosines() {
    double[] block = new double[Fingerprint.Block.length()];
    for (int i = 0; i < COUNT; i++) {
      for (int j = i + 1; j < COUNT; j++) {
        double cosine = 0;
        for (int c = 0; c < hidden; c++) {
          cosine += (double) centred[i][c] * centred[j][c];
        }
        long place = Hashing.of(i, j);
        block[(int) (place & (block.length - 1))] += place < 0 ? -cosine : cosine;
      }
    }
    return block;
  }
}
