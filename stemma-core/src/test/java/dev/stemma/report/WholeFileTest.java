package dev.stemma.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A result's file is there whole or as it was before. */
@DisabledOnOs(OS.WINDOWS)
class WholeFileTest {
  @TempDir Path folder = Path.of("");

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("r.json"), "old");
    assertThatThrownBy(() ->
            Reports.whole(
                file,
                out -> {
                  out.append("half");
                  throw new IOException("No space left on device");
                }))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("No space left");
    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path file = Files.writeString(folder.resolve("real.json"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);
    Reports.whole(link, out -> out.append("new"));
    assertThat(link).isSymbolicLink().hasContent("new");
    assertThat(file).isRegularFile().hasContent("new");
  }

  @Test
  void aDeviceIsNotReplaced() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("nothing"), Path.of("/dev/null"));
    Reports.whole(link, out -> out.append("new"));
    assertThat(link).isSymbolicLink();
    assertThat(Files.isRegularFile(Path.of("/dev/null"))).isFalse();
  }
}
