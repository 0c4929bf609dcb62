package dev.stemma.analysis.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.analysis.training.TrainingLog.Window;
import dev.stemma.analysis.training.reading.ClaimsReader;
import dev.stemma.analysis.training.reading.TrainingLogs;
import dev.stemma.artifact.ArtifactException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every format gives the same record; defects are named with their place, the rest is read. */
class ReadersTest {
  @TempDir Path folder;

  private TrainingLog read(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, text);
    return TrainingLogs.read(file).getFirst();
  }

  @Test
  void plainTextWithUnitsTotalsAndEvaluations() throws IOException {
    TrainingLog log =
        read(
            "train.txt",
            """
            import torch
            step:0/6200 val_loss:10.9264 train_time:285ms step_avg:nanms
            step:1/6200 train_loss:10.9184 train_time:74701ms step_avg:nanms
            step:2/6200 train_loss:8.6834 train_time:75965ms step_avg:nanms
            """);

    assertThat(log.losses()).containsExactly(10.9184, 8.6834);
    assertThat(log.rows().getFirst().wallSeconds()).isBetween(74.7, 74.702);
    assertThat(log.evaluations()).containsExactly(new Evaluation(0, 10.9264, 2));
    assertThat(log.problems()).isEmpty();
  }

  @Test
  void otherProgramsLines() throws IOException {
    assertThat(read("a.log", "iter 0: loss 10.95, time 12.00ms\niter 1: loss 9.5\n").losses())
        .containsExactly(10.95, 9.5);
    assertThat(
            read(
                    "b.log",
                    " iteration  10/ 500 | learning rate: 1.0E-06 | lm loss: 1.08E+01 |"
                        + " grad norm: 2.1 |\n")
                .rows()
                .getFirst())
        .matches(row -> row.loss() == 10.8 && row.learningRate() == 1e-6 && row.step() == 10)
        .matches(row -> row.gradientNorm() == 2.1);
    assertThat(read("c.log", "step    1/19560 | loss 11.0 (+nanz)| norm 15.3 | lr 1e-6\n").losses())
        .containsExactly(11.0);
  }

  @Test
  void wandbTableWithTwoRuns() throws IOException {
    Path file = folder.resolve("wandb.csv");
    Files.writeString(
        file,
        """
        "Step","one - train/loss","one - train/loss__MIN","two - train/loss"
        "0","10.9","10.9","2.5"
        "1","10.1","10.1",""
        "2","9.7","9.7","2.4"
        """);

    var logs = TrainingLogs.read(file);

    assertThat(logs).hasSize(2);
    assertThat(logs.getFirst().losses()).containsExactly(10.9, 10.1, 9.7);
    assertThat(logs.getLast().losses()).containsExactly(2.5, 2.4);
    assertThat(logs.getFirst().firstWindow()).isEqualTo(Window.UNKNOWN);
  }

  @Test
  void defectsAreNamedWithTheirLineAndTheRestIsRead() throws IOException {
    TrainingLog log =
        read(
            "log.csv",
            """
            step,loss,lr
            0,10.9,1e-4
            1,nan,1e-4
            2,9.0
            3,8.5,0.01%
            2,8.0,1e-4
            """);

    assertThat(log.losses()).containsExactly(10.9, 8.0, 8.5);
    assertThat(log.resumes()).containsExactly(2L);
    assertThat(log.problems())
        .extracting(Problem::place)
        .contains("line 3", "line 4", "line 5", "line 6");
  }

  @Test
  void jsonLinesAndTruncatedDocument() throws IOException {
    TrainingLog lines =
        read(
            "log.jsonl",
            """
            {"step":1,"train":{"loss":10.5}}
            {broken
            {"step":2,"train":{"loss":9.5}}
            """);
    TrainingLog document =
        read(
            "trainer_state.json",
            "{\"log_history\":[\n{\"step\":1,\"loss\":1.5},\n{\"step\":2,\"loss\":1.4},\n{\"st");

    assertThat(lines.losses()).containsExactly(10.5, 9.5);
    assertThat(lines.problems()).extracting(Problem::place).containsExactly("line 2");
    assertThat(document.losses()).containsExactly(1.5, 1.4);
    assertThat(document.problems()).extracting(Problem::place).containsExactly("line 4");
  }

  @Test
  void deepNestingIsRefusedAndNamed() throws IOException {
    TrainingLog log =
        read("log.jsonl", "{\"step\":1,\"loss\":2}\n{\"a\":" + "[".repeat(5000) + "}\n");

    assertThat(log.losses()).containsExactly(2.0);
    assertThat(log.problems()).hasSize(1);
  }

  @Test
  void eventFilesWithWrongChecksumAndTruncation() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int step = 0; step < 4; step++) {
      byte[] frame = frame(event(step, 10.5f - step));
      if (step == 1) {
        frame[20] ^= 1;
      }
      bytes.write(frame);
    }
    bytes.write(frame(event(4, 6)), 0, 20);
    Path file = folder.resolve("events.out.tfevents.1");
    Files.write(file, bytes.toByteArray());
    TrainingLog log = TrainingLogs.read(file).getFirst();

    assertThat(log.losses()).containsExactly(10.5, 8.5, 7.5);
    assertThat(log.problems()).hasSize(2);
    assertThat(log.problems().getFirst().found()).contains("another checksum");
    assertThat(log.problems().getLast().found()).contains("truncated");
  }

  @Test
  void aDamagedLengthIsPassedOver() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int step = 0; step < 4; step++) {
      byte[] frame = frame(event(step, 10.5f - step));
      if (step == 1) {
        frame[3] = 0x7F;
      }
      bytes.write(frame);
    }
    Path file = folder.resolve("events.out.tfevents.2");
    Files.write(file, bytes.toByteArray());

    assertThat(TrainingLogs.read(file).getFirst().losses()).containsExactly(10.5, 8.5, 7.5);
  }

  @Test
  void whatIsNoLogIsAnError() throws IOException {
    Path file = folder.resolve("poem.txt");
    Files.writeString(file, "no numbers here\n");

    assertThatThrownBy(() -> TrainingLogs.read(file)).isInstanceOf(ArtifactException.class);
  }

  @Test
  void claimsWithUnitsNestingAndUnknownKeys() throws IOException {
    Path file = folder.resolve("claims.yaml");
    Files.writeString(
        file,
        """
        active: 12B
        tokens: 19.7T
        from-scratch: yes
        compute:
          hardware: NVIDIA B200
          count: 480
          days: 51
        mood: good
        """);
    Claims claims = ClaimsReader.read(file);
    Compute compute = Compute.of(claims);

    assertThat(claims.fromScratch()).contains(true);
    assertThat(compute.flop().orElse(0)).isBetween(1.41e24, 1.43e24);
    assertThat(compute.mfu().orElse(0)).isBetween(0.295, 0.305);
    assertThat(claims.notes()).extracting(Problem::place).containsExactly("line 8");
  }

  @Test
  void hostileClaimsAreRefused() throws IOException {
    Path file = folder.resolve("claims.yaml");
    Files.writeString(file, "a: " + "[".repeat(100_000));
    assertThatThrownBy(() -> ClaimsReader.read(file)).isInstanceOf(ArtifactException.class);
    Files.writeString(file, "a: &x [1]\nb: *x\n");
    assertThatThrownBy(() -> ClaimsReader.read(file)).isInstanceOf(ArtifactException.class);
  }

  @Test
  void divergenceFromATeacherIsInconclusive() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int step = 1; step <= 40; step++) {
      text.append(
          "{\"step\":" + step + ",\"loss\":" + 2.5 / step + ",\"epoch\":" + step / 80.0 + "}\n");
    }
    Examination run =
        Examination.of(
            new Run(
                read("kl.jsonl", text.toString()),
                OptionalInt.of(2048),
                Claims.NONE,
                CheckpointTrail.NONE));

    assertThat(run.start()).isEqualTo(StartVerdict.INCONCLUSIVE);
    assertThat(run.findings()).noneMatch(finding -> finding.outcome() == Outcome.CONTRADICTION);
  }

  private static byte[] event(long step, float loss) {
    byte[] tag = "train/loss".getBytes(StandardCharsets.UTF_8);
    byte[] value = new byte[2 + tag.length + 5];
    little(value).put((byte) 0x0A).put((byte) tag.length).put(tag).put((byte) 0x15).putFloat(loss);
    byte[] event = new byte[9 + 2 + 4 + value.length];
    ByteBuffer fields = little(event);
    fields.put((byte) 0x09).putDouble(1.7e9 + step).put((byte) 0x10).put((byte) step);
    fields.put((byte) 0x2A).put((byte) (value.length + 2));
    fields.put((byte) 0x0A).put((byte) value.length).put(value);
    return event;
  }

  private static byte[] frame(byte[] data) {
    byte[] frame = new byte[16 + data.length];
    ByteBuffer fields = little(frame);
    fields.putLong(data.length);
    fields.putInt(masked(frame, 0, 8)).put(data).putInt(masked(data, 0, data.length));
    return frame;
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int masked(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
