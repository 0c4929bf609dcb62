package dev.stemma.runtime;

import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.MatrixVector;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix [rows, columns] used where it lies: mapped bytes in float32, float16 or bfloat16
 * are never copied, so only what a token touches is read. Other layouts are decoded on first use.
 */
public final class Weights {
  private static final long PARALLEL_ELEMENTS = 1 << 18;
  private static final int ROWS_A_TASK = 64;

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
            case F32, F16, BF16 -> Optional.of(stored);
            default -> Optional.empty();
          };
      case TensorView.Reshaped reshaped ->
          contiguous(reshaped.of())
              .map(of -> new TensorView.Stored(of.bytes(), of.type(), reshaped.shape()));
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
