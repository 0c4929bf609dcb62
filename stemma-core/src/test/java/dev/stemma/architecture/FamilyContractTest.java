package dev.stemma.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.Model;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What every family must keep: its file and a real header of it explain each other fully. */
class FamilyContractTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "axk1",
        "deepseek_v2",
        "deepseek_v3",
        "exaone4",
        "exaone_moe",
        "gemma2",
        "glm4_moe",
        "gpt_oss",
        "hyperclovax",
        "llama",
        "mistral",
        "mixtral",
        "olmoe",
        "phi3",
        "phimoe",
        "qwen2",
        "qwen2_moe",
        "qwen3",
        "qwen3_moe",
        "solar_open"
      })
  void aRealHeaderMatchesInBothDirections(String name) {
    ObjectNode golden = Headers.golden(name);
    Model model =
        Headers.model((ObjectNode) golden.get("config"), Headers.shapes(golden.get("tensors")));
    CanonicalModel canonical = Families.canonicalise(model);
    assertThat(canonical.family()).isEqualTo(name);
    assertThat(canonical.unmapped()).isEmpty();
    Architecture architecture = Families.architecture(model);
    assertThat(CheckpointCheck.of(canonical, architecture).differences()).isEqualTo(List.of());
    ParameterCount count = ParameterCount.of(architecture);
    assertThat(count.totalWithScoreCorrection())
        .isEqualTo(model.tensors().stream().mapToLong(t -> t.shape().elements()).sum());
  }
}
