package dev.stemma.analysis.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.training.reading.TrainingLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Edited logs are flagged, untouched ones are not. */
class ForgeryTest {
  private static final int VOCABULARY = 32_000;

  @TempDir Path folder;

  private Examination examine(List<String> lines) throws IOException {
    Path file = folder.resolve("train.log");
    Files.write(file, lines);
    return examine(file);
  }

  private static Examination examine(Path file) {
    TrainingLog log = TrainingLogs.read(file).getFirst();
    return Examination.of(
        new Run(log, OptionalInt.of(VOCABULARY), Claims.NONE, CheckpointTrail.NONE));
  }

  private static double[] pretraining(long seed) {
    return SyntheticLogs.losses(2000, 10.5, 3, 0.04, seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void untouchedLogsAreNotFlagged(long seed) throws IOException {
    Examination run = examine(SyntheticLogs.lines(pretraining(seed)));

    assertThat(run.finding("forged").outcome()).isEqualTo(Outcome.CONSISTENT);
    assertThat(run.start()).isEqualTo(StartVerdict.RANDOM);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aSmoothedCurveIsFlagged(long seed) throws IOException {
    double[] losses = pretraining(seed);
    for (int step = 1; step < losses.length; step++) {
      losses[step] = 0.9 * losses[step - 1] + 0.1 * losses[step];
    }

    assertThat(examine(SyntheticLogs.lines(losses)).finding("forged").why())
        .contains("smoothed curve");
  }

  @Test
  void aSmoothedStretchIsFlagged() throws IOException {
    double[] untouched = pretraining(4);
    double[] losses = untouched.clone();
    for (int step = 1000; step < 1600; step++) {
      double sum = 0;
      for (int offset = -5; offset <= 5; offset++) {
        sum += untouched[step + offset];
      }
      losses[step] = sum / 11;
    }

    assertThat(examine(SyntheticLogs.lines(losses)).finding("forged").why())
        .contains("smoothed curve");
  }

  @Test
  void copiedRowsAreFlagged() throws IOException {
    double[] losses = pretraining(5);
    System.arraycopy(losses, 800, losses, 1200, 10);
    Examination run = examine(SyntheticLogs.lines(losses));

    assertThat(run.finding("forged").outcome()).isEqualTo(Outcome.CONTRADICTION);
    assertThat(run.finding("forged").why()).contains("from step 1200").contains("from step 800");
    assertThat(run.start()).isEqualTo(StartVerdict.INCONCLUSIVE);
  }

  @Test
  void twoRowsCopiedWithTheirNormsIntoAShortLogAreFlagged() throws IOException {
    java.util.Random random = new java.util.Random(12);
    String head = "step,loss,grad_norm\n";
    double[] losses = SyntheticLogs.losses(17, 1.5, 1.1, 0.05, 12);
    double[] norms = random.doubles(17, 0.1, 0.2).toArray();
    Path whole = folder.resolve("whole.csv");
    Path edited = folder.resolve("edited.csv");
    for (Path file : List.of(whole, edited)) {
      if (file.equals(edited)) {
        System.arraycopy(losses, 3, losses, 9, 3);
        System.arraycopy(norms, 3, norms, 9, 3);
      }
      StringBuilder text = new StringBuilder(head);
      for (int step = 0; step < losses.length; step++) {
        text.append("%d,%.4f,%s%n".formatted(step + 1, losses[step], norms[step]));
      }
      Files.writeString(file, text);
    }

    assertThat(examine(whole).finding("forged").outcome()).isEqualTo(Outcome.CONSISTENT);
    assertThat(examine(edited).finding("forged").why()).contains("3 rows from step 10 on repeat");
  }

  @Test
  void shiftedStepsAreFlagged() throws IOException {
    List<String> moved = new ArrayList<>();
    for (String line : SyntheticLogs.lines(pretraining(6))) {
      int end = line.indexOf(' ');
      moved.add("step:" + (Integer.parseInt(line.substring(5, end)) + 37) + line.substring(end));
    }

    assertThat(examine(moved).finding("forged").why()).contains("shifted steps");
  }

  @Test
  void missingStepsAreFlagged() throws IOException {
    List<String> lines = SyntheticLogs.lines(pretraining(7));
    lines.subList(900, 1000).clear();

    assertThat(examine(lines).finding("forged").why()).contains("missing steps");
  }

  @Test
  void aFineTuneWithItsHeadCutAndStepsRenumberedIsFlagged() throws IOException {
    double[] losses = SyntheticLogs.losses(60, 1.6, 1.2, 0.05, 8);
    Path whole = folder.resolve("trainer_state.json");
    Files.writeString(whole, SyntheticLogs.trainerState(losses, 0));
    Path cut = folder.resolve("cut.json");
    Files.writeString(cut, SyntheticLogs.trainerState(losses, 20));

    assertThat(examine(whole).finding("forged").outcome()).isEqualTo(Outcome.CONSISTENT);
    assertThat(examine(whole).start()).isEqualTo(StartVerdict.PRETRAINED);
    assertThat(examine(cut).finding("forged").why())
        .contains("epochs against step")
        .contains("schedule phase");
    assertThat(examine(cut).start()).isEqualTo(StartVerdict.PRETRAINED);
  }

  /** Rows as a trainer writes them: a second and a bit a step, the bit never the same. */
  private static List<String> timed(long seed, java.util.function.IntToDoubleFunction clock) {
    double[] losses = SyntheticLogs.losses(300, 10.5, 3, 0.04, seed);
    List<String> lines = new ArrayList<>();
    lines.add("step,loss,wall_time");
    for (int step = 0; step < losses.length; step++) {
      lines.add(
          String.format(
              java.util.Locale.ROOT,
              "%d,%.4f,%.3f",
              step,
              losses[step],
              clock.applyAsDouble(step)));
    }
    return lines;
  }

  private static double running(int step) {
    return 1.7e9 + 1.21 * step + 0.05 * Math.abs(Math.sin(12.9898 * step));
  }

  @Test
  void clocksThatRunAreNotFlagged() throws IOException {
    assertThat(examine(timed(1, ForgeryTest::running)).finding("forged").outcome())
        .isEqualTo(Outcome.CONSISTENT);
  }

  @Test
  void aClockThatGoesBackIsFlagged() throws IOException {
    assertThat(
            examine(timed(2, step -> running(step) - (step < 150 ? 0 : 90)))
                .finding("forged")
                .why())
        .contains("at step 150 the clock stands 89 s before");
  }

  @Test
  void aComputedClockIsFlagged() throws IOException {
    assertThat(examine(timed(3, step -> 1.7e9 + 1.217 * step)).finding("forged").why())
        .contains("1.21700 s a step");
  }

  @Test
  void theHeadOfAPretrainingLogCutAndRenumberedIsATrainedStart() throws IOException {
    double[] losses = pretraining(9);
    List<String> lines =
        SyntheticLogs.lines(java.util.Arrays.copyOfRange(losses, 700, losses.length));

    assertThat(examine(lines).start()).isEqualTo(StartVerdict.PRETRAINED);
  }
}
