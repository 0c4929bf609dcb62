package dev.stemma.format;

import dev.stemma.artifact.TensorView;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/** base + scale * b * a, summed in float64 run by run. For one thread. */
final class LowRankAdding implements BoundValues {
  private final BoundValues base;
  private final BoundValues a;
  private final BoundValues b;
  private final double scale;
  private final long rank;
  private final long columns;
  private final float[] run = new float[RUN];
  private final double[] sum = new double[RUN];
  private final float[] coefficient = new float[1];

  private LowRankAdding(
      TensorView.LowRankSum view, BoundValues base, BoundValues a, BoundValues b) {
    this.base = base;
    this.a = a;
    this.b = b;
    this.scale = view.scale();
    this.rank = view.a().shape().dimension(0);
    this.columns = view.shape().columns();
  }

  static BoundValues bind(
      TensorView.LowRankSum view, Function<TensorView.Stored, MemorySegment> bytes) {
    return new LowRankAdding(
        view,
        BoundValues.bind(view.base(), bytes),
        BoundValues.bind(view.a(), bytes),
        BoundValues.bind(view.b(), bytes));
  }

  @Override
  public void read(long first, int count, float[] destination, int offset) {
    base.read(first, count, destination, offset);
    int done = 0;
    while (done < count) {
      long row = (first + done) / columns;
      long column = (first + done) % columns;
      int length = (int) Math.min(Math.min(count - done, columns - column), RUN);
      java.util.Arrays.fill(sum, 0, length, 0);
      for (long k = 0; k < rank; k++) {
        b.read(row * rank + k, 1, coefficient, 0);
        a.read(k * columns + column, length, run, 0);
        for (int i = 0; i < length; i++) {
          sum[i] += (double) coefficient[0] * run[i];
        }
      }
      for (int i = 0; i < length; i++) {
        int to = offset + done + i;
        destination[to] = (float) (destination[to] + scale * sum[i]);
      }
      done += length;
    }
  }
}
