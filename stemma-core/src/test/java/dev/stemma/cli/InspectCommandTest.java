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
}
