package dev.stemma.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.LayerMap;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class ReportFormatsTest {
  private static final Texts KOREAN = Texts.of("ko");
  private static final String MARKUP = "</script><img src=x onerror=alert(1)>\"'&|`[x](http://e)";
  private static final String BIDI = "name\u202etxt\u2066\u0007\u001b[31m\ud800\udb40\udc01";

  static String write(ReportFormat format, Report report) {
    StringBuilder out = new StringBuilder();
    try {
      format.write(report, out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toString();
  }

  @Test
  void jsonIsTheContracts() {
    JsonNode json = new ObjectMapper().readTree(write(new JsonReport(), SampleReports.large()));
    assertThat(json.get("schema").stringValue()).isEqualTo("stemma.report/1");
    assertThat(json.at("/tool/version").stringValue()).isEqualTo("0.1.0");
    assertThat(json.at("/verdict/relation").stringValue()).isEqualTo("derived");
    JsonNode decoder = json.at("/components/2");
    assertThat(decoder.get("component").stringValue()).isEqualTo("decoder");
    assertThat(decoder.get("kinds").get(0).stringValue()).isEqualTo("depth-up-scaled");
    assertThat(decoder.get("parent").stringValue()).isEqualTo("a");
    assertThat(decoder.get("log10p").doubleValue()).isEqualTo(-743.5);
    assertThat(decoder.at("/layerMap/40").toString()).isEqualTo("[30,42]");
    assertThat(decoder.at("/details/rank").intValue()).isEqualTo(16);
    assertThat(decoder.at("/details/grid").isNull()).isTrue();
    assertThat(decoder.get("power").isNull()).isTrue();
    JsonNode tokenizer = json.at("/components/0");
    assertThat(tokenizer.get("log10p").isNull()).isTrue();
    assertThat(tokenizer.get("layerMap").isNull()).isTrue();
    JsonNode first = json.at("/evidence/0");
    assertThat(first.at("/statistic/value").toString()).isEqualTo("341");
    assertThat(first.at("/statistic/of").toString()).isEqualTo("352");
    assertThat(first.get("null").stringValue()).startsWith("uniform");
    assertThat(first.at("/controls/0/model").stringValue()).isEqualTo("독립 대조 모델");
  }

  @Test
  void notTestedIsNeverNoMatch() {
    JsonNode json = new ObjectMapper().readTree(write(new JsonReport(), SampleReports.large()));
    List<String> outcomes =
        json.get("evidence").valueStream().map(e -> e.get("outcome").stringValue()).toList();
    assertThat(outcomes).contains("measured", "not-applicable", "failed");
    List<String> untested =
        json.get("notTested").valueStream().map(e -> e.get("id").stringValue()).toList();
    assertThat(untested)
        .containsExactly(
            "behaviour.next-token",
            "training-log",
            "weights.kept-dimensions",
            "weights.bit-equality");
    assertThat(json.at("/notTested/3/outcome").stringValue()).isEqualTo("failed");
  }

  @ParameterizedTest
  @EnumSource(Relation.class)
  void everyRelationHasItsWordsInEveryFormat(Relation relation) throws Exception {
    Report report = SampleReports.of(relation, null);
    JsonNode json = new ObjectMapper().readTree(write(new JsonReport(), report));
    assertThat(json.at("/verdict/relation").stringValue()).isEqualTo(relation.key());
    for (Texts texts : List.of(Texts.ENGLISH, KOREAN)) {
      String headline = Findings.headline(texts, report);
      assertThat(headline).contains("model-a").contains("model-b").doesNotContain("{");
      assertThat(write(new HtmlReport(texts), report)).contains(headline);
      assertThat(write(new TerminalReport(200, false, texts), report)).contains(headline);
    }
  }

  @ParameterizedTest
  @EnumSource(Parent.class)
  void theHeadlineSaysWhichWay(Parent parent) {
    String headline = Findings.headline(Texts.ENGLISH, SampleReports.of(Relation.DERIVED, parent));
    assertThat(headline)
        .isEqualTo(
            switch (parent) {
              case A -> "model-b was derived from model-a, or from a model very near it.";
              case B -> "model-a was derived from model-b, or from a model very near it.";
              case UNDETERMINED ->
                  "One of model-a and model-b was derived from the other, or from a model very near"
                      + " it.";
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 80, 120})
  void terminalLinesFitTheWidthAlsoInKorean(int width) {
    for (Texts texts : List.of(Texts.ENGLISH, KOREAN)) {
      for (String line :
          write(new TerminalReport(width, false, texts), SampleReports.large()).lines().toList()) {
        assertThat(Columns.width(line)).as(line).isLessThanOrEqualTo(width);
      }
    }
  }

  @Test
  void terminalColoursOnlyWhenAsked() {
    Report report = SampleReports.large();
    assertThat(write(new TerminalReport(80, false), report)).doesNotContain("\u001b");
    String coloured = write(new TerminalReport(80, true), report);
    assertThat(coloured).startsWith("\u001b[1;31m");
    assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", ""))
        .isEqualTo(write(new TerminalReport(80, false), report));
  }

  @Test
  void terminalSaysPowersOfTenAndWhatTheyAreNot() {
    String text = write(new TerminalReport(80, false), SampleReports.large());
    assertThat(text).contains("10^-744").contains("not the probability of").contains("341 of 352");
  }

  @ParameterizedTest
  @ValueSource(strings = {MARKUP, BIDI, "{0} {1} $1 \\E", "|a|\n# b", "-"})
  void hostileNamesStayText(String name) throws Exception {
    Report report = SampleReports.hostile(name);
    for (ReportFormat format :
        List.of(
            new HtmlReport(),
            new HtmlReport(KOREAN),
            new MarkdownReport(),
            new TerminalReport(80, false),
            new JsonReport(),
            new CycloneDxReport(),
            new InTotoReport())) {
      String text = write(format, report);
      assertThat(text).doesNotContain("\u202e", "\u2066", "\u0007", "\u001b", "NaN", "Infinity");
      assertThat(text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff)).isFalse();
    }
    JsonNode json = new ObjectMapper().readTree(write(new JsonReport(), report));
    if (!name.equals(BIDI)) {
      assertThat(json.at("/a/name").stringValue()).isEqualTo(name);
    }
    assertThat(write(new HtmlReport(), report)).doesNotContain("<img");
    // The command stands in a code block, where nothing is markup; a line break would leave it.
    String command = "    " + Keys.printable(name) + "\n\n";
    assertThat(write(new MarkdownReport(), report)).contains(command);
    assertThat(write(new MarkdownReport(), report).replace(command, ""))
        .doesNotContain("<img", "\n# b")
        .doesNotContainPattern("(?<!\\\\)\\]\\(");
  }

  @Test
  void htmlIsWellFormedAndLoadsNothing() throws Exception {
    for (Report report : List.of(SampleReports.large(), SampleReports.hostile(MARKUP))) {
      String html = write(new HtmlReport(KOREAN), report);
      String xml =
          html.replace("<!DOCTYPE html>", "")
              .replaceAll("<meta ([^>]*)>", "<meta $1/>")
              .replaceAll("(?s)<(style|script)>.*?</\\1>", "");
      var document =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(new InputSource(new StringReader(xml)));
      assertThat(document.getElementsByTagName("h1").getLength()).isEqualTo(1);
      assertThat(document.getElementsByTagName("img").getLength()).isZero();
      assertThat(html).doesNotContain("url(http", "@import");
      assertThat(html).doesNotContainPattern("href=\"(?!#)");
    }
  }

  @Test
  void htmlOfSixtyLayersIsSmall() {
    String html = write(new HtmlReport(), SampleReports.large());
    assertThat(html.getBytes(StandardCharsets.UTF_8).length).isLessThan(2_000_000);
    assertThat(html).contains("class=\"heat-map\"", "class=\"layer-map\"", "class=\"missing\"");
  }

  @Test
  void htmlRefusesHandlersAndLinks() {
    assertThatThrownBy(() -> Html.element("a").with("href", "https://e"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Html.element("a").with("onclick", "x"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Html.element("a b")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bundlesHaveTheSameKeysAndPlaces() throws Exception {
    for (String bundle : List.of("/dev/stemma/report/texts", "/dev/stemma/verdict/verdict")) {
      Properties english = load(bundle + ".properties");
      Properties korean = load(bundle + "_ko.properties");
      TreeSet<String> keys = new TreeSet<>(korean.stringPropertyNames());
      keys.removeIf(key -> key.startsWith("phrase."));
      assertThat(keys).isEqualTo(new TreeSet<>(english.stringPropertyNames()));
      for (String key : keys) {
        assertThat(places(korean.getProperty(key)))
            .as(key)
            .isEqualTo(places(english.getProperty(key)));
      }
    }
  }

  private static java.util.SortedSet<String> places(String text) {
    TreeSet<String> places = new TreeSet<>();
    Pattern.compile("\\{\\d\\}").matcher(text).results().forEach(r -> places.add(r.group()));
    return places;
  }

  private static Properties load(String name) throws IOException {
    Properties properties = new Properties();
    try (var in = ReportFormatsTest.class.getResourceAsStream(name)) {
      assertThat(in).as(name).isNotNull();
      properties.load(new java.io.InputStreamReader(in, StandardCharsets.UTF_8));
    }
    return properties;
  }

  @Test
  void everyWordOfTheContractHasAText() {
    for (Texts texts : List.of(Texts.ENGLISH, KOREAN)) {
      for (Component component : Component.values()) {
        assertThat(texts.component(component)).isNotBlank();
        assertThat(texts.get("component." + component.key() + ".meaning")).isNotBlank();
      }
      for (Kind kind : Kind.values()) {
        assertThat(texts.kind(kind)).isNotBlank();
        assertThat(texts.meaning(kind)).isNotBlank();
      }
    }
  }

  @Test
  void theJudgesSentencesSpeakKorean() {
    assertThat(KOREAN.phrase("The models' weights.")).isEqualTo("두 모델의 가중치.");
    assertThat(KOREAN.phrase("some sentence nobody knows 12"))
        .isEqualTo("some sentence nobody knows 12");
  }

  @Test
  void koreanParticlesFollowTheSound() {
    assertThat(KoreanParticles.resolve("한빛은(는) 모델을(를) 3과(와) 2이(가) 길(으)로 GPT은(는)"))
        .isEqualTo("한빛은 모델을 3과 2가 길로 GPT은(는)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"r.html", "r.md", "r.json", "r.cdx.json", "r.intoto.json", "R.HTML"})
  void filesAreWrittenWholeOrNotAtAll(String name, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("new").resolve(name);
    Reports.write(SampleReports.large(), file);
    Reports.write(SampleReports.large(), file);
    String text = Files.readString(file);
    assertThat(text).contains("한빛");
    if (name.toLowerCase(Locale.ROOT).endsWith("json")) {
      new ObjectMapper().readTree(text);
    }
    try (var all = Files.list(file.getParent())) {
      assertThat(all).containsExactly(file);
    }
  }

  @Test
  void unknownEndingsAndPlacesAreErrorsWithTheirCode(@TempDir Path folder) {
    assertThatThrownBy(() -> Reports.forFile(Path.of("report.pdf")))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("BAD_ARGUMENT");
    assertThatThrownBy(() -> Reports.language("tlh")).isInstanceOf(ArtifactException.class);
    assertThatThrownBy(() ->
            Reports.write(
                SampleReports.large(), Files.createFile(folder.resolve("f")).resolve("r.html")))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("CANNOT_WRITE");
  }

  @Test
  void anAncestorIsNamedOnlyWithAKnownParent() {
    assertThat(bill(Relation.DERIVED, Parent.A).at("/pedigree/ancestors/0/name").stringValue())
        .isEqualTo("model-a");
    JsonNode turned = bill(Relation.DERIVED, Parent.B);
    assertThat(turned.get("name").stringValue()).isEqualTo("model-a");
    assertThat(turned.at("/pedigree/ancestors/0/name").stringValue()).isEqualTo("model-b");
    for (Relation relation :
        List.of(Relation.DERIVED, Relation.SHARED_ANCESTOR, Relation.IDENTICAL)) {
      JsonNode related = bill(relation, null);
      assertThat(related.at("/pedigree/ancestors").isMissingNode()).isTrue();
      assertThat(related.at("/pedigree/variants/0/name").stringValue()).isEqualTo("model-a");
    }
    for (Relation relation :
        List.of(Relation.NO_EVIDENCE, Relation.INCONCLUSIVE, Relation.AFFINITY)) {
      assertThat(bill(relation, null).has("pedigree")).isFalse();
    }
  }

  private static JsonNode bill(
      Relation relation, @org.jspecify.annotations.Nullable Parent parent) {
    return new ObjectMapper()
        .readTree(write(new CycloneDxReport(), SampleReports.of(relation, parent)))
        .at("/components/0");
  }

  @Test
  void layerMapsReadAsRanges() {
    LayerMap map =
        new LayerMap(
            12,
            7,
            List.of(
                new LayerMap.Link(0, 0, 1),
                new LayerMap.Link(2, 1, 1),
                new LayerMap.Link(4, 2, 1),
                new LayerMap.Link(5, 4, 1)));
    assertThat(LayerRanges.of(map)).isEqualTo("B 0-2 = A 0,2,..4; B 4 = A 5");
  }

  @Test
  void pValuesAreNeverPrintedSmallerThanTheyAre() {
    assertThat(Numbers.p(-744.9)).isEqualTo("10^-744");
    assertThat(Numbers.p(-6.04)).isEqualTo("10^-6");
    assertThat(Numbers.p(null)).isEqualTo("–");
    assertThat(Numbers.value(0.99999999)).isEqualTo("0.999999");
    assertThat(Numbers.value(Double.NaN)).isEqualTo("–");
  }
}
