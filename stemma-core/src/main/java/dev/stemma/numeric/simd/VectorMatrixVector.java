package dev.stemma.numeric.simd;

import dev.stemma.artifact.ElementType;
import dev.stemma.numeric.MatrixVector;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector API twin of {@link dev.stemma.numeric.ScalarMatrixVector}: four float32 accumulators a
 * row.
 */
public final class VectorMatrixVector implements MatrixVector {
  /** The only instance; it has no state. */
  public static final VectorMatrixVector INSTANCE = new VectorMatrixVector();

  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(
          short.class, jdk.incubator.vector.VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
  private static final VectorSpecies<Integer> INTEGERS = FLOATS.withLanes(int.class);
  private static final int LANES = FLOATS.length();
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private VectorMatrixVector() {}

  @Override
  public void multiply(
      MemorySegment weights,
      ElementType type,
      int first,
      int last,
      int columns,
      float[] x,
      float[] y) {
    for (int row = first; row < last; row++) {
      y[row] =
          switch (type) {
            case F32 -> rowOfFloats(weights, (long) row * columns * 4, columns, x);
            case BF16 -> rowOfBrainFloats(weights, (long) row * columns * 2, columns, x);
            case F16 -> rowOfHalfFloats(weights, (long) row * columns * 2, columns, x);
            default -> throw new IllegalArgumentException(type + " cannot be used in place");
          };
    }
  }

  private static float rowOfFloats(MemorySegment weights, long offset, int columns, float[] x) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int column = 0;
    for (; column <= columns - 4 * LANES; column += 4 * LANES) {
      s0 = floats(weights, offset, column).fma(FloatVector.fromArray(FLOATS, x, column), s0);
      s1 =
          floats(weights, offset, column + LANES)
              .fma(FloatVector.fromArray(FLOATS, x, column + LANES), s1);
      s2 =
          floats(weights, offset, column + 2 * LANES)
              .fma(FloatVector.fromArray(FLOATS, x, column + 2 * LANES), s2);
      s3 =
          floats(weights, offset, column + 3 * LANES)
              .fma(FloatVector.fromArray(FLOATS, x, column + 3 * LANES), s3);
    }
    for (; column <= columns - LANES; column += LANES) {
      s0 = floats(weights, offset, column).fma(FloatVector.fromArray(FLOATS, x, column), s0);
    }
    float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    for (; column < columns; column++) {
      sum += weights.get(FLOAT, offset + 4L * column) * x[column];
    }
    return sum;
  }

  private static FloatVector floats(MemorySegment weights, long offset, int column) {
    return FloatVector.fromMemorySegment(
        FLOATS, weights, offset + 4L * column, ByteOrder.LITTLE_ENDIAN);
  }

  private static float rowOfBrainFloats(
      MemorySegment weights, long offset, int columns, float[] x) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int column = 0;
    for (; column <= columns - 4 * LANES; column += 4 * LANES) {
      s0 = brainFloats(weights, offset, column).fma(FloatVector.fromArray(FLOATS, x, column), s0);
      s1 =
          brainFloats(weights, offset, column + LANES)
              .fma(FloatVector.fromArray(FLOATS, x, column + LANES), s1);
      s2 =
          brainFloats(weights, offset, column + 2 * LANES)
              .fma(FloatVector.fromArray(FLOATS, x, column + 2 * LANES), s2);
      s3 =
          brainFloats(weights, offset, column + 3 * LANES)
              .fma(FloatVector.fromArray(FLOATS, x, column + 3 * LANES), s3);
    }
    for (; column <= columns - LANES; column += LANES) {
      s0 = brainFloats(weights, offset, column).fma(FloatVector.fromArray(FLOATS, x, column), s0);
    }
    float sum = s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
    for (; column < columns; column++) {
      sum += Float.intBitsToFloat(weights.get(SHORT, offset + 2L * column) << 16) * x[column];
    }
    return sum;
  }

  private static FloatVector brainFloats(MemorySegment weights, long offset, int column) {
    ShortVector stored =
        ShortVector.fromMemorySegment(
            SHORTS, weights, offset + 2L * column, ByteOrder.LITTLE_ENDIAN);
    IntVector bits = (IntVector) stored.convertShape(VectorOperators.ZERO_EXTEND_S2I, INTEGERS, 0);
    return bits.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static float rowOfHalfFloats(MemorySegment weights, long offset, int columns, float[] x) {
    float[] decoded = new float[LANES];
    FloatVector sums = FloatVector.zero(FLOATS);
    int column = 0;
    for (; column <= columns - LANES; column += LANES) {
      for (int lane = 0; lane < LANES; lane++) {
        decoded[lane] = Float.float16ToFloat(weights.get(SHORT, offset + 2L * (column + lane)));
      }
      sums =
          FloatVector.fromArray(FLOATS, decoded, 0)
              .fma(FloatVector.fromArray(FLOATS, x, column), sums);
    }
    float sum = sums.reduceLanes(VectorOperators.ADD);
    for (; column < columns; column++) {
      sum += Float.float16ToFloat(weights.get(SHORT, offset + 2L * column)) * x[column];
    }
    return sum;
  }
}
