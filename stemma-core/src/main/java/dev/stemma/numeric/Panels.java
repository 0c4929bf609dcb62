package dev.stemma.numeric;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinTask;

/**
 * Products by the library, in panels of rows of the result whose bounds depend on the shapes alone:
 * whoever computes them, the bits are the same. On a worker of a fork-join pool the panels of a
 * large product go to that pool. The library reads and writes the Java arrays where they lie.
 */
final class Panels {
  private static final double WORTH_SHARING = 2e8;
  private static final int PANELS = 8;
  private static final int FEWEST_ROWS = 64;

  /** Few enough that no collection of garbage waits long for a panel. */
  private static final int MOST_ROWS = 512;

  private static final int ROW_MAJOR = 101;
  private static final int AS_IT_IS = 111;
  private static final int TRANSPOSED = 112;
  private static final MethodHandle SGEMM = sgemm();

  private Panels() {}

  @SuppressWarnings("restricted")
  private static MethodHandle sgemm() {
    return Linker.nativeLinker()
        .downcallHandle(
            SymbolLookup.loaderLookup().findOrThrow("cblas_sgemm"),
            FunctionDescriptor.ofVoid(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_FLOAT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_FLOAT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT),
            Linker.Option.critical(true));
  }

  /** One factor as the library takes it. */
  private record Factor(Matrix matrix, boolean transposed) {
    /** From this row of the factor on, or column where it is taken transposed. */
    MemorySegment from(int row) {
      MemorySegment all = MemorySegment.ofArray(matrix.data());
      return all.asSlice(4L * row * (transposed ? 1 : matrix.columns()));
    }

    int form() {
      return transposed ? TRANSPOSED : AS_IT_IS;
    }
  }

  static Matrix product(
      Matrix a, boolean transposedA, Matrix b, boolean transposedB, int inner, Matrix out) {
    if (out.data().length == 0 || inner == 0) {
      return out;
    }
    Factor left = new Factor(a, transposedA);
    Factor right = new Factor(b, transposedB);
    int step = Math.clamp(out.rows() / PANELS, FEWEST_ROWS, MOST_ROWS);
    double operations = 2.0 * inner * out.columns() * out.rows();
    if (operations < WORTH_SHARING || step >= out.rows()) {
      panel(left, right, inner, out, 0, out.rows());
      return out;
    }
    List<ForkJoinTask<?>> panels = new ArrayList<>();
    for (int first = 0; first < out.rows(); first += step) {
      int row = first;
      int rows = Math.min(step, out.rows() - first);
      panels.add(ForkJoinTask.adapt(() -> panel(left, right, inner, out, row, rows)));
    }
    if (ForkJoinTask.inForkJoinPool()) {
      ForkJoinTask.invokeAll(panels);
    } else {
      panels.forEach(ForkJoinTask::invoke);
    }
    return out;
  }

  private static void panel(Factor a, Factor b, int inner, Matrix out, int row, int rows) {
    try {
      SGEMM.invokeExact(
          ROW_MAJOR,
          a.form(),
          b.form(),
          rows,
          out.columns(),
          inner,
          1f,
          a.from(row),
          a.matrix().columns(),
          b.from(0),
          b.matrix().columns(),
          0f,
          MemorySegment.ofArray(out.data()).asSlice(4L * row * out.columns()),
          out.columns());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
