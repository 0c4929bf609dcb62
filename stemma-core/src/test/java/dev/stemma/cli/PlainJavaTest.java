package dev.stemma.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar is started without flags: no Vector API, and all commands work. */
class PlainJavaTest {
  @TempDir Path folder;

  private static String model(String name) throws Exception {
    return Path.of(
            Objects.requireNonNull(PlainJavaTest.class.getResource("/lineage/" + name)).toURI())
        .toString();
  }

  private String plain(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.stemma.cli.Main"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("error").toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("error"))).isZero();
    return Files.readString(folder.resolve("out"));
  }

  @Test
  void aModelRunsAsItDoesWithVectors() throws Exception {
    String[] arguments = {"run", model("alpha"), "--ids", "5,6,7", "--greedy", "4", "--json"};
    StringWriter out = new StringWriter();
    assertThat(Main.run(new PrintWriter(out), new PrintWriter(new StringWriter()), arguments))
        .isZero();
    assertThat(plain(arguments)).isEqualTo(out.toString());
  }

  @Test
  void fingerprintsAreTheSame() throws Exception {
    String[] arguments = {
      "fingerprint", model("alpha"), "--hash", "sha256", "--as", "f32", "--json"
    };
    StringWriter out = new StringWriter();
    assertThat(Main.run(new PrintWriter(out), new PrintWriter(new StringWriter()), arguments))
        .isZero();
    assertThat(plain(arguments)).isEqualTo(out.toString());
  }
}
