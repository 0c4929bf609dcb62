package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import dev.stemma.lab.Lab;
import dev.stemma.numeric.Matrix;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.RandomModel;
import dev.stemma.testing.RandomModel.Size;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the savings of large pairs cost in power: fewer dimensions of projection, fewer starts and
 * one subspace for attention's alignment, on disguised children of graded strength. The raw table
 * is written where {@code -Dstemma.power.output=FILE} says; {@code -Dstemma.power.parent=FOLDER}
 * takes another parent, {@code -Dstemma.power.width=2048} a random one of this width.
 */
class AlignmentPowerTest {
  private static final List<Double> NOISES = List.of(0.0, 0.5, 0.75, 1.0, 1.33, 1.73, 2.3, 3.2);

  @TempDir Path folder;
  private final Investigation investigation =
      new Investigation(Sources.standard(), 2, Progress.NONE);

  /** Agreement of one child of a correlation with its parent. */
  private record Row(String alignment, double correlation, String saving, double agreement) {}

  @AfterEach
  void close() {
    investigation.close();
  }

  @Test
  void savingsKeepWhatTheySay() throws IOException, URISyntaxException {
    String output = System.getProperty("stemma.power.output", "");
    int width = Integer.getInteger("stemma.power.width", 0);
    String parent = System.getProperty("stemma.power.parent", "");
    Path a =
        width > 0
            ? RandomModel.write(folder.resolve("a"), new Size(width, 352, 1, 2 * width, 0), 31)
            : parent.isEmpty() ? bundled() : Path.of(parent);
    List<Row> rows = new ArrayList<>();
    for (double noise : output.isEmpty() ? List.of(0.5, 1.0) : NOISES) {
      rows.addAll(
          byEmbeddings(a, noise, width > 0 ? List.of(width, 512) : List.of(128, 64, 32, 16)));
      if (width == 0) {
        rows.addAll(byAttention(a, noise));
      }
    }
    if (!output.isEmpty()) {
      write(Path.of(output), width > 0 ? "random weights, width " + width : a.toString(), rows);
    }
    assertThat(rows)
        .filteredOn(row -> row.correlation() > 0.85 && !row.saving().equals("16 dimensions"))
        .allSatisfy(row -> assertThat(row.agreement()).isGreaterThan(Agreements.RELATED));
  }

  private List<Row> byEmbeddings(Path parent, double noise, List<Integer> dimensions)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Alignment.Kind kind : Alignment.Kind.values()) {
      CanonicalModel a = investigation.open(parent.toString());
      CanonicalModel b =
          child(parent, noise, kind == Alignment.Kind.PERMUTATION ? "permute" : "rotate");
      SharedTokens tokens = SharedTokens.of(a, b).orElseThrow().sampled();
      for (int most : dimensions) {
        Alignment alignment = Alignment.byEmbeddings(kind, tokens, investigation.tensors(), most);
        rows.add(
            new Row(
                kind.key(), correlation(noise), most + " dimensions", agreement(alignment, a, b)));
      }
    }
    return rows;
  }

  private List<Row> byAttention(Path parent, double noise) throws IOException {
    CanonicalModel a = investigation.open(parent.toString());
    CanonicalModel b = child(parent, noise, "rotate");
    List<Matrix> ofA =
        SpectralAgreement.sum(AttentionLayer.of(a, Component.DECODER), investigation.tensors());
    List<Matrix> ofB =
        SpectralAgreement.sum(AttentionLayer.of(b, Component.DECODER), investigation.tensors());
    int width = ofA.getFirst().rows();
    List<Row> rows = new ArrayList<>();
    for (int rank : List.of(width / 4, width / 2, width)) {
      for (int starts : List.of(5, 2)) {
        Alignment alignment =
            SpectralAlignment.of(
                    SpectralAlignment.Reduced.of(ofA, rank),
                    SpectralAlignment.Reduced.of(ofB, rank),
                    starts)
                .orElseThrow();
        double agreement =
            Math.max(agreement(alignment, a, b), agreement(alignment.reversed(), a, b));
        rows.add(
            new Row(
                "spectral",
                correlation(noise),
                starts + " starts in " + rank + " directions",
                agreement));
      }
    }
    return rows;
  }

  /** The highest share of any pair of MLPs, as the test decides by. */
  private double agreement(Alignment alignment, CanonicalModel a, CanonicalModel b) {
    return Agreements.measure(
            "measured",
            alignment,
            MlpBlock.of(a, Component.DECODER),
            MlpBlock.of(b, Component.DECODER),
            investigation.tensors())
        .stream()
        .mapToDouble(Agreements.Score::share)
        .max()
        .orElse(0);
  }

  private CanonicalModel child(Path parent, double noise, String disguise) throws IOException {
    Path child = folder.resolve(disguise + noise);
    if (!Files.exists(child)) {
      new Lab(investigation::open, investigation.tensors(), Progress.NONE)
          .derive(
              parent.toString(),
              noise == 0 ? disguise : "noise:" + noise + "," + disguise,
              5,
              child,
              List.of());
    }
    return investigation.open(child.toString());
  }

  /** Of weights with relative noise with those before. */
  private static double correlation(double noise) {
    return 1 / Math.sqrt(1 + noise * noise);
  }

  private static Path bundled() throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(AlignmentPowerTest.class.getResource("/lineage/alpha")).toURI());
  }

  private static void write(Path file, String parent, List<Row> rows) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Row row : rows) {
      lines.add(
          String.format(
              Locale.ROOT,
              "{\"alignment\":\"%s\",\"correlation\":%.2f,\"saving\":\"%s\",\"agreement\":%.3f}",
              row.alignment(),
              row.correlation(),
              row.saving(),
              row.agreement()));
    }
    Files.writeString(
        file, "{\"parent\":\"" + parent + "\",\"rows\":[\n" + String.join(",\n", lines) + "\n]}\n");
  }
}
