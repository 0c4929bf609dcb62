package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.architecture.KnownModels;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as a user calls it. */
class InspectCommandTest {
  @TempDir Path folder;

  private String config(String name) throws IOException {
    Path file = folder.resolve(name).resolve("config.json");
    Files.createDirectories(file.getParent());
    Files.writeString(file, KnownModels.named(name).orElseThrow().config().json().toString());
    return file.toString();
  }

  private static String run(int expectedCode, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter error = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(error), arguments);
    assertThat(code).as(error.toString()).isEqualTo(expectedCode);
    return out.toString();
  }

  @Test
  void oneConfigurationAsJson() throws IOException {
    JsonNode json =
        JsonMapper.shared()
            .readTree(run(Main.OK, "inspect", "--config", config("Solar-Open-100B"), "--json"));
    assertThat(json.at("/parameters/total").longValue()).isEqualTo(102_651_793_408L);
  }

  @Test
  void oneConfigurationAsACard() throws IOException {
    assertThat(run(Main.OK, "inspect", "--config", config("Solar-Open-100B")))
        .contains(
            "102,651,793,408", "12,054,827,008", "q_proj 8192x4096", "attention factor 1.0693")
        .doesNotContainIgnoringCase("from scratch");
  }

  @Test
  void twoSideBySide() throws IOException {
    assertThat(
            run(
                Main.OK,
                "inspect",
                "--config",
                config("Solar-Open-100B"),
                "--config",
                config("GLM-4.5-Air")))
        .contains("10 (55.6%)", "8 (44.4%)", "five-key rule: 2 of 5");
  }

  @Test
  void nothingGivenIsBadUsage() {
    run(Main.BAD_INPUT, "inspect");
  }

  private String named(String name, String file) throws IOException {
    Path path = folder.resolve(file);
    Files.writeString(path, KnownModels.named(name).orElseThrow().config().json().toString());
    return path.toString();
  }

  @Test
  void aConfigurationMayHaveAnyName() throws IOException {
    String file = named("Llama-3-8B", "my llama.json");
    assertThat(run(Main.OK, "inspect", file, "--json")).contains("8030261248");
    assertThat(run(Main.OK, "inspect", "--config", file, "--json")).contains("8030261248");
  }

  @Test
  void comparingConfigurationsAloneShowsTheUsersTables() throws IOException {
    String solar = named("Solar-Open-100B", "solar.json");
    String glm = named("GLM-4.5-Air", "glm.json");
    assertThat(run(Main.OK, "compare", solar, glm))
        .contains("10 (55.6%)", "q_proj", "-33.3%", "five-key rule: 2 of 5")
        .contains("side by side", "GQA 12:1", "control", "never says where weights came from");
    JsonNode json =
        JsonMapper.shared().readTree(run(Main.OK, "compare", solar, glm, "--json", "--quiet"));
    assertThat(json.at("/verdict/relation").stringValue()).isEqualTo("not-comparable");
    assertThat(json.get("evidence").findValue("tables").size()).isGreaterThan(6);
  }

  @Test
  void theReportHasTheLayersAsOnePicture() throws IOException {
    String solar = named("Solar-Open-100B", "solar.json");
    String glm = named("GLM-4.5-Air", "glm.json");
    Path report = folder.resolve("report.html");
    run(Main.OK, "compare", solar, glm, "--report", report.toString(), "--quiet");
    assertThat(report).content().contains("<svg", "q_proj 12288x4096", "shared_experts.up_proj");
    Path card = folder.resolve("card.html");
    Path picture = folder.resolve("layer.svg");
    run(
        Main.OK,
        "inspect",
        solar,
        "--report",
        card.toString(),
        "--svg",
        picture.toString(),
        "--quiet");
    assertThat(card).content().contains("<svg", "102,651,793,408").doesNotContain("<script");
    assertThat(picture).content().startsWith("<svg").contains("xmlns").contains("q_proj 8192x4096");
    Path text = folder.resolve("card.md");
    run(Main.OK, "inspect", solar, "--report", text.toString(), "--quiet");
    assertThat(text).content().startsWith("# solar").contains("| 12,054,827,008 |");
  }

  @Test
  void samplingThatTheModelRecommends() throws IOException {
    String file = config("Qwen2.5-7B");
    Files.writeString(
        Path.of(file).resolveSibling("generation_config.json"),
        "{\"do_sample\":true,\"temperature\":0.7,\"top_p\":0.8,\"top_k\":20}");
    assertThat(run(Main.OK, "inspect", "--config", file))
        .contains("Recommended sampling (generation_config.json): temperature 0.7, top_k 20");
    assertThat(run(Main.OK, "inspect", String.valueOf(Path.of(file).getParent()), "--json"))
        .contains("\"top_p\":0.8");
  }

  @Test
  void aFolderOfSeveralConfigurationsIsAmbiguous() throws IOException {
    config("Llama-3-8B");
    config("Gemma-2-9B");
    run(Main.BAD_INPUT, "inspect", "--config", folder.toString());
    run(Main.BAD_INPUT, "inspect", folder.toString());
  }

  @Test
  void aReportOfAnotherKindIsRefusedBeforeAnyWork() throws IOException {
    run(Main.BAD_INPUT, "inspect", named("Llama-3-8B", "a.json"), "--report", "card.docx");
  }
}
