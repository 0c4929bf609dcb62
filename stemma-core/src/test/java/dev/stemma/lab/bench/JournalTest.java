package dev.stemma.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xml.sax.InputSource;

class JournalTest {
  @TempDir Path folder;

  private static PairResult pair(
      String a, String b, TruePair truth, String relation, double score) {
    TreeMap<String, Double> scores = new TreeMap<>();
    scores.put(Bench.VERDICT, score);
    scores.put("peer.awm", 100 - score);
    return new PairResult(
        a,
        b,
        truth,
        relation,
        List.of("permuted"),
        List.of(),
        null,
        a,
        -3.5,
        scores,
        new TreeMap<>(java.util.Map.of("weights.neuron-matching (decoder)", -0.5)),
        new TreeMap<>(java.util.Map.of(Bench.VERDICT, 1.5)),
        new TreeMap<>(java.util.Map.of(Bench.VERDICT, 2e6)),
        7,
        "");
  }

  private static BenchRun run() {
    return new BenchRun(
        "made",
        "0",
        "none",
        List.of(
            pair("a", "b", TruePair.DESCENT, "derived", 9),
            pair("a", "c", TruePair.SIBLINGS, "no-evidence", 1),
            pair("a", "d", TruePair.INDEPENDENT, "no-evidence", 2)));
  }

  @Test
  void anInterruptedRunGoesOnWhereItStopped() throws IOException {
    Path file = folder.resolve("run.jsonl");
    PairResult first = pair("a", "b", TruePair.DESCENT, "derived", 9);
    PairResult second = pair("a", "c", TruePair.INDEPENDENT, "no-evidence", 1);
    Journal journal = Journal.open(file);
    journal.get("a", "b", () -> first, found -> found);
    journal.get("a", "c", () -> second, found -> found);
    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() - 30));
    AtomicInteger measured = new AtomicInteger();
    Journal again = Journal.open(file);
    assertThat(again.get("a", "b", () -> count(measured, second), found -> found)).isEqualTo(first);
    assertThat(again.get("a", "c", () -> count(measured, second), found -> found))
        .isEqualTo(second);
    assertThat(measured).hasValue(1);
    assertThat(Files.readString(file)).isEqualTo(whole);
  }

  @Test
  void whatAnOlderRunDidNotMeasureIsAddedOnce() {
    Path file = folder.resolve("run.jsonl");
    PairResult older = pair("a", "b", TruePair.DESCENT, "derived", 9);
    Journal.open(file).get("a", "b", () -> older, found -> found);
    AtomicInteger measured = new AtomicInteger();
    TreeMap<String, Double> scores = new TreeMap<>(older.scores());
    scores.put("peer.new", 0.5);
    PairResult whole = older.with(scores, older.seconds(), older.allocatedBytes());
    PairResult added =
        Journal.open(file)
            .get("a", "b", () -> count(measured, older), found -> count(measured, whole));
    assertThat(added).isEqualTo(whole);
    assertThat(measured).hasValue(1);
    assertThat(Journal.open(file).get("a", "b", () -> older, found -> found)).isEqualTo(whole);
  }

  private static PairResult count(AtomicInteger measured, PairResult pair) {
    measured.incrementAndGet();
    return pair;
  }

  @Test
  void aRunIsReadBackFromItsJson() {
    BenchRun run = run();
    assertThat(BenchJson.pairs(BenchJson.of(run))).isEqualTo(run.pairs());
  }

  @Test
  void thePageNamesThePairsThatWentWrongAndThePeerThatWasRight() {
    String page = BenchMarkdown.text(run(), "roc.svg");
    assertThat(page)
        .contains("| a / c | siblings | no-evidence |")
        .contains("- a / c (siblings): peer.awm")
        .doesNotContain("| a / d |");
  }

  @Test
  void thePlotIsAnImageWithEveryMethod() throws Exception {
    String svg = RocPlot.svg(run().rocCurves());
    var document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(svg)));
    assertThat(document.getDocumentElement().getTextContent())
        .contains("verdict", "peer.awm", "false positive rate");
  }

  @Test
  void derivativesRepeatTheirFoundersAndSiblingsAreCountedApart() {
    BenchRun run =
        new BenchRun(
            "made",
            "0",
            "none",
            List.of(
                pair("a", "b", TruePair.DESCENT, "derived", 9),
                pair("b", "c", TruePair.SIBLINGS, "derived", 9),
                pair("a", "d", TruePair.INDEPENDENT, "no-evidence", 2),
                pair("b", "d", TruePair.INDEPENDENT, "no-evidence", 2),
                pair("c", "d", TruePair.INDEPENDENT, "no-evidence", 2),
                pair("c", "e", TruePair.INDEPENDENT, "no-evidence", 2)));
    assertThat(run.founderPairs())
        .containsEntry("weights.neuron-matching (decoder)", new BenchRun.Share(0, 2));
    assertThat(run.siblings()).isEqualTo(new BenchRun.Siblings(0, 1, 0, 1));
    assertThat(BenchMarkdown.text(run, "x.svg")).contains("| 0 of 2 |").contains("| 2.0 |");
  }
}
