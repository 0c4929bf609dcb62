package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.catalogue.SigningKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A report that was changed by hand is caught: by signature, arithmetic, digests or a run anew. */
class CheckCommandTest {
  @TempDir static Path folder;
  private static Path report;
  private static Path model;

  @BeforeAll
  static void compare() throws IOException {
    Path lineage = Path.of("src/test/resources/lineage").toAbsolutePath();
    model = folder.resolve("it's a model");
    assertThat(
            run(
                    "lab",
                    "derive",
                    lineage.resolve("alpha").toString(),
                    "--how",
                    "noise:0.01",
                    "-o",
                    model.toString())
                .code())
        .isZero();
    SigningKeys.make(folder.resolve("team.key"), folder.resolve("team.pub"));
    SigningKeys.make(folder.resolve("other.key"), folder.resolve("other.pub"));
    report = folder.resolve("report.json");
    Run run =
        run(
            "compare",
            lineage.resolve("alpha").toString(),
            model.toString(),
            "--control",
            lineage.resolve("twin").toString(),
            "--quiet",
            "--report",
            report.toString(),
            "--report",
            folder.resolve("report.html").toString(),
            "--report",
            folder.resolve("report.intoto.json").toString(),
            "--sign",
            folder.resolve("team.key").toString());
    assertThat(run.code()).as(run.text()).isZero();
  }

  record Run(int code, String text) {}

  private static Run run(String... arguments) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    int code = Main.run(out, out, arguments);
    return new Run(code, text.toString());
  }

  private static Map<String, String> items(Run run) {
    Map<String, String> items = new TreeMap<>();
    JsonNode json = JsonMapper.shared().readTree(run.text());
    assertThat(json.path("schema").asString()).isEqualTo("stemma.check/1");
    for (JsonNode item : json.get("items")) {
      items.merge(
          item.get("id").asString().replaceAll(" .*", ""),
          item.get("outcome").asString(),
          (first, next) -> first.equals(next) ? first : first + " " + next);
    }
    return items;
  }

  private static Path changed(String name, String from, String to) throws IOException {
    String text = Files.readString(report);
    assertThat(text).contains(from);
    return Files.writeString(folder.resolve(name), text.replace(from, to));
  }

  @Test
  void whatStemmaWroteIsRight() {
    Run run =
        run(
            "check",
            report.toString(),
            "--trust",
            folder.resolve("team.pub").toString(),
            "--rerun",
            "--json");
    assertThat(items(run))
        .containsOnlyKeys(
            "signature",
            "verdict.relation",
            "verdict.because",
            "verdict.rules",
            "thresholds",
            "digest.a",
            "digest.b",
            "digest.controls",
            "rerun.relation",
            "rerun.components",
            "rerun.figures")
        .as(run.text())
        .allSatisfy((id, outcome) -> assertThat(outcome).as(run.text()).isEqualTo("checked"));
    assertThat(run.code()).isZero();
    assertThat(items(run("check", folder.resolve("report.intoto.json").toString(), "--json")))
        .containsEntry("statement.subjects", "checked")
        .containsEntry("verdict.rules", "checked");
    assertThat(
            items(
                run(
                    "check",
                    folder.resolve("report.html").toString(),
                    "--trust",
                    folder.resolve("team.pub").toString(),
                    "--json")))
        .isEqualTo(Map.of("signature", "checked", "figures", "not-checkable"));
  }

  @Test
  void aSignatureHoldsForOneFileAndOneKey() throws IOException {
    Path copy = changed("copy.json", "derived", "derived");
    String other = folder.resolve("other.pub").toString();
    String team = folder.resolve("team.pub").toString();
    assertThat(items(run("check", report.toString(), "--trust", other, "--json")))
        .containsEntry("signature", "failed");
    assertThat(items(run("check", copy.toString(), "--trust", team, "--json")))
        .containsEntry("signature", "failed");
    Path signature = folder.resolve("copy.json.sig");
    Files.copy(folder.resolve("report.json.sig"), signature);
    assertThat(items(run("check", copy.toString(), "--trust", team, "--json")))
        .containsEntry("signature", "checked");
    Files.writeString(copy, " ", java.nio.file.StandardOpenOption.APPEND);
    assertThat(run("check", copy.toString(), "--trust", team).code()).isEqualTo(1);
    Files.writeString(signature, "???");
    assertThat(items(run("check", copy.toString(), "--trust", team, "--json")))
        .containsEntry("signature", "failed");
    assertThat(run("compare", "x", "y", "--sign", folder.resolve("team.key").toString()).code())
        .isEqualTo(2);
    assertThat(run("compare", "x", "y", "--report", "r.json", "--sign", report.toString()).text())
        .contains("Ed25519");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "verdict/relation | \"no-evidence\" | verdict.relation",
        "components/decoder/relation | \"no-evidence\" | verdict.rules",
        "components/decoder/log10p | -3 | verdict.rules",
        "components/decoder/because/0 | \"weights.invented\" | verdict.because",
        "thresholds/exact.alarm.log10p | -600000 | thresholds",
        "evidence/weights.neuron-matching/log10p | -1 | verdict.rules",
        "a/digest | \"00\" | digest.a",
      })
  void whatWasChangedIsCaught(String place, String value, String caught) throws IOException {
    ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(Files.readString(report));
    List<String> path = List.of(place.split("/", -1));
    JsonNode node = json;
    for (String step : path.subList(0, path.size() - 1)) {
      node = step(node, step);
    }
    JsonNode changed = JsonMapper.shared().readTree(value);
    switch (node) {
      case ObjectNode object -> object.set(path.getLast(), changed);
      case tools.jackson.databind.node.ArrayNode list ->
          list.set(Integer.parseInt(path.getLast()), changed);
      default -> throw new AssertionError(node);
    }
    Path file = Files.writeString(folder.resolve("changed.json"), json.toString());
    Run run = run("check", file.toString(), "--json");
    assertThat(items(run)).as(run.text()).containsEntry(caught, "failed");
    assertThat(run.code()).isEqualTo(1);
  }

  /** A key, or the item of a list with this id or component. */
  private static JsonNode step(JsonNode node, String step) {
    if (!node.isArray()) {
      return node.get(step);
    }
    for (JsonNode item : node) {
      if (item.path("id").asString("").equals(step)
          || item.path("component").asString("").equals(step)) {
        return item;
      }
    }
    throw new AssertionError(step);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"schema\":\"stemma.report/1\"}",
        "{\"schema\":\"stemma.report/1\",\"evidence\":{}}",
        "{\"schema\":\"stemma.report/1\",\"evidence\":[{\"id\":7}],\"components\":[3],"
            + "\"a\":{},\"b\":{},\"verdict\":{}}",
        "{\"schema\":\"stemma.report/2\"}",
        "[[[[[[[["
      })
  void whatIsNoReportIsSaidToBeNone(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("none.json"), text);
    Run run = run("check", file.toString(), "--json");
    assertThat(run.code()).as(run.text()).isEqualTo(2);
    assertThat(run.text()).contains("expected");
  }

  @Test
  void aReportsCommandRunsNothingElse() throws IOException {
    Path written = folder.resolve("written.html");
    for (String command :
        List.of(
            "stemma compare A B --report " + written,
            "stemma compare A B --allow-private",
            "stemma lab derive A --how noise -o " + written,
            "rm -rf /",
            "stemma compare A @" + report)) {
      ObjectNode json = (ObjectNode) JsonMapper.shared().readTree(Files.readString(report));
      ((ObjectNode) json.get("tool")).put("command", command);
      Path file = Files.writeString(folder.resolve("command.json"), json.toString());
      assertThat(items(run("check", file.toString(), "--rerun", "--json")))
          .containsEntry("rerun", "not-checkable");
    }
    assertThat(written).doesNotExist();
    assertThat(Words.of("a 'b c' 'it'\\''s' ''")).containsExactly("a", "b c", "it's", "");
  }
}
