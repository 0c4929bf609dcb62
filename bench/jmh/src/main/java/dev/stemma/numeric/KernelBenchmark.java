package dev.stemma.numeric;

import dev.stemma.artifact.ElementType;
import dev.stemma.numeric.simd.VectorMatrixVector;
import dev.stemma.numeric.simd.VectorPairKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The pair kernel and the matrix-vector product, scalar against Vector API, for each element type
 * that weights come in. Nanoseconds for each element (a pair of elements in the pair kernel), on
 * one thread, from data that fits no cache but the last.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {
      "--add-modules=jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-XX:+UseSerialGC",
      "-Xmx1g"
    })
public class KernelBenchmark {
  private static final int ROWS = 1024;
  private static final int COLUMNS = 1024;
  private static final int ELEMENTS = ROWS * COLUMNS;

  /** How the weights are stored. */
  @Param({"BF16", "F16", "F32"})
  public ElementType type = ElementType.BF16;

  /** Which implementation. */
  @Param({"scalar", "vector"})
  public String kernel = "scalar";

  private Arena arena;
  private MemorySegment a;
  private MemorySegment b;
  private PairKernel pair;
  private MatrixVector product;
  private final float[] x = new float[COLUMNS];
  private final float[] y = new float[ROWS];

  /** Fills both segments with numbers as weights have them. */
  @Setup
  public void fill() {
    boolean vector = kernel.equals("vector");
    pair = vector ? new VectorPairKernel() : new ScalarPairKernel();
    product = vector ? VectorMatrixVector.INSTANCE : new ScalarMatrixVector();
    arena = Arena.ofShared();
    Random random = new Random(1);
    a = weights(random);
    b = weights(random);
    for (int i = 0; i < COLUMNS; i++) {
      x[i] = (float) random.nextGaussian();
    }
  }

  private MemorySegment weights(Random random) {
    int bytes = type == ElementType.F32 ? 4 : 2;
    MemorySegment out = arena.allocate((long) bytes * ELEMENTS, 64);
    for (int i = 0; i < ELEMENTS; i++) {
      float value = (float) (random.nextGaussian() * 0.02);
      if (bytes == 4) {
        out.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      } else {
        short stored =
            type == ElementType.F16
                ? Float.floatToFloat16(value)
                : (short) (Float.floatToRawIntBits(value) >>> 16);
        out.setAtIndex(ValueLayout.JAVA_SHORT, i, stored);
      }
    }
    return out;
  }

  /** Frees the segments. */
  @TearDown
  public void free() {
    arena.close();
  }

  /** All sums over a pair of tensors. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public PairStatistics pair() {
    return pair.measure(a, type, b, type, ELEMENTS);
  }

  /** A stored matrix times a vector. */
  @Benchmark
  @OperationsPerInvocation(ELEMENTS)
  public float[] matrixVector() {
    product.multiply(a, type, 0, ROWS, COLUMNS, x, y);
    return y;
  }
}
