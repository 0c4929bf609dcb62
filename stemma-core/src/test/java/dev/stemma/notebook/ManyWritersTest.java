package dev.stemma.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes write one notebook at once, and some of them are killed with SIGKILL. */
class ManyWritersTest {
  @TempDir Path folder;

  /** Adds so many entries under a name and says after each that it was recorded. */
  static final class Writer {
    public static void main(String[] arguments) {
      Notebook notebook = Notebook.open(Path.of(arguments[0]));
      for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
        String question = "Question " + i + " of " + arguments[1] + "?";
        Notebook.Recorded recorded =
            notebook.add(
                new Notebook.Addition(
                    question,
                    "An answer.\n\n```\n" + "x".repeat(2000) + "\n```",
                    LocalDate.of(2026, 1, 4),
                    i % 2 == 0 ? null : Topic.TOKENIZER,
                    false));
        System.out.println(recorded.entry().number() + "\t" + question);
        System.out.flush();
      }
    }
  }

  private Process start(String name, int entries) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            folder.toString(),
            name,
            String.valueOf(entries))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .redirectOutput(folder.resolve(name + ".out").toFile())
        .start();
  }

  private List<String> said(String name) throws IOException {
    String text = Files.readString(folder.resolve(name + ".out"));
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  @Test
  void nothingIsLostDuplicatedOrRenumbered() throws Exception {
    Starter.init(folder, "en", false);
    List<Process> writers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      writers.add(start("whole" + i, 8));
    }
    for (Process writer : writers) {
      assertThat(writer.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(writer.exitValue()).isZero();
    }
    List<String> promised = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      assertThat(said("whole" + i)).hasSize(8);
      promised.addAll(said("whole" + i));
    }
    for (int round = 0; round < 3; round++) {
      Process other = start("other" + round, 4);
      Process killed = start("killed" + round, 100_000);
      while (said("killed" + round).size() < 2 + round && killed.isAlive()) {
        Thread.sleep(2 + 3L * round);
      }
      killed.destroyForcibly();
      assertThat(killed.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
      promised.addAll(said("killed" + round));
      promised.addAll(said("other" + round));
    }
    Notebook notebook = Notebook.open(folder);
    notebook.add(
        new Notebook.Addition("And after all that?", "Yes.", LocalDate.EPOCH, null, false));
    assertThat(notebook.check()).isEmpty();
    Set<String> there = new HashSet<>();
    notebook.entries().forEach(entry -> there.add(entry.number() + "\t" + entry.question()));
    assertThat(there).hasSize(notebook.entries().size()).containsAll(promised);
    assertThat(notebook.entries().stream().map(Entry::question).distinct().count())
        .isEqualTo(notebook.entries().size());
    assertThat(notebook.entries().getLast().number()).isEqualTo(notebook.entries().size());
  }
}
