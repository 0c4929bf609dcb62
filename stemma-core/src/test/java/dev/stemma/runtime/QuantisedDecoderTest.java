package dev.stemma.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.TensorView;
import dev.stemma.lab.Lab;
import dev.stemma.source.Progress;
import dev.stemma.testing.BundledFamily;
import dev.stemma.testing.OpenModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A GGUF whose blocks are multiplied where they lie answers as the same values in float32 do. */
class QuantisedDecoderTest {
  /** Of the logits' standard deviation. */
  private static final double TOLERANCE = 2e-4;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"quantise:q8_0, Q8_0", "quantise:q4_0, Q4_0"})
  void answersAsItsValuesDo(String how, ElementType type) throws IOException {
    String alpha = BundledFamily.model("alpha");
    Path packed = folder.resolve("packed");
    Path plain = folder.resolve("plain");
    try (BundledFamily family = new BundledFamily(folder)) {
      Lab lab =
          new Lab(family.investigation()::open, family.investigation().tensors(), Progress.NONE);
      lab.derive(alpha, how, 5, packed, List.of(), Lab.Format.GGUF);
      lab.derive(packed.toString(), "rename", 5, plain, List.of());
    }
    try (OpenModel gguf = OpenModel.at(packed);
        OpenModel same = OpenModel.at(plain)) {
      assertThat(gguf.model().model().tensors())
          .anyMatch(tensor -> tensor.view() instanceof TensorView.Stored at && at.type() == type);
      List<float[]> expected = logits(same);
      List<float[]> found = logits(gguf);
      double deviation = deviation(expected);
      for (int position = 0; position < expected.size(); position++) {
        for (int token = 0; token < expected.get(position).length; token++) {
          assertThat(Math.abs(found.get(position)[token] - expected.get(position)[token]))
              .isLessThan((float) (TOLERANCE * deviation));
        }
      }
    }
  }

  private static List<float[]> logits(OpenModel open) {
    Sequence sequence = DecoderBuilder.build(open.model(), open.reader()).begin();
    List<float[]> logits = new ArrayList<>();
    for (int id : IntStream.range(0, 24).map(i -> (i * 37 + 11) % 512).toArray()) {
      logits.add(sequence.read(id, 24).clone());
    }
    return logits;
  }

  private static double deviation(List<float[]> logits) {
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (float[] row : logits) {
      for (float value : row) {
        sum += value;
        squares += (double) value * value;
        count++;
      }
    }
    return Math.sqrt(squares / count - sum / count * sum / count);
  }
}
