package dev.stemma.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The pages made from data are as fresh as the data. */
class DocumentationTest {
  @Test
  void theTableOfKnownModelsIsFresh() throws IOException {
    check("models.md", KnownModelsPage.models());
  }

  @Test
  void theTableOfFamiliesIsFresh() throws IOException {
    check("families.md", KnownModelsPage.families());
  }

  private static void check(String name, String expected) throws IOException {
    Path file = Path.of("").toAbsolutePath().resolveSibling("docs").resolve(name);
    if (Boolean.getBoolean("stemma.docs.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    assertThat(file).content().isEqualTo(expected);
  }
}
