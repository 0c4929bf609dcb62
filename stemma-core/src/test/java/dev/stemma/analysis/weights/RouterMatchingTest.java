package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.artifact.Component;
import dev.stemma.engine.LocalEngine;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.ExpertModel;
import dev.stemma.testing.ExpertModel.Shape;
import dev.stemma.testing.RandomModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routers' rows under any order of the experts: seen in copies, silent between independents. */
class RouterMatchingTest {
  private static final Shape SMALL = new Shape("solar_open", 64, 16, 3, 0, 8, 64);

  @TempDir Path folder;
  private final LocalBytes bytes = new LocalBytes();
  private final LocalEngine engine = new LocalEngine(2, new TensorReader(bytes));

  @AfterEach
  void close() {
    engine.close();
    bytes.close();
  }

  @Test
  void aShuffledChildIsSeenAndItsExpertsAreNamed() throws IOException {
    Path parent = ExpertModel.write(folder.resolve("parent"), SMALL, 1);
    Path child = ExpertModel.shuffled(folder.resolve("child"), SMALL, 1, 0.3);
    Measured found = measured(run(new RouterMatching(), parent, child));
    assertThat(found.supports()).isEqualTo(Measured.Supports.DERIVATION);
    assertThat(found.log10p()).isLessThan(-15);
    assertThat(found.value("cosine.paired", 0)).isBetween(0.85, 1.0);
    assertThat(found.value("cosine.others", 1)).isBetween(-0.3, 0.1);
    assertThat(found.value("experts.kept-number", 1)).isLessThan(0.5);
    // The pairs are those that the MLPs show.
    Measured byNeurons = measured(run(new NeuronMatching(), parent, child));
    int compared = 0;
    for (int layer = 0; layer < SMALL.layers(); layer++) {
      for (int expert = 0; expert < SMALL.experts(); expert++) {
        assertThat(found.value(RouterPairs.key(layer, expert), -1))
            .isEqualTo(byNeurons.value("link." + layer + "." + expert, -2));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(24);
    assertThat(byNeurons.figures())
        .filteredOn(Figure.ExpertMap.class::isInstance)
        .map(figure -> ((Figure.ExpertMap) figure).panels().size())
        .containsExactly(3);
  }

  @Test
  void independentModelsGiveUniformOrConservativePValues() throws IOException {
    List<CanonicalModel> models = new ArrayList<>();
    for (int seed = 0; seed < 30; seed++) {
      // Outlier channels, low rank, heavy tails and common gains: what could fool the test.
      models.add(
          open(
              RandomModel.write(
                  folder.resolve("m" + seed),
                  new RandomModel.Size(32, 24, 2, 100, 4),
                  500 + seed)));
    }
    int pairs = 0;
    int[] below = new int[3];
    double[] levels = {0.05, 0.01, 0.001};
    for (int a = 0; a < models.size(); a++) {
      for (int b = 0; b < a; b++) {
        Measured found =
            measured(
                engine.run(
                    new RouterMatching(),
                    new Pair(models.get(a), models.get(b), Scope.PLANNED),
                    Progress.NONE));
        double log10p = java.util.Objects.requireNonNull(found.log10p());
        pairs++;
        for (int level = 0; level < levels.length; level++) {
          below[level] += log10p <= Math.log10(levels[level]) ? 1 : 0;
        }
      }
    }
    assertThat(pairs).isEqualTo(435);
    for (int level = 0; level < levels.length; level++) {
      assertThat(below[level]).isLessThanOrEqualTo(3 + (int) (1.5 * pairs * levels[level]));
    }
  }

  @Test
  void ofManyExpertsThoseAreComparedThatRoutersPair() throws IOException {
    Shape many = new Shape("glm4_moe", 64, 16, 4, 1, 64, 64);
    Path parent = ExpertModel.write(folder.resolve("parent"), many, 5);
    Path child = ExpertModel.shuffled(folder.resolve("child"), many, 5, 0.2);
    Pair blind = new Pair(open(parent), open(child), Scope.PLANNED);
    Pair informed = blind.knowing(engine.run(new RouterMatching(), blind, Progress.NONE));
    long blindBytes = bytes(new NeuronMatching().plan(blind));
    long informedBytes = bytes(new NeuronMatching().plan(informed));
    assertThat(informedBytes).isLessThan(blindBytes / 2);
    Measured without = measured(engine.run(new NeuronMatching(), blind, Progress.NONE));
    Measured with = measured(engine.run(new NeuronMatching(), informed, Progress.NONE));
    assertThat(routed(with)).isGreaterThanOrEqualTo(24);
    assertThat(routed(with)).isGreaterThan(3 * routed(without));
  }

  @Test
  void whatCannotBeComparedSaysWhy() throws IOException {
    Path dense = RandomModel.write(folder.resolve("d"), new RandomModel.Size(64, 96, 2, 99, 0), 1);
    Path wide =
        ExpertModel.write(folder.resolve("w"), new Shape("solar_open", 96, 16, 2, 0, 8, 64), 2);
    Path small = ExpertModel.write(folder.resolve("s"), SMALL, 3);
    assertThat(why(dense, dense)).isEqualTo("neither model has routers");
    assertThat(why(dense, small)).isEqualTo("only one model has routers");
    assertThat(why(wide, small)).contains("unequal");
  }

  private String why(Path a, Path b) {
    return ((NotApplicable) run(new RouterMatching(), a, b).getFirst()).why();
  }

  private static long routed(Measured found) {
    return found.values().entrySet().stream()
        .filter(value -> value.getKey().matches("link\\.\\d+\\.\\d+"))
        .count();
  }

  private static long bytes(List<NeuronMatching.Unit> units) {
    return units.stream().mapToLong(NeuronMatching.Unit::bytes).sum();
  }

  private static Measured measured(List<Evidence> evidence) {
    return evidence.stream()
        .filter(found -> found.component() == Component.DECODER)
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .findFirst()
        .orElseThrow(() -> new AssertionError(evidence));
  }

  private List<Evidence> run(dev.stemma.analysis.Analysis<?, ?> analysis, Path a, Path b) {
    return engine.run(analysis, new Pair(open(a), open(b), Scope.PLANNED), Progress.NONE);
  }

  private CanonicalModel open(Path model) {
    return Families.canonicalise(
        new ModelReader().read(Sources.standard().resolve(model.toString(), Progress.NONE), bytes));
  }
}
