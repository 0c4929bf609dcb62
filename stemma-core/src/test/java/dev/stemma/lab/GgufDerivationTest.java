package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.Investigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.format.GgufWriter;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.BundledFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the lab writes as GGUF is what the reader gets back. */
class GgufDerivationTest {
  @TempDir Path folder;

  private final Investigation investigation =
      new Investigation(Sources.standard(), 1, Progress.NONE);
  private final Lab lab = new Lab(investigation::open, investigation.tensors(), Progress.NONE);

  @AfterEach
  void close() {
    investigation.close();
  }

  private CanonicalModel derive(String how) throws IOException {
    Path out = folder.resolve("derived");
    lab.derive(BundledFamily.model("alpha"), how, 5, out, List.of(), Lab.Format.GGUF);
    return investigation.open(out.toString());
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"Q8_0", "Q4_0"})
  void blocksComeBackAsTheyWereRounded(ElementType type) throws IOException {
    CanonicalModel base = investigation.open(BundledFamily.model("alpha"));
    CanonicalModel derived = derive("quantise:" + type.name().toLowerCase(java.util.Locale.ROOT));
    assertThat(derived.tensors().keySet()).isEqualTo(base.tensors().keySet());
    for (Role role : base.tensors().keySet()) {
      var view = base.tensors().get(role);
      float[] original = investigation.tensors().readAll(view);
      float[] expected =
          role.part().kind() == Part.Kind.MATRIX && GgufWriter.fits(view.shape(), type)
              ? GgufWriter.rounded(original, type)
              : original;
      assertThat(investigation.tensors().readAll(derived.tensor(role).orElseThrow()))
          .as(role.key())
          .containsExactly(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rename", "permute", "upcycle:2"})
  void withoutRoundingTheNumbersAreThoseOfSafetensors(String how) throws IOException {
    CanonicalModel gguf = derive(how);
    Path plain = folder.resolve("plain");
    lab.derive(BundledFamily.model("alpha"), how, 5, plain, List.of());
    CanonicalModel safetensors = investigation.open(plain.toString());
    assertThat(gguf.tensors().keySet()).isEqualTo(safetensors.tensors().keySet());
    for (Role role : gguf.tensors().keySet()) {
      assertThat(investigation.tensors().readAll(gguf.tensor(role).orElseThrow()))
          .as(role.key())
          .containsExactly(investigation.tensors().readAll(safetensors.tensor(role).orElseThrow()));
    }
  }

  @Test
  void eightBitBlocksByHand() {
    float[] row = new float[32];
    row[0] = 127;
    row[1] = -2.5f;
    row[2] = 2.4f;
    float[] rounded = GgufWriter.rounded(row, ElementType.Q8_0);
    assertThat(rounded).startsWith(127, -3, 2, 0);
    float[] four = new float[32];
    four[0] = -8;
    four[31] = 7.6f;
    four[5] = 2.4f;
    float[] fourRounded = GgufWriter.rounded(four, ElementType.Q4_0);
    assertThat(fourRounded[0]).isEqualTo(-8);
    assertThat(fourRounded[31]).isEqualTo(7);
    assertThat(fourRounded[5]).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"quantise:fp8", "quantise:int8", "quantise:q8_0,permute", "lora:100000"})
  void impossibleRequestsWriteNothing(String how) throws IOException {
    assertThatThrownBy(() -> derive(how)).isInstanceOf(ArtifactException.class);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
