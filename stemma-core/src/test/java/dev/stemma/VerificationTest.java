package dev.stemma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.Fingerprinting;
import dev.stemma.lab.Lab;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.RandomModel;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
  private static final RandomModel.Size SIZE = new RandomModel.Size(64, 160, 3, 600, 0);

  @TempDir Path folder;

  private void add(Catalogue catalogue, Investigation investigation, Path model) {
    var canonical = investigation.open(model.toString());
    catalogue.put(
        CatalogueEntry.of(
            canonical, model.toString(), Fingerprinting.of(canonical, investigation.tensors(), 2)));
  }

  @Test
  void theSourceIsFoundAndWhatCannotBeOpenedIsNamed() throws Exception {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE);
        Catalogue catalogue = Catalogue.open(folder.resolve("c.db"))) {
      Path source = RandomModel.write(folder.resolve("source"), SIZE, 1);
      add(catalogue, investigation, source);
      for (int seed = 2; seed < 5; seed++) {
        add(catalogue, investigation, RandomModel.write(folder.resolve("s" + seed), SIZE, seed));
      }
      Lab lab = new Lab(investigation::open, investigation.tensors(), Progress.NONE);
      Path suspect = folder.resolve("suspect");
      lab.derive(source.toString(), "noise:0.1,permute", 3, suspect, List.of());
      Path gone = folder.resolve("gone");
      lab.derive(source.toString(), "noise:0.05", 4, gone, List.of());
      add(catalogue, investigation, gone);
      Lab.delete(gone);

      Verification verification = new Verification(investigation, catalogue, 2, what -> {});
      Report report = verification.verify(suspect.toString(), 3, null, "verify").report();
      Verdict verdict = Objects.requireNonNull(report.verdict());
      Report.Searched searched = Objects.requireNonNull(report.searched());
      assertThat(verdict.relation()).isEqualTo(Relation.DERIVED);
      assertThat(report.a().reference()).isEqualTo(source.toString());
      assertThat(searched.models()).isEqualTo(5);
      assertThat(searched.shortlist()).contains(source.toString(), gone.toString());
      assertThat(report.notTested()).anyMatch(not -> not.id().equals("catalogue:" + gone));
      assertThat(report.controls()).isNotEmpty();

      Path stranger = RandomModel.write(folder.resolve("stranger"), SIZE, 99);
      Verdict none =
          Objects.requireNonNull(
              verification.verify(stranger.toString(), 2, null, "verify").report().verdict());
      assertThat(none.relation()).isNotIn(Relation.DERIVED, Relation.IDENTICAL);
    }
  }

  @Test
  void anEmptyCatalogueIsSaidNotSearched() throws Exception {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE);
        Catalogue catalogue = Catalogue.open(folder.resolve("c.db"))) {
      Path model = RandomModel.write(folder.resolve("m"), SIZE, 1);
      assertThatThrownBy(() ->
              new Verification(investigation, catalogue, 2, what -> {})
                  .verify(model.toString(), 3, null, "verify"))
          .isInstanceOf(ArtifactException.class)
          .hasMessageContaining("stemma catalogue add");
    }
  }
}
