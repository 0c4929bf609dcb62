package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a wrong command line and an output that cannot be written say. */
class UsageErrorsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          compar a b               | no command 'compar'             | Did you mean compare
          compare a b --reprt x    | no option '--reprt'             | Did you mean --report?
          compare a b c            | one argument too many: 'c'      | See stemma compare --help.
          compare a                | Missing required parameter: 'B' | See stemma compare --help.
          weights --layers x       | --layers                        | See stemma weights --help.
          compare a b --expect dad | no relation 'dad'               | no-evidence
          """)
  void saysInFewLinesWhatIsWrong(String line, String what, String help) {
    StringWriter out = new StringWriter();
    StringWriter error = new StringWriter();
    int code = Main.run(new PrintWriter(out), new PrintWriter(error), line.strip().split(" +", -1));
    assertThat(code).isEqualTo(Main.BAD_INPUT);
    assertThat(out.toString()).isEmpty();
    assertThat(error.toString()).startsWith("stemma: ").contains(what.strip(), help.strip());
    assertThat(error.toString().lines().count()).isLessThanOrEqualTo(3);
  }

  @Test
  void aFullDiskIsRemembered() {
    assertThat(failureOf("No space left on device")).isEqualTo("No space left on device");
  }

  @Test
  void aReaderThatHasSeenEnoughIsNoFailure() {
    assertThat(failureOf("Broken pipe")).isNull();
  }

  @Test
  void whatIsWrittenArrives() {
    ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    StandardOutput output = new StandardOutput(arrived);
    try (PrintWriter out = new PrintWriter(output, false, StandardCharsets.UTF_8)) {
      out.print("한 model");
    }
    assertThat(arrived.toString(StandardCharsets.UTF_8)).isEqualTo("한 model");
    assertThat(output.failure()).isNull();
  }

  private static @Nullable String failureOf(String message) {
    StandardOutput output =
        new StandardOutput(
            new OutputStream() {
              @Override
              public void write(int value) throws IOException {
                throw new IOException(message);
              }
            });
    PrintWriter out = new PrintWriter(output, false, StandardCharsets.UTF_8);
    out.print("text");
    out.flush();
    return output.failure();
  }
}
