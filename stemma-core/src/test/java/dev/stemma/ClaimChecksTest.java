package dev.stemma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.analysis.training.CheckpointTrail;
import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.Examination;
import dev.stemma.analysis.training.Run;
import dev.stemma.analysis.training.reading.ClaimsReader;
import dev.stemma.analysis.training.reading.TrainingLogs;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Model;
import dev.stemma.format.ModelReader;
import dev.stemma.report.Report.Claim;
import dev.stemma.report.Report.Claim.Outcome;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.TinyLlama;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims against files and logs that are known. */
class ClaimChecksTest {
  @TempDir Path folder;

  private Claims claims(String yaml) throws IOException {
    return ClaimsReader.read(Files.writeString(folder.resolve("claims.yaml"), yaml));
  }

  private Model model() throws IOException {
    Path path = TinyLlama.write(folder.resolve("model"), 2, 1);
    try (LocalBytes bytes = new LocalBytes()) {
      return new ModelReader()
          .read(Sources.standard().resolve(path.toString(), Progress.NONE), bytes);
    }
  }

  private Examination log(double first, Claims claims) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int step = 0; step <= 100; step++) {
      double noise = 0.02 * new java.util.Random(step).nextGaussian();
      lines.append(
          "step:%d train_loss:%.4f%n"
              .formatted(step, first * Math.exp(-step / 200.0) + (step == 0 ? 0 : noise)));
    }
    Path file = Files.writeString(folder.resolve("log.txt"), lines.toString());
    return Examination.of(
        new Run(
            TrainingLogs.read(file).getFirst(), OptionalInt.of(40), claims, CheckpointTrail.NONE));
  }

  private static Outcome outcome(List<Claim> claims, String name) {
    return claims.stream()
        .filter(claim -> claim.claim().startsWith(name))
        .findFirst()
        .orElseThrow()
        .outcome();
  }

  @Test
  void countsAreHeldAgainstTheFiles() throws IOException {
    // Embedding and head 640 each, final norm 16, and two layers of 1,952.
    Claims right = claims("parameters: 5200\nvocab_size: 40\nsteps: 100\n");
    Claims wrong = claims("parameters: 7B\nvocab_size: 50\nsteps: 90000\n");

    List<Claim> supported = checked(right, model(), List.of(log(3.7, right)), null);
    assertThat(supported).extracting(Claim::outcome).containsOnly(Outcome.SUPPORTED);
    List<Claim> refuted = checked(wrong, model(), List.of(log(3.7, wrong)), null);
    assertThat(refuted).extracting(Claim::outcome).containsOnly(Outcome.CONTRADICTED);
  }

  @Test
  void fromScratchIsNeverSupportedByAbsence() throws IOException {
    Claims claims = claims("from_scratch: true\n");

    assertThat(checked(claims, null, List.of(), null).getFirst().outcome())
        .isEqualTo(Outcome.NOT_TESTED);
    Claim consistent = checked(claims, null, List.of(log(3.7, claims)), null).getFirst();
    assertThat(consistent.outcome()).isEqualTo(Outcome.NOT_TESTED);
    assertThat(consistent.because().getFirst()).contains("consistent with random");
    assertThat(checked(claims, null, List.of(log(1.2, claims)), null).getFirst().outcome())
        .isEqualTo(Outcome.CONTRADICTED);
  }

  @Test
  void computeClaimsStandAndFallTogether() throws IOException {
    String base = "active: 12B\ntokens: 19.7T\nhardware: B200\ncount: 480\n";
    List<Claim> usual = checked(claims(base + "days: 51\n"), null, List.of(), null);
    List<Claim> impossible = checked(claims(base + "days: 5\n"), null, List.of(), null);

    assertThat(outcome(usual, "days")).isEqualTo(Outcome.SUPPORTED);
    assertThat(outcome(usual, "hardware")).isEqualTo(Outcome.SUPPORTED);
    assertThat(outcome(usual, "tokens")).isEqualTo(Outcome.NOT_TESTED);
    assertThat(outcome(impossible, "days")).isEqualTo(Outcome.CONTRADICTED);
  }

  /** The work is counted with the model's own size where the claimed one is false. */
  @Test
  void aFalseSizeDoesNotCarryTheComputeClaims() throws IOException {
    Claims claims = claims("active: 12B\ntokens: 19.7T\nhardware: B200\ncount: 480\ndays: 51\n");
    List<Claim> checked = checked(claims, model(), List.of(), null);

    assertThat(outcome(checked, "active")).isEqualTo(Outcome.CONTRADICTED);
    assertThat(outcome(checked, "days")).isEqualTo(Outcome.CONTRADICTED);
  }

  @Test
  void aCutoffIsHeldAgainstTheScan() throws IOException {
    ClaimMaterial.Cutoff seen =
        new ClaimMaterial.Cutoff("m", YearMonth.of(2024, 3), YearMonth.of(2024, 8));
    for (String[] row :
        new String[][] {
          {"2024-06", "SUPPORTED"},
          {"2024-06-30", "SUPPORTED"},
          {"2023-12", "CONTRADICTED"},
          {"2025-01", "NOT_TESTED"},
          {"lately", "NOT_TESTED"}
        }) {
      ClaimMaterial material =
          new ClaimMaterial(claims("cutoff: " + row[0] + "\n"), List.of(), Optional.of(seen));
      assertThat(ClaimChecks.of(material, null, null).getFirst().outcome().name())
          .as(row[0])
          .isEqualTo(row[1]);
    }
  }

  @Test
  void whatCannotBeReadIsNamed() throws IOException {
    Claims claims = claims("colour: blue\nfrom_scratch: maybe\ntokens: many\nactive: 12B\n");
    assertThat(claims.notes())
        .extracting(note -> note.place())
        .containsExactly("line 1", "line 2", "line 3");
    assertThat(claims.fromScratch()).isEmpty();
    assertThatThrownBy(() -> claims("a: [1, 2\n"))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("line 2")
        .hasMessageNotContaining("u{a}");
    assertThatThrownBy(() -> ClaimsReader.read(folder.resolve("none.yaml")))
        .hasMessageContaining("nothing there");
  }

  private static List<Claim> checked(
      Claims claims, @Nullable Model model, List<Examination> logs, @Nullable Verdict verdict) {
    return ClaimChecks.of(new ClaimMaterial(claims, logs, Optional.empty()), model, verdict);
  }
}
