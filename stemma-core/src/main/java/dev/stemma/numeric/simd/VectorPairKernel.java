package dev.stemma.numeric.simd;

import dev.stemma.artifact.ElementType;
import dev.stemma.numeric.Decoding;
import dev.stemma.numeric.PairKernel;
import dev.stemma.numeric.PairStatistics;
import dev.stemma.numeric.ScalarPairKernel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The pair kernel on the Vector API: float32 lanes, flushed to float64 after every block. Where
 * float32 would lose digits (few elements, a non-finite value, a mean that is large against the
 * spread, values near the ends of the range) the scalar kernel does that part.
 */
public final class VectorPairKernel implements PairKernel {
  /** Below this, centred moments deserve float64 and the time does not matter. */
  static final long SMALL_ELEMENTS = 65_536;

  /** Sums are turned into moments about the mean after so many elements. */
  static final int STRETCH_ELEMENTS = 1 << 20;

  /** With a variance under this share of the mean square, float32 powers lose digits. */
  private static final double LEAST_VARIANCE_SHARE = 0.1;

  /** Under this mean square, fourth powers leave float32's range. */
  private static final double LEAST_MEAN_SQUARE = 1e-16;

  private static final int WARM_UP_ROUNDS = 4_000;

  private final ScalarPairKernel scalar = new ScalarPairKernel();

  @Override
  public String name() {
    return "vector-" + Lanes.BITS;
  }

  @Override
  public PairStatistics measure(
      MemorySegment a, ElementType typeA, MemorySegment b, ElementType typeB, long elements) {
    if (elements < SMALL_ELEMENTS || !Decoding.fitsFloat(typeA) || !Decoding.fitsFloat(typeB)) {
      return scalar.measure(a, typeA, b, typeB, elements);
    }
    try (Arena arena = Arena.ofConfined()) {
      BlockSums block = blockFor(typeA, typeB, arena);
      PairStatistics sum = PairStatistics.EMPTY;
      for (long first = 0; first < elements; first += STRETCH_ELEMENTS) {
        int count = (int) Math.min(STRETCH_ELEMENTS, elements - first);
        sum =
            sum.plus(
                stretch(block, part(a, typeA, first, count), part(b, typeB, first, count), count));
      }
      return sum;
    }
  }

  /**
   * Makes the JIT compile the loop over bfloat16 before the data come: blocks of a few vectors cost
   * little while they are interpreted. They lie in a mapped file, as the data will, so that what
   * was learnt here holds there. Changes no result.
   */
  @Override
  public void warmUp() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment zeros = mappedZeros(arena);
      DirectSums block = new DirectSums(ElementType.BF16);
      Lanes lanes = new Lanes(true);
      for (int round = 0; round < WARM_UP_ROUNDS; round++) {
        block.add(zeros, zeros, 0, 1 + (round & 1), 1 + (round & 3), lanes);
      }
    } catch (IOException noTemporaryFile) {
      // Then the first chunks are slower, and nothing else changes.
    }
  }

  private static MemorySegment mappedZeros(Arena arena) throws IOException {
    Path file = Files.createTempFile("stemma-warm-up-", ".zeros");
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096, arena);
    }
  }

  private static MemorySegment part(
      MemorySegment segment, ElementType type, long first, int count) {
    return segment.asSlice(type.bytesFor(first), type.bytesFor(count));
  }

  private BlockSums blockFor(ElementType typeA, ElementType typeB, Arena arena) {
    if (typeA == typeB && (typeA == ElementType.BF16 || typeA == ElementType.F32)) {
      return new DirectSums(typeA);
    }
    return new DecodedSums(
        typeA,
        typeB,
        arena.allocate(ValueLayout.JAVA_FLOAT, DirectSums.BLOCK_ELEMENTS),
        arena.allocate(ValueLayout.JAVA_FLOAT, DirectSums.BLOCK_ELEMENTS));
  }

  private PairStatistics stretch(BlockSums block, MemorySegment a, MemorySegment b, int elements) {
    Lanes lanes = new Lanes(block.typeA() == block.typeB());
    PairStatistics exact = PairStatistics.EMPTY;
    int size = Lanes.VECTORS * block.vectorElements();
    int first = 0;
    long vectorised = 0;
    while (elements - first >= size) {
      int added = block.add(a, b, first, (elements - first) / size, Lanes.VECTORS, lanes) * size;
      vectorised += added;
      first += added;
      if (elements - first >= size) {
        exact = exact.plus(scalar(block, a, b, first, size));
        first += size;
      }
    }
    if (first < elements) {
      exact = exact.plus(scalar(block, a, b, first, elements - first));
    }
    if (vectorised == 0) {
      return exact;
    }
    PairStatistics fast = lanes.statistics(vectorised);
    return keepsDigits(fast) ? fast.plus(exact) : scalar(block, a, b, 0, elements);
  }

  private static boolean keepsDigits(PairStatistics sums) {
    return keepsDigits(sums.a().second(), sums.sumOfSquaresA(), sums.count())
        && keepsDigits(sums.b().second(), sums.sumOfSquaresB(), sums.count());
  }

  private static boolean keepsDigits(double second, double squares, long count) {
    return squares >= LEAST_MEAN_SQUARE * count && second >= LEAST_VARIANCE_SHARE * squares;
  }

  private PairStatistics scalar(
      BlockSums block, MemorySegment a, MemorySegment b, int first, int count) {
    return scalar.measure(
        part(a, block.typeA(), first, count),
        block.typeA(),
        part(b, block.typeB(), first, count),
        block.typeB(),
        count);
  }
}
