package dev.stemma.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** docs/methods says what the programs say. */
class MethodPagesTest {
  @Test
  void pagesAreFresh() throws IOException {
    Path docs = Path.of("").toAbsolutePath().resolveSibling("docs");
    Path methods = docs.resolve("methods");
    Map<String, String> pages = MethodPages.of(docs);
    assertThat(pages).hasSizeGreaterThan(15);
    for (Map.Entry<String, String> page : pages.entrySet()) {
      assertThat(page.getValue()).as(page.getKey()).doesNotContain("{@");
      if (Boolean.getBoolean("stemma.docs.write")) {
        Files.createDirectories(methods);
        Files.writeString(methods.resolve(page.getKey()), page.getValue());
      }
      assertThat(methods.resolve(page.getKey())).content().isEqualTo(page.getValue());
    }
    try (var files = Files.list(methods)) {
      assertThat(files.map(file -> file.getFileName() + "")).hasSameElementsAs(pages.keySet());
    }
  }
}
