package dev.stemma.format;

import dev.stemma.artifact.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** (value - zero point) * scale, run by run along the rows. For one thread. */
final class Dequantising implements BoundValues {
  private final BoundValues of;
  private final BoundValues scales;
  private final @Nullable BoundValues zeroPoints;
  private final long columns;
  private final long blockRows;
  private final long blockColumns;
  private final long gridColumns;
  private final float[] scale = new float[RUN];
  private final float[] zero = new float[RUN];
  private long gridFirst = -1;
  private int gridCount;

  private Dequantising(
      TensorView.Dequantised view,
      BoundValues of,
      BoundValues scales,
      @Nullable BoundValues zeroPoints) {
    this.of = of;
    this.scales = scales;
    this.zeroPoints = zeroPoints;
    this.columns = view.shape().columns();
    this.blockRows = view.blockRows();
    this.blockColumns = view.blockColumns();
    this.gridColumns = Math.ceilDiv(columns, blockColumns);
  }

  static BoundValues bind(
      TensorView.Dequantised view, Function<TensorView.Stored, MemorySegment> bytes) {
    TensorView zeroPoints = view.zeroPoints();
    return new Dequantising(
        view,
        BoundValues.bind(view.of(), bytes),
        BoundValues.bind(view.scales(), bytes),
        zeroPoints == null ? null : BoundValues.bind(zeroPoints, bytes));
  }

  @Override
  public void read(long first, int count, float[] destination, int offset) {
    of.read(first, count, destination, offset);
    int done = 0;
    while (done < count) {
      long row = (first + done) / columns;
      long column = (first + done) % columns;
      int run = (int) Math.min(Math.min(count - done, columns - column), RUN);
      long gridRow = row / blockRows * gridColumns;
      long gridColumn = column / blockColumns;
      load(gridRow + gridColumn, (int) ((column + run - 1) / blockColumns - gridColumn) + 1);
      for (int i = 0; i < run; i++) {
        int at = (int) ((column + i) / blockColumns - gridColumn);
        int to = offset + done + i;
        destination[to] = (float) (((double) destination[to] - zero[at]) * scale[at]);
      }
      done += run;
    }
  }

  private void load(long from, int count) {
    if (from == gridFirst && count <= gridCount) {
      return;
    }
    scales.read(from, count, scale, 0);
    if (zeroPoints != null) {
      zeroPoints.read(from, count, zero, 0);
    }
    gridFirst = from;
    gridCount = count;
  }
}
