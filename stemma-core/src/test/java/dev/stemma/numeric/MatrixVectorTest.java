package dev.stemma.numeric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
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
}
