package dev.stemma.catalogue;

import dev.stemma.artifact.Sha256;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;

/** Reads a tensor once, some rows at a time, and hashes its values as float32 on the way. */
final class TensorPass {
  private static final int CHUNK_ELEMENTS = 1 << 16;

  private TensorPass() {}

  /** Takes rows that were read; values that are not finite are zero. */
  interface Rows {
    void take(int firstRow, int rows, int columns, float[] values);
  }

  /** The digest of shape and values. */
  static byte[] over(TensorView view, TensorReader reader, Rows rows) {
    long elements = view.shape().elements();
    boolean matrix = view.shape().rank() == 2;
    int columns = Math.toIntExact(matrix ? view.shape().columns() : Math.min(elements, 1 << 20));
    if (matrix && columns > 1 << 24) {
      columns = 1 << 20;
      matrix = false;
    }
    MessageDigest sha256 = Sha256.start();
    for (long dimension : view.shape().dimensions()) {
      sha256.update(ByteBuffer.allocate(8).putLong(dimension).flip());
    }
    int step = Math.max(1, CHUNK_ELEMENTS / Math.max(1, columns)) * Math.max(1, columns);
    float[] values = new float[(int) Math.min(step, elements)];
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long first = 0; first < elements; first += values.length) {
      int count = (int) Math.min(values.length, elements - first);
      reader.read(view, first, count, values, 0);
      bytes.clear();
      bytes.asFloatBuffer().put(values, 0, count);
      sha256.update(bytes.limit(4 * count));
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(values[i])) {
          values[i] = 0;
        }
      }
      if (matrix) {
        rows.take((int) (first / columns), count / columns, columns, values);
      } else if (first == 0) {
        rows.take(0, 1, count, values);
      }
    }
    return sha256.digest();
  }
}
