package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.LocalBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lies in a code's interval, type by type: half a step does, a whole step does not. */
class RoundingGridTest {
  private static final int BLOCKS = 40;

  @TempDir Path folder;

  /** Where the blocks' half-precision scales lie, which random bytes would make huge or NaN. */
  @ParameterizedTest
  @CsvSource({
    "Q4_0, 0, -1",
    "Q4_1, 0, 2",
    "Q5_0, 0, -1",
    "Q5_1, 0, 2",
    "Q8_0, 0, -1",
    "Q2_K, 80, 82",
    "Q3_K, 108, -1",
    "Q4_K, 0, 2",
    "Q5_K, 0, 2",
    "Q6_K, 208, -1"
  })
  void halfAStepIsRoundedBackAndAWholeStepIsNot(ElementType type, int scaleAt, int leastAt)
      throws IOException {
    byte[] bytes = new byte[BLOCKS * type.blockBytes()];
    new Random(type.blockBytes()).nextBytes(bytes);
    for (int block = 0; block < BLOCKS; block++) {
      half(bytes, block * type.blockBytes() + scaleAt, 0.01f);
      if (leastAt >= 0) {
        half(bytes, block * type.blockBytes() + leastAt, 0.02f);
      }
    }
    Path file = Files.write(folder.resolve("weights"), bytes);
    Shape shape = Shape.of(BLOCKS, type.blockElements());
    TensorView view =
        new TensorView.Stored(new ByteRange(file.toUri(), 0, bytes.length), type, shape);
    try (LocalBytes source = new LocalBytes()) {
      TensorReader tensors = new TensorReader(source);
      float[] values = tensors.readAll(view);
      RoundingGrid grid = RoundingGrid.of(view, tensors).orElseThrow();
      float[] least = tensors.readAll(grid.least());
      float[] most = tensors.readAll(grid.most());
      int within = 0;
      int beyond = 0;
      int inner = 0;
      for (int index = 0; index < values.length; index++) {
        if (Float.isInfinite(least[index]) || Float.isInfinite(most[index])) {
          continue;
        }
        float step = most[index] - least[index];
        inner++;
        within += inside(values[index] + 0.45f * step, least[index], most[index]) ? 1 : 0;
        beyond += inside(values[index] - 1.2f * step, least[index], most[index]) ? 1 : 0;
      }
      assertThat(grid.type()).isEqualTo(type.name());
      assertThat(inner).isGreaterThan(values.length / 4);
      assertThat(within).isEqualTo(inner);
      // A scale of zero has no step.
      assertThat(beyond).isLessThanOrEqualTo(inner / 20);
    }
  }

  private static boolean inside(float value, float least, float most) {
    return value >= least && value <= most;
  }

  private static void half(byte[] bytes, int at, float value) {
    short bits = Float.floatToFloat16(value);
    bytes[at] = (byte) bits;
    bytes[at + 1] = (byte) (bits >> 8);
  }
}
