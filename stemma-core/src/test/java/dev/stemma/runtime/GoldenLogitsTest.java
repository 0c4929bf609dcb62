package dev.stemma.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Our logits against those of the official modelling code, family by family. */
class GoldenLogitsTest {
  @TestFactory
  Stream<DynamicTest> everyFamilyGivesTheOfficialLogits() throws IOException {
    Path golden = Shared.path("golden");
    List<Path> families;
    try (Stream<Path> list = Files.list(golden)) {
      families =
          list.filter(folder -> Files.exists(folder.resolve("golden.json"))).sorted().toList();
    }
    return families.stream()
        .map(family ->
            DynamicTest.dynamicTest(family.getFileName().toString(), () -> check(family)));
  }

  private static void check(Path folder) throws IOException {
    OfficialLogits found = OfficialLogits.compare(folder);
    assertThat(found.oneByOne())
        .as("largest difference in standard deviations, token by token")
        .isLessThan(OfficialLogits.TOLERANCE);
    assertThat(found.atOnce())
        .as("largest difference in standard deviations, all tokens at once")
        .isLessThan(OfficialLogits.TOLERANCE);
    assertThat(found.greedy()).as("the same greedy continuation").isTrue();
  }
}
