package dev.stemma.lab.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.Investigation;
import dev.stemma.lab.Lab;
import dev.stemma.numeric.Matrix;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.Shared;
import dev.stemma.testing.TinyLlama;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
  @TempDir Path folder;
  private Investigation investigation;
  private Path base;

  @BeforeEach
  void open() throws IOException {
    investigation = new Investigation(Sources.standard(), 1, Progress.NONE);
    base = TinyLlama.write(folder.resolve("base"), 4, 1);
  }

  @AfterEach
  void close() {
    investigation.close();
  }

  private Map<String, Double> scores(Path other) {
    PeerModel a = new PeerModel(investigation.open(base.toString()), investigation.tensors());
    PeerModel b = new PeerModel(investigation.open(other.toString()), investigation.tensors());
    return Peers.all().stream()
        .collect(Collectors.toMap(Peer::id, peer -> peer.method().score(a, b)));
  }

  /** Layers of random states (the first stands for the embedding), turned in each layer. */
  private static List<Matrix> states(Random random, double turn) {
    List<Matrix> layers = new ArrayList<>();
    for (int layer = 0; layer < 3; layer++) {
      Matrix states = new Matrix(40, 2);
      for (int row = 0; row < 40; row++) {
        double x = random.nextGaussian();
        double y = random.nextGaussian();
        states.set(row, 0, (float) (Math.cos(turn) * x - Math.sin(turn) * y));
        states.set(row, 1, (float) (Math.sin(turn) * x + Math.cos(turn) * y));
      }
      layers.add(states);
    }
    return layers;
  }

  @Test
  void activationsAreComparedWhateverTheirAxes() {
    List<Matrix> states = states(new Random(1), 0);
    assertThat(RepresentationSimilarity.score(states, states(new Random(1), 1)))
        .isCloseTo(1, within(1e-5));
    assertThat(RepresentationSimilarity.score(states, states(new Random(2), 0))).isLessThan(0.3);
  }

  @Test
  void aDisguisedModelHasTheActivationsOfTheOriginal() {
    Path family = Shared.path("lineages/dev");
    String cpt = family.resolve("cpt").toString();
    assertThat(reef(cpt, family.resolve("disguised").toString())).isGreaterThan(0.99);
    assertThat(reef(cpt, family.resolve("twin").toString())).isLessThan(0.95);
  }

  private double reef(String a, String b) {
    return RepresentationSimilarity.score(
        new PeerModel(investigation.open(a), investigation.tensors()),
        new PeerModel(investigation.open(b), investigation.tensors()));
  }

  private Path derive(String how) throws IOException {
    Path out = folder.resolve("derived");
    new Lab(investigation::open, investigation.tensors(), Progress.NONE)
        .derive(base.toString(), how, 3, out, List.of());
    return out;
  }

  @Test
  void aModelIsItself() {
    Map<String, Double> scores = scores(base);
    for (String id : List.of("norm-cosine", "flattened-cosine", "pearson", "huref", "pdf")) {
      assertThat(scores.get(id)).as(id).isCloseTo(1, within(1e-5));
    }
    assertThat(scores.get("awm")).isCloseTo((1 - 0.00375) / 0.0028, within(0.1));
    assertThat(scores.get("zhu-phi-u")).isGreaterThan(600);
    assertThat(scores.get("equal-config")).isEqualTo(1);
  }

  @Test
  void permutationIsSeenThroughByInvariantsOnly() throws IOException {
    Map<String, Double> scores = scores(derive("permute"));
    // Sign flips cancel in the product of gate and up, but not in the embedding: one of HuRef's
    // three products is lost.
    assertThat(scores.get("huref")).isBetween(0.6, 0.8);
    assertThat(scores.get("pdf")).isCloseTo(1, within(1e-2));
    assertThat(scores.get("awm")).isCloseTo((1 - 0.00375) / 0.0028, within(1.0));
    assertThat(Math.abs(java.util.Objects.requireNonNull(scores.get("flattened-cosine"))))
        .isLessThan(0.3);
    assertThat(scores.get("norm-cosine")).isGreaterThan(0.95);
  }

  @Test
  void unrelatedModelsStayLowButForTheConfiguration() throws IOException {
    Map<String, Double> scores = scores(TinyLlama.write(folder.resolve("other"), 4, 2));
    assertThat(Math.abs(java.util.Objects.requireNonNull(scores.get("pearson")))).isLessThan(0.1);
    assertThat(scores.get("huref")).isLessThan(0.3);
    assertThat(scores.get("norm-cosine")).isGreaterThan(0.95);
    assertThat(scores.get("equal-config")).isEqualTo(1);
  }

  @Test
  void theAssignmentIsTheBestOfAllPermutations() {
    Random random = new Random(5);
    int[][] permutations = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    for (int round = 0; round < 200; round++) {
      Matrix values = new Matrix(3, 3);
      for (int i = 0; i < 9; i++) {
        values.data()[i] = (float) random.nextGaussian();
      }
      double best = Double.NEGATIVE_INFINITY;
      for (int[] order : permutations) {
        best = Math.max(best, total(values, order));
      }
      assertThat(total(values, LinearAssignment.largest(values))).isCloseTo(best, within(1e-9));
    }
  }

  private static double total(Matrix values, int[] columns) {
    double sum = 0;
    for (int row = 0; row < columns.length; row++) {
      sum += values.get(row, columns[row]);
    }
    return sum;
  }
}
