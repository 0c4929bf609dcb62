package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.analysis.Analyses;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.RandomModel;
import dev.stemma.testing.RandomModel.Size;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plan is made from headers alone, is bounded, names what it leaves out, and is kept. */
class CostPlanTest {
  @TempDir Path folder;

  private final Investigation investigation =
      new Investigation(Sources.standard(), 2, Progress.NONE);

  @Test
  void manyLayersReadNoMoreThanEight() throws IOException {
    CostPlan eight = plan(8, Scope.PLANNED);
    CostPlan many = plan(32, Scope.PLANNED);
    assertThat(many.bytes()).isLessThanOrEqualTo(eight.bytes());
    assertThat(many.steps())
        .allSatisfy(step ->
            assertThat(step.bytes())
                .as(step.id())
                .isLessThanOrEqualTo(
                    eight.steps().stream()
                        .filter(other -> other.id().equals(step.id()))
                        .mapToLong(CostPlan.Step::bytes)
                        .sum()));
    assertThat(many.stacks().getFirst().tested()).hasSize(8).contains(0, 31);
    assertThat(plan(32, new Scope(new TreeSet<>(), true)).bytes()).isGreaterThan(3 * many.bytes());
  }

  @Test
  void powerIsStatedForEachTestThatDecides() throws IOException {
    assertThat(plan(8, Scope.PLANNED).steps())
        .filteredOn(step -> step.id().equals(NeuronMatching.ID))
        .allSatisfy(step -> assertThat(step.sees()).isBetween(0.005, 0.1));
  }

  @Test
  void theReportCarriesThePlanAndNoEvidenceItsPower() throws IOException {
    Size size = new Size(32, 64, 3, 200, 0);
    Path a = RandomModel.write(folder.resolve("a"), size, 1);
    Path b = RandomModel.write(folder.resolve("b"), size, 2);
    Report report =
        investigation.compare(
            new Investigation.Request(
                a.toString(),
                b.toString(),
                List.of(),
                List.of(),
                new Scope(new TreeSet<>(List.of(1)), false),
                "test"));
    assertThat(Objects.requireNonNull(report.plan()).stacks().getFirst().tested())
        .containsExactly(1);
    assertThat(Objects.requireNonNull(report.verdict()).components())
        .filteredOn(verdict -> verdict.component() == Component.DECODER)
        .allSatisfy(verdict -> {
          assertThat(verdict.relation()).isEqualTo(Relation.NO_EVIDENCE);
          assertThat(verdict.power()).contains("correlation").contains("layers [0, 2]");
        });
  }

  private CostPlan plan(int layers, Scope scope) throws IOException {
    CanonicalModel a = investigation.open(headers("a" + layers, layers).toString());
    CanonicalModel b = investigation.open(headers("b" + layers, layers).toString());
    return CostPlan.of(new Pair(a, b, scope), Analyses.all());
  }

  /** Hidden 4096: a header, and a file with a hole where the values would be. */
  private Path headers(String name, int layers) throws IOException {
    Path model = folder.resolve(name);
    if (Files.exists(model)) {
      return model;
    }
    Files.createDirectories(model);
    Files.writeString(
        model.resolve("config.json"),
        """
        {"model_type":"llama","architectures":["LlamaForCausalLM"],"hidden_size":4096,
         "intermediate_size":14336,"num_hidden_layers":%d,"num_attention_heads":32,
         "num_key_value_heads":8,"vocab_size":32000,"hidden_act":"silu","rms_norm_eps":1e-5,
         "tie_word_embeddings":false}
        """
            .formatted(layers));
    StringBuilder header = new StringBuilder("{");
    long at = add(header, 0, "model.embed_tokens", 32000, 4096);
    at = add(header, at, "lm_head", 32000, 4096);
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "model.layers." + layer + ".";
      at = add(header, at, prefix + "self_attn.q_proj", 4096, 4096);
      at = add(header, at, prefix + "self_attn.k_proj", 1024, 4096);
      at = add(header, at, prefix + "self_attn.v_proj", 1024, 4096);
      at = add(header, at, prefix + "self_attn.o_proj", 4096, 4096);
      at = add(header, at, prefix + "mlp.gate_proj", 14336, 4096);
      at = add(header, at, prefix + "mlp.up_proj", 14336, 4096);
      at = add(header, at, prefix + "mlp.down_proj", 4096, 14336);
    }
    header.setCharAt(header.length() - 1, '}');
    byte[] bytes = header.toString().getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile file =
        new RandomAccessFile(model.resolve("model.safetensors").toFile(), "rw")) {
      file.writeLong(Long.reverseBytes(bytes.length));
      file.write(bytes);
      file.setLength(8 + bytes.length + at);
    }
    return model;
  }

  private static long add(StringBuilder header, long at, String name, int rows, int columns) {
    long end = at + 2L * rows * columns;
    header
        .append("\"" + name + ".weight\":{\"dtype\":\"BF16\",\"shape\":[" + rows + "," + columns)
        .append("],\"data_offsets\":[" + at + "," + end + "]},");
    return end;
  }
}
