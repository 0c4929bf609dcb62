package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.format.TensorReader;
import dev.stemma.lab.Lab;
import dev.stemma.report.Report;
import dev.stemma.report.Texts;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.testing.BundledFamily;
import dev.stemma.verdict.ComponentVerdict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The strengths that planted copies are found to are those at which the lab's children are. */
class PlantedCopiesTest {
  @TempDir Path folder;

  private BundledFamily family;

  @BeforeEach
  void open() {
    family = new BundledFamily(folder);
  }

  @AfterEach
  void close() {
    family.close();
  }

  @Test
  void whatIsPlantedIsSeenAsTheLabsChildrenAre() throws IOException {
    Report report = family.compare(BundledFamily.model("alpha"), BundledFamily.model("twin"));
    Measured planted = planted(report.evidence(), Component.DECODER).orElseThrow();
    int layer = (int) planted.value("layer", -1);
    agree(planted, new NeuronMatching(), NeuronMatching.ID, "", layer);
    agree(planted, new NeuronRelations(), NeuronRelations.ID, "", layer);
    agree(planted, new NeuronAgreement(), NeuronAgreement.ID + ".permutation", ",permute", layer);
    agree(planted, new NeuronAgreement(), NeuronAgreement.ID + ".procrustes", ",rotate", layer);
    agree(planted, new SpectralAgreement(), SpectralAgreement.ID, ",rotate,permute", layer);
  }

  /** Seen with two thirds of the drift, unseen with two grades more. */
  private void agree(
      Measured planted, Analysis<?, ?> analysis, String key, String disguise, int layer)
      throws IOException {
    double seen = planted.value("drift." + key, -1);
    assertThat(seen).as(key).isGreaterThanOrEqualTo(0.3);
    assertThat(proves(analysis, seen / 1.5, disguise, layer)).as(key + " within").isTrue();
    if (seen <= 1.4) {
      assertThat(proves(analysis, 2 * seen, disguise, layer)).as(key + " beyond").isFalse();
    }
  }

  private boolean proves(Analysis<?, ?> analysis, double drift, String disguise, int layer)
      throws IOException {
    Path child = folder.resolve(analysis.id() + drift + disguise);
    new Lab(family.investigation()::open, family.investigation().tensors(), Progress.NONE)
        .derive(BundledFamily.model("alpha"), "noise:" + drift + disguise, 21, child, List.of());
    CanonicalModel a = family.investigation().open(BundledFamily.model("alpha"));
    Scope scope = new Scope(new TreeSet<>(List.of(layer)), false);
    return family
        .investigation()
        .engine()
        .run(
            analysis,
            new Pair(a, family.investigation().open(child.toString()), scope),
            Progress.NONE)
        .stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .anyMatch(found -> found.supports() == Measured.Supports.DERIVATION);
  }

  @Test
  void theReportSaysItInBothLanguagesAndTwiceTheSame() throws IOException {
    ComponentVerdict decoder =
        BundledFamily.decoder(
            family.compare(BundledFamily.model("alpha"), BundledFamily.model("twin")));
    String power = Objects.requireNonNull(decoder.power());
    assertThat(power).contains("planted").contains("Permuted and flipped they are seen up to");
    assertThat(
            BundledFamily.decoder(
                    family.compare(BundledFamily.model("alpha"), BundledFamily.model("twin")))
                .power())
        .isEqualTo(power);
    assertThat(Texts.of("ko").sentences(power)).doesNotContain("planted").contains("까지 보인다");
  }

  @Test
  void nothingIsPlantedWhereARelationIsFound() throws IOException {
    assertThat(
            planted(
                family
                    .compare(BundledFamily.model("alpha"), BundledFamily.model("sameinit"))
                    .evidence(),
                Component.DECODER))
        .isEmpty();
  }

  @Test
  void noiseIsTheSameWhicheverRunIsRead() {
    float[] zeros = new float[50_000];
    TensorView view =
        new TensorView.Noised(new TensorView.Literal(zeros, Shape.of(100, 500)), 0.5, 7, 0);
    try (LocalBytes bytes = new LocalBytes()) {
      TensorReader reader = new TensorReader(bytes);
      float[] all = reader.readAll(view);
      float[] run = new float[777];
      reader.read(new TensorView.Rows(view, 3, 90), 501, 777, run, 0);
      assertThat(run).containsExactly(java.util.Arrays.copyOfRange(all, 2001, 2778));
      double sum = 0;
      double squares = 0;
      for (float value : all) {
        sum += value;
        squares += value * value;
      }
      assertThat(sum / all.length).isBetween(-0.01, 0.01);
      assertThat(Math.sqrt(squares / all.length)).isBetween(0.49, 0.51);
    }
  }

  private static java.util.Optional<Measured> planted(
      List<Evidence> evidence, Component component) {
    return evidence.stream()
        .filter(found -> found.id().equals(PlantedCopies.ID) && found.component() == component)
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .findFirst();
  }
}
