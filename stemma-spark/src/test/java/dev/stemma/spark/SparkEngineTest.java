package dev.stemma.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of relation on Spark's own scheduler and on local threads: the same bits. */
class SparkEngineTest {
  @TempDir static Path folder;
  private static Path base;
  private static JavaSparkContext spark;
  private static SparkEngine engine;

  @BeforeAll
  static void start() throws Exception {
    base = TestModels.write(folder.resolve("base"), 4, 1);
    spark = context();
    engine = new SparkEngine(spark, false);
  }

  private static JavaSparkContext context() {
    return new JavaSparkContext(
        new SparkConf()
            .setMaster("local[2]")
            .setAppName("test")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "noise:0.2",
        "lora:4",
        "quantise:Q8_0",
        "permute,rescale",
        "rotate",
        "noise:0.1,permute,rotate",
        "prune-depth:0,2,3",
        "dus:1",
        "prune-width:48x128",
        "upcycle:2",
        "extend-vocabulary:32",
        "replace-embeddings",
        "reinit"
      })
  void aReportHasTheSameBits(String how) throws Exception {
    Path derived =
        TestModels.derive(base, how, folder.resolve(how.replaceAll("\\W", "_"))).toAbsolutePath();
    assertSameReport(base.toString(), derived.toString());
  }

  @Test
  void ofStrangersToo() throws Exception {
    Path stranger = TestModels.write(folder.resolve("stranger"), 4, 77);
    assertSameReport(base.toString(), stranger.toString());
  }

  private static void assertSameReport(String a, String b) {
    String local = Truth.compare(a, b);
    assertThat(local).contains("\"evidence\"").contains("weights.neuron-matching");
    assertThat(Truth.text(new CompareSweep(engine, false).report(new CompareSweep.PairOf(a, b))))
        .isEqualTo(local);
  }

  @Test
  void fingerprintsHaveTheSameBitsAndAPoisonedModelLeavesTheOthersAlone() throws Exception {
    List<String> references = new ArrayList<>();
    for (int model = 0; model < 5; model++) {
      references.add(TestModels.write(folder.resolve("many" + model), 1 + model, model).toString());
    }
    String missing = folder.resolve("missing").toString();
    String cut = TestModels.write(folder.resolve("cut"), 2, 9).toString();
    Path weights = Path.of(cut, "model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    String hostile = TestModels.write(folder.resolve("hostile"), 2, 9).toString();
    Files.write(
        Path.of(hostile, "model.safetensors"),
        new byte[] {-1, -1, -1, -1, -1, -1, -1, 127},
        StandardOpenOption.WRITE);
    references.add(2, cut);
    references.add(3, missing);
    references.add(hostile);
    for (int wave : new int[] {3, 100}) {
      Truth.Told told = new Truth.Told();
      new FingerprintSweep(engine, false, told).run(references, wave);
      TreeMap<String, String> expected = new TreeMap<>();
      for (String reference : references) {
        if (!List.of(cut, missing, hostile).contains(reference)) {
          expected.put(reference, Truth.fingerprint(reference));
        }
      }
      assertThat(told.made).isEqualTo(expected);
      assertThat(told.failed).containsOnlyKeys(cut, missing, hostile);
      assertThat(told.failed.get(cut)).contains("model.safetensors");
      assertThat(told.failed.get(missing)).contains("[NOT_FOUND]");
    }
  }

  @Test
  void theCommandsSayWhatFailedAndGoOnWhereTheyWere() throws Exception {
    spark.stop();
    try {
      Path list = folder.resolve("models.txt");
      Files.writeString(list, base + "\n" + folder.resolve("nothing-here") + " # no such model\n");
      Path database = folder.resolve("known.db");
      StringWriter out = new StringWriter();
      StringWriter error = new StringWriter();
      System.setProperty("spark.master", "local[1]");
      System.setProperty("spark.ui.enabled", "false");
      for (int run = 0; run < 2; run++) {
        assertThat(run(out, error, "fingerprint", list, "--catalogue", database, "--json"))
            .isEqualTo(2);
      }
      assertThat(out.toString().lines())
          .anyMatch(line -> line.contains("\"added\":1,\"known\":0"))
          .anyMatch(line -> line.contains("\"added\":0,\"known\":1"));
      assertThat(error.toString()).contains("nothing-here").contains("[NOT_FOUND]");

      Path pairs = folder.resolve("pairs.txt");
      Files.writeString(pairs, base + "\t" + base + "\n" + base + " " + folder + "/nobody\n");
      Path reports = folder.resolve("reports.jsonl");
      assertThat(run(out, error, "compare", pairs, "--output", reports)).isEqualTo(2);
      List<String> lines = Files.readAllLines(reports);
      assertThat(lines).hasSize(2);
      assertThat(lines.getFirst()).contains("\"relation\":\"identical\"");
      assertThat(lines.getLast()).contains("\"error\":").contains("nobody");
    } finally {
      System.clearProperty("spark.master");
      System.clearProperty("spark.ui.enabled");
      spark = context();
      engine = new SparkEngine(spark, false);
    }
  }

  private static int run(StringWriter out, StringWriter error, Object... arguments) {
    return Sweep.run(
        new PrintWriter(out, true),
        new PrintWriter(error, true),
        java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new));
  }
}
