package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.source.Progress;
import dev.stemma.testing.EmptyModel;
import dev.stemma.testing.TinyLlama;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The user's weight pipeline, on real files. */
class WeightsCommandTest {
  @TempDir Path folder = Path.of("");
  private String a = "";
  private String b = "";

  @BeforeEach
  void models() throws IOException {
    a = TinyLlama.write(folder.resolve("a"), 3, 1).toString();
    b = TinyLlama.write(folder.resolve("b"), 3, 2).toString();
  }

  @Test
  void writesTheUsersJson() throws IOException {
    Path output = folder.resolve("results.json");
    Run run = run("--model1", a, "--model2", b, "--layers", "0,2", "--output", output.toString());
    assertThat(run.code()).isZero();
    JsonNode results = JsonMapper.shared().readTree(Files.readString(output));
    assertThat(results.propertyNames()).containsExactlyInAnyOrder("0", "2");
    assertThat(results.get("2").propertyNames())
        .containsExactlyInAnyOrder(
            "q_proj",
            "k_proj",
            "v_proj",
            "o_proj",
            "input_layernorm",
            "post_attention_layernorm",
            "gate_proj",
            "up_proj",
            "down_proj");
    JsonNode key = results.get("2").get("k_proj");
    assertThat(key.get("comparable").booleanValue()).isTrue();
    assertThat(key.get("shape").toString()).isEqualTo("[8,16]");
    assertThat(key.get("cosine_similarity").doubleValue()).isBetween(-0.5, 0.5);
    assertThat(key.get("mean_abs_diff").doubleValue()).isBetween(0.2, 0.5);
    assertThat(key.get("pearson_correlation").doubleValue()).isBetween(-0.5, 0.5);
    assertThat(run.out()).contains("k_proj").contains("Norm weights sit around one");
    assertThat(run.out().lines()).allMatch(line -> line.length() <= 80);
  }

  /** Over 20 GB each, of holes: nothing but the first rows is read, and that is said. */
  @Test
  void ofLargeModelsOnlyTheFirstRows() throws IOException {
    String large = EmptyModel.llama(folder.resolve("l"), 16384, 53248, 5, 1024, 32000).toString();
    String other = EmptyModel.llama(folder.resolve("o"), 16384, 53248, 5, 1024, 32000).toString();
    Path output = folder.resolve("large.json");
    Run run = run("--model1", large, "--model2", other, "--output", output.toString());
    assertThat(run.code()).isZero();
    assertThat(run.out()).contains("only the first 64 rows").contains("--thorough");
    JsonNode part = JsonMapper.shared().readTree(Files.readString(output)).get("3");
    assertThat(part.get("up_proj").get("shape").toString()).isEqualTo("[53248,16384]");
    assertThat(part.get("up_proj").get("rows_compared").intValue()).isEqualTo(64);
    assertThat(part.get("input_layernorm").has("rows_compared")).isFalse();
  }

  @Test
  void aModelWithItself() throws IOException {
    Run run = run("--model1", a, "--model2", a, "--json");
    JsonNode results = JsonMapper.shared().readTree(run.out());
    assertThat(results.size()).isEqualTo(3);
    JsonNode query = results.get("1").get("q_proj");
    assertThat(query.get("cosine_similarity").doubleValue()).isCloseTo(1, within(1e-12));
    assertThat(query.get("mean_abs_diff").doubleValue()).isZero();
  }

  @Test
  void unequalShapesAreSaidAsPythonSaysThem() throws IOException {
    one("norm4", Shape.of(4), "input_layernorm");
    one("norm2", Shape.of(2), "input_layernorm");
    Run run =
        run(
            "--model1",
            folder.resolve("norm4").toString(),
            "--model2",
            folder.resolve("norm2").toString(),
            "--json");
    assertThat(run.code()).isZero();
    assertThat(JsonMapper.shared().readTree(run.out()).at("/0/input_layernorm").toString())
        .isEqualTo("{\"comparable\":false,\"shape_mismatch\":\"(4,) vs (2,)\"}");
  }

  @Test
  void theControlStandsBeside() throws IOException {
    Run json = run("--model1", a, "--model2", a, "--control", b, "--json");
    JsonNode control = JsonMapper.shared().readTree(json.out()).at("/0/q_proj/control");
    assertThat(control.at("/model1/cosine_similarity").doubleValue()).isBetween(-0.5, 0.5);
    assertThat(control.at("/model2/mean_abs_diff").doubleValue()).isBetween(0.2, 0.5);
    Run table = run("--model1", a, "--model2", a, "--control", b);
    assertThat(table.out()).contains("cos 1-C").contains("mad 2-C").contains("q_proj");
    assertThat(table.out()).as("the norms' mark").contains("post_attention_layer...*");
    assertThat(table.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void aLayerThatIsNotThereIsAnError() {
    Run run = run("--model1", a, "--model2", b, "--layers", "0,7");
    assertThat(run.code()).isEqualTo(Main.BAD_INPUT);
    assertThat(run.error()).contains("layers from 0 to 2").contains("7").contains("BAD_ARGUMENT");
  }

  @Test
  void bothModelsAreNeeded() {
    Run run = run("--model1", a);
    assertThat(run.code()).isEqualTo(Main.BAD_INPUT);
    assertThat(run.error()).contains("--model2");
  }

  private void one(String name, Shape shape, String part) throws IOException {
    Files.createDirectories(folder.resolve(name));
    SafetensorsWriter.write(
        folder.resolve(name).resolve("model.safetensors"),
        List.of(
            new Entry(
                "model.layers.0." + part + ".weight",
                ElementType.F32,
                shape,
                (first, count, destination) -> java.util.Arrays.fill(destination, 1))),
        Progress.NONE);
    Files.writeString(folder.resolve(name).resolve("config.json"), "{\"model_type\":\"llama\"}");
  }

  private record Run(int code, String out, String error) {}

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter error = new StringWriter();
    String[] all = new String[arguments.length + 1];
    all[0] = "weights";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    int code = Main.run(new PrintWriter(out), new PrintWriter(error), all);
    return new Run(code, out.toString(), error.toString());
  }
}
