package dev.stemma.runtime;

import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import dev.stemma.numeric.MatrixVector;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix [rows, columns] used where it lies: mapped bytes in float32, float16, bfloat16
 * and GGUF's Q8_0, Q4_0, Q4_K and Q6_K are never copied, so only what a token touches is read.
 * Other layouts are decoded on first use.
 */
public final class Weights {
  private static final long PARALLEL_ELEMENTS = 1 << 18;
  private static final int ROWS_A_TASK = 64;

  /** From so many vectors on a matrix product pays. */
  private static final int MANY = 4;

  private static final long TILE_ELEMENTS = 1 << 18;

  private final TensorView view;
  private final TensorReader reader;
  private final int rows;
  private final int columns;
  private volatile @Nullable Placed placed;

  private record Placed(MemorySegment segment, ElementType type) {}

  /** Weights seen through a view; nothing is read yet. */
  public Weights(TensorView view, TensorReader reader) {
    this.view = view;
    this.reader = reader;
    this.rows = Math.toIntExact(view.shape().rows());
    this.columns = Math.toIntExact(view.shape().columns());
  }

  /** Output dimensions. */
  public int rows() {
    return rows;
  }

  /** Input dimensions. */
  public int columns() {
    return columns;
  }

  /** y = W x; rows are shared among threads where there are many, each row summed by one thread. */
  public void multiply(float[] x, float[] y) {
    Placed here = place();
    if ((long) rows * columns < PARALLEL_ELEMENTS) {
      MatrixVector.best().multiply(here.segment(), here.type(), 0, rows, columns, x, y);
      return;
    }
    int tasks = (rows + ROWS_A_TASK - 1) / ROWS_A_TASK;
    IntStream.range(0, tasks)
        .parallel()
        .forEach(task ->
            MatrixVector.best()
                .multiply(
                    here.segment(),
                    here.type(),
                    task * ROWS_A_TASK,
                    Math.min(rows, (task + 1) * ROWS_A_TASK),
                    columns,
                    x,
                    y));
  }

  /** All values, row by row; for matrices that are small. */
  public float[] values() {
    return reader.readAll(view);
  }

  /**
   * The products with many vectors: tiles of rows are decoded and multiplied by the linear algebra
   * library, so that the weights are read once for all.
   */
  public float[][] multiplyAll(float[][] xs) {
    float[][] ys = new float[xs.length][rows];
    if (xs.length < MANY) {
      for (int i = 0; i < xs.length; i++) {
        multiply(xs[i], ys[i]);
      }
      return ys;
    }
    Placed here = place();
    Matrix inputs = new Matrix(xs.length, columns);
    for (int i = 0; i < xs.length; i++) {
      System.arraycopy(xs[i], 0, inputs.data(), i * columns, columns);
    }
    int tile = Math.clamp(TILE_ELEMENTS / columns, 1, rows);
    IntStream.range(0, (rows + tile - 1) / tile)
        .parallel()
        .forEach(part -> multiplyTile(here, inputs, part * tile, tile, ys));
    return ys;
  }

  private void multiplyTile(Placed here, Matrix inputs, int first, int tile, float[][] ys) {
    int count = Math.min(tile, rows - first);
    Matrix part = new Matrix(count, columns);
    MatrixVector.best()
        .decode(
            here.segment(), here.type(), (long) first * columns, count * columns, part.data(), 0);
    float[] products = LinearAlgebra.best().multiplyByTransposed(inputs, part).data();
    for (int i = 0; i < ys.length; i++) {
      System.arraycopy(products, i * count, ys[i], first, count);
    }
  }

  /** One row, as an embedding table is read. */
  public void row(int row, float[] destination) {
    reader.read(view, (long) row * columns, columns, destination, 0);
  }

  private Placed place() {
    Placed here = placed;
    if (here != null) {
      return here;
    }
    synchronized (this) {
      Placed found = placed;
      if (found == null) {
        found =
            contiguous(view)
                .map(stored -> new Placed(reader.stored(stored), stored.type()))
                .orElseGet(this::decode);
        placed = found;
      }
      return found;
    }
  }

  private Placed decode() {
    float[] values = reader.readAll(view);
    return new Placed(MemorySegment.ofArray(values).asReadOnly(), ElementType.F32);
  }

  /**
   * The stored run of bytes behind a view, where there is exactly one and its type can be used in
   * place.
   */
  private static Optional<TensorView.Stored> contiguous(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored ->
          switch (stored.type()) {
            case F32, F16, BF16, Q8_0, Q4_0, Q4_K, Q6_K ->
                stored.shape().columns() % stored.type().blockElements() == 0
                    ? Optional.of(stored)
                    : Optional.empty();
            default -> Optional.empty();
          };
      case TensorView.Reshaped reshaped ->
          contiguous(reshaped.of())
              .map(of -> new TensorView.Stored(of.bytes(), of.type(), reshaped.shape()))
              .filter(of -> of.shape().columns() % of.type().blockElements() == 0);
      case TensorView.Rows part ->
          contiguous(part.of())
              .map(of -> {
                long rowBytes = of.type().bytesFor(of.shape().columns());
                ByteRange bytes =
                    of.bytes().slice(part.first() * rowBytes, part.count() * rowBytes);
                return new TensorView.Stored(bytes, of.type(), part.shape());
              });
      default -> Optional.empty();
    };
  }
}
