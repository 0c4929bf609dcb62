package dev.stemma.analysis.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.training.reading.TrainingLogs;
import dev.stemma.testing.Shared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Logs of real trainings, where they are on this machine. */
class RealLogsTest {
  private static Examination examine(Path file, int vocabulary) {
    return Examination.of(
        new Run(
            TrainingLogs.read(file).getFirst(),
            OptionalInt.of(vocabulary),
            Claims.NONE,
            CheckpointTrail.NONE));
  }

  @Test
  void samples() throws IOException {
    try (Stream<Path> files = Files.list(Shared.path("samples/logs"))) {
      for (Path file : files.toList()) {
        Examination run = examine(file, 50_304);
        boolean fineTune = file.toString().contains("finetune");
        assertThat(run.start())
            .as(file.toString())
            .isEqualTo(fineTune ? StartVerdict.PRETRAINED : StartVerdict.RANDOM);
        assertThat(run.finding("forged").outcome()).isEqualTo(Outcome.CONSISTENT);
      }
    }
  }

  @Test
  void noLineageIsFlaggedAsForged() throws IOException {
    try (Stream<Path> folders = Files.list(Shared.path("lineages/dev"))) {
      for (Path folder : folders.filter(Files::isDirectory).toList()) {
        Examination run = examine(folder.resolve("trainer_state.json"), 2048);
        assertThat(run.finding("forged").outcome())
            .as(folder.toString())
            .isIn(Outcome.CONSISTENT, Outcome.NOT_APPLICABLE);
      }
    }
  }

  @Test
  void runsThatShareDataInPartAreSeen() {
    TrainingLog adamw =
        TrainingLogs.read(Shared.path("samples/logs/adamw-gpt2-124m.log")).getFirst();
    TrainingLog muon = TrainingLogs.read(Shared.path("samples/logs/muon-gpt2-124m.txt")).getFirst();

    assertThat(RunComparison.of(adamw, adamw).why()).contains("one log is part of the other");
    assertThat(RunComparison.of(muon, adamw).standardScore()).isGreaterThan(6);
  }
}
