package dev.stemma.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vector twin against the plain one, at sizes that leave tails of every length. */
class MatrixVectorTest {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 300})
  void bothTwinsAgree(int columns) {
    Random random = new Random(columns);
    int rows = 5;
    float[] x = new float[columns];
    for (int i = 0; i < columns; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (ElementType type :
        new ElementType[] {ElementType.F32, ElementType.F16, ElementType.BF16}) {
      try (Arena arena = Arena.ofConfined()) {
        // An odd offset: files promise no alignment.
        MemorySegment weights = arena.allocate(type.bytesFor((long) rows * columns) + 1).asSlice(1);
        for (int i = 0; i < rows * columns; i++) {
          float value = (float) random.nextGaussian();
          switch (type) {
            case F32 -> weights.set(FLOAT, i * 4L, value);
            case F16 -> weights.set(SHORT, i * 2L, Float.floatToFloat16(value));
            default -> weights.set(SHORT, i * 2L, (short) (Float.floatToIntBits(value) >>> 16));
          }
        }
        float[] plain = new float[rows];
        float[] fast = new float[rows];
        new ScalarMatrixVector().multiply(weights, type, 0, rows, columns, x, plain);
        MatrixVector.best().multiply(weights, type, 0, rows, columns, x, fast);
        for (int row = 0; row < rows; row++) {
          assertThat(fast[row]).isCloseTo(plain[row], within(2e-6f * columns));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"Q8_0", "Q4_0", "Q4_K", "Q6_K", "Q5_K", "F16", "BF16"})
  void bothTwinsDecodeTheSameBits(ElementType type) {
    Random random = new Random(type.name().hashCode());
    int columns = 1280;
    int rows = 3;
    byte[] bytes = new byte[(int) type.bytesFor((long) rows * columns)];
    random.nextBytes(bytes);
    if (type.isBlockQuantised()) {
      // Halves that are infinite or no number would make every sum one.
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (bytes[i] & 0xBF);
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment weights = arena.allocate(bytes.length + 1).asSlice(1);
      MemorySegment.copy(bytes, 0, weights, ValueLayout.JAVA_BYTE, 0, bytes.length);
      float[] plain = new float[rows * columns];
      float[] fast = new float[rows * columns];
      new ScalarMatrixVector().decode(weights, type, 0, plain.length, plain, 0);
      MatrixVector.best().decode(weights, type, 0, fast.length, fast, 0);
      for (int i = 0; i < fast.length; i++) {
        // A zero's sign is left open: the plain decoder adds a minimum of 0, which makes it
        // positive.
        fast[i] = fast[i] == 0 ? 0 : fast[i];
        plain[i] = plain[i] == 0 ? 0 : plain[i];
      }
      assertThat(Arrays.mismatch(fast, plain)).as("first element that differs").isEqualTo(-1);
      float[] x = new float[columns];
      for (int i = 0; i < columns; i++) {
        x[i] = (float) random.nextGaussian();
      }
      if (type.isBlockQuantised()) {
        float[] expected = new float[rows];
        float[] found = new float[rows];
        new ScalarMatrixVector().multiply(weights, type, 0, rows, columns, x, expected);
        MatrixVector.best().multiply(weights, type, 0, rows, columns, x, found);
        for (int row = 0; row < rows; row++) {
          double size = 0;
          for (int i = 0; i < columns; i++) {
            size += Math.abs((double) plain[row * columns + i] * x[i]);
          }
          assertThat((double) found[row]).isCloseTo(expected[row], within(1e-5 * size));
        }
      }
    }
  }
}
