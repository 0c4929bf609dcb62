package dev.stemma.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ArtifactException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Our logits under many configurations of each family against the official code's. A few cases that
 * once failed are kept beside this test; {@code bench/official_variants.py} makes hundreds, which
 * {@code -Dstemma.variants=FOLDER} compares (and {@code -Dstemma.variants.out=FILE} lists).
 */
class OfficialVariantsTest {
  @TestFactory
  Stream<DynamicTest> bundledVariantsGiveTheOfficialLogits()
      throws IOException, URISyntaxException {
    return cases(Path.of(requireNonNull(getClass().getResource("variants")).toURI()))
        .map(folder -> DynamicTest.dynamicTest(name(folder), () -> same(folder)));
  }

  @TestFactory
  Stream<DynamicTest> everyVariantGivesTheOfficialLogitsOrAnError() throws IOException {
    String place = System.getProperty("stemma.variants");
    Assumptions.assumeTrue(place != null, "no -Dstemma.variants=FOLDER");
    return cases(Path.of(place))
        .map(folder -> DynamicTest.dynamicTest(name(folder), () -> sameOrRefused(folder)));
  }

  private static void same(Path folder) throws IOException {
    OfficialLogits found = OfficialLogits.compare(folder);
    assertThat(found.equal()).as(found.toString()).isTrue();
  }

  private static void sameOrRefused(Path folder) throws IOException {
    OfficialLogits found;
    try {
      found = OfficialLogits.compare(folder);
    } catch (ArtifactException refusal) {
      String told = String.valueOf(refusal.getMessage());
      report(folder, Map.of("refused", told));
      Assumptions.abort(told);
      return;
    } catch (RuntimeException crash) {
      report(folder, Map.of("crashed", crash.toString()));
      throw crash;
    }
    report(
        folder,
        Map.of(
            "difference",
            Double.parseDouble(
                String.format(Locale.ROOT, "%.3g", Math.max(found.oneByOne(), found.atOnce()))),
            "greedy",
            found.greedy(),
            "equal",
            found.equal()));
    assertThat(found.equal()).as(found.toString()).isTrue();
  }

  private static void report(Path folder, Map<String, Object> what) throws IOException {
    String out = System.getProperty("stemma.variants.out");
    if (out != null) {
      String line =
          JsonMapper.shared().writeValueAsString(Map.of("case", name(folder), "result", what));
      Files.writeString(
          Path.of(out), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
  }

  private static Stream<Path> cases(Path place) throws IOException {
    try (Stream<Path> list = Files.list(place)) {
      List<Path> folders =
          list.filter(folder -> Files.exists(folder.resolve("golden.json"))).sorted().toList();
      return folders.stream();
    }
  }

  private static String name(Path folder) {
    return folder.getFileName().toString();
  }
}
