package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Reference, man page and completions are as fresh as the commands. */
class CommandReferenceTest {
  private static Path file(String name) {
    return Path.of("").toAbsolutePath().resolveSibling("docs").resolve(name);
  }

  private static void check(String name, String expected) throws IOException {
    Path file = file(name);
    if (Boolean.getBoolean("stemma.docs.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, expected);
    }
    assertThat(file).content().isEqualTo(expected);
  }

  @Test
  void theReferenceIsFresh() throws IOException {
    check("commands.md", CommandReference.markdown());
  }

  @Test
  void theManPageIsFresh() throws IOException {
    check("man/stemma.1", CommandReference.man());
  }

  @Test
  void theCompletionsAreFresh() throws IOException {
    check("stemma_completion.sh", CommandReference.completion());
  }

  @Test
  void bashCompletesCommandsAndOptions() throws Exception {
    Path bash = Path.of("/bin/bash");
    Assumptions.assumeTrue(Files.isExecutable(bash));
    Process process =
        new ProcessBuilder(
                bash.toString(),
                "-c",
                "source "
                    + file("stemma_completion.sh")
                    + "; COMP_WORDS=(stemma notebook c); COMP_CWORD=2; COMP_LINE='stemma notebook"
                    + " c'; COMP_POINT=17; _complete_stemma; echo \"${COMPREPLY[@]}\"")
            .redirectErrorStream(true)
            .start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("check", "classify");
  }

  @Test
  void everyCommandHasExamplesAndEveryOptionIsDescribed() {
    String page = CommandReference.markdown();
    assertThat(page)
        .contains("## stemma compare\n", "## stemma notebook ask\n", "`--control C`")
        .doesNotContain("${", "` |  |");
  }
}
