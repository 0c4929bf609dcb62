package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.analysis.weights.CostPlan;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Measured;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.ExpertModel;
import dev.stemma.testing.ExpertModel.Shape;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of many experts as Solar and GLM have them, of unequal width and depth, end to end. */
class MixtureOfExpertsTest {
  private static final Shape SOLAR = new Shape("solar_open", 128, 48, 5, 0, 32, 256);
  private static final Shape GLM = new Shape("glm4_moe", 160, 56, 4, 1, 48, 256);

  @TempDir Path folder;

  @Test
  void aChildIsFoundAndTheOtherFamilyIsNotAccused() throws IOException {
    Path solar = ExpertModel.write(folder.resolve("solar"), SOLAR, 1);
    Path glm = ExpertModel.write(folder.resolve("glm"), GLM, 2);
    Path twin = ExpertModel.write(folder.resolve("twin"), SOLAR, 3);
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      Path child = folder.resolve("child");
      new Lab(investigation::open, investigation.tensors(), Progress.NONE)
          .derive(glm.toString(), "noise:0.1", 4, child, List.of());
      assertThat(relation(compare(investigation, glm, child))).isEqualTo(Relation.DERIVED);
      Path shuffled = ExpertModel.shuffled(folder.resolve("shuffled"), SOLAR, 1, 0.3);
      Report ofShuffled = compare(investigation, solar, shuffled);
      assertThat(relation(ofShuffled)).isEqualTo(Relation.DERIVED);
      assertThat(ofShuffled.evidence())
          .filteredOn(found -> found.id().equals("weights.router-matching"))
          .allMatch(found ->
              found instanceof Measured measured
                  && measured.supports() == Measured.Supports.DERIVATION);
      assertThat(relation(compare(investigation, solar, glm))).isEqualTo(Relation.NO_EVIDENCE);
      assertThat(relation(compare(investigation, solar, twin))).isEqualTo(Relation.NO_EVIDENCE);
    }
  }

  private static Relation relation(Report report) {
    return Objects.requireNonNull(report.verdict()).components().stream()
        .filter(component -> component.component() == Component.DECODER)
        .map(ComponentVerdict::relation)
        .findFirst()
        .orElseThrow();
  }

  private static Report compare(Investigation investigation, Path a, Path b) {
    Report report =
        investigation.compare(
            new Investigation.Request(
                a.toString(), b.toString(), List.of(), List.of(), Scope.PLANNED, "test"));
    CostPlan plan = Objects.requireNonNull(report.plan());
    assertThat(plan.steps()).isNotEmpty();
    return report;
  }
}
