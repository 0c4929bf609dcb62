package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.analysis.Analyses;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.ByteRange;
import dev.stemma.report.Report;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.EmptyModel;
import dev.stemma.testing.RandomModel;
import dev.stemma.testing.RandomModel.Size;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models over 20 GB are compared by under 3% of their bytes, and what that cannot say is said. */
class EconomyTest {
  private static final Scope SMALL_AS_LARGE = Scope.PLANNED.bounded(0, 0.6);

  @TempDir Path folder;

  @Test
  void underThreePercentOfLargeModels() throws IOException {
    List<Path> models =
        List.of(
            EmptyModel.llama(folder.resolve("13b"), 5120, 13824, 40, 5120, 32000),
            EmptyModel.llama(folder.resolve("34b"), 7168, 20480, 60, 1024, 64000),
            EmptyModel.llama(folder.resolve("70b"), 8192, 28672, 80, 1024, 128256),
            EmptyModel.llama(folder.resolve("70b-pruned"), 8192, 28672, 64, 1024, 128256),
            EmptyModel.llama(folder.resolve("70b-narrowed"), 8192, 22016, 80, 1024, 128256),
            EmptyModel.llama(folder.resolve("few-layers"), 16384, 53248, 8, 1024, 32000),
            EmptyModel.experts(folder.resolve("30b-experts"), 2048, 768, 48, 128, 151936));
    for (int index = 0; index < models.size(); index++) {
      for (Path other : Set.of(models.get(index), models.get(Math.max(2, index) % 5))) {
        CostPlan plan = plan(models.get(index), other, Scope.PLANNED);
        String pair = models.get(index).getFileName() + " " + other.getFileName();
        assertThat(plan.economical()).as(pair).isTrue();
        assertThat(plan.share()).as(pair).isGreaterThan(0.001).isLessThan(0.03);
        assertThat(plan.distinctBytes()).as(pair).isLessThanOrEqualTo(plan.bytes());
      }
    }
  }

  @Test
  void onlyLargeModelsAndOnlyUnlessMoreIsAskedFor() throws IOException {
    Path small = EmptyModel.llama(folder.resolve("8b"), 4096, 14336, 32, 1024, 128256);
    Path large = EmptyModel.llama(folder.resolve("13b"), 5120, 13824, 40, 5120, 32000);
    assertThat(plan(small, small, Scope.PLANNED).economical()).isFalse();
    assertThat(plan(small, large, Scope.PLANNED).economical()).isTrue();
    assertThat(plan(large, large, new Scope(new TreeSet<>(), true)).economical()).isFalse();
    CostPlan chosen = plan(large, large, new Scope(new TreeSet<>(List.of(10, 20)), false));
    assertThat(chosen.economical()).isFalse();
    assertThat(chosen.distinctBytes()).isLessThan(chosen.bytes());
  }

  /** Values are zero, but all tests run and every byte that they ask for counts. */
  @Test
  void noMoreIsReadThanPlanned() throws IOException {
    Path a = EmptyModel.llama(folder.resolve("a"), 1088, 2048, 40, 256, 4000);
    Path b = EmptyModel.llama(folder.resolve("b"), 1088, 2048, 40, 256, 4000);
    for (Scope scope :
        List.of(
            Scope.PLANNED.bounded(100_000_000, 0.03),
            Scope.PLANNED,
            new Scope(new TreeSet<>(List.of(10, 30)), false))) {
      AskedBytes bytes = new AskedBytes();
      CostPlan plan = Objects.requireNonNull(compare(a, b, scope, bytes).plan());
      assertThat(plan.economical()).isEqualTo(scope.bound().share() == 0.03 && scope != Scope.PLANNED
          && scope.layers().isEmpty());
      assertThat(bytes.tensors.total()).isGreaterThan(0).isLessThanOrEqualTo(plan.distinctBytes());
    }
  }

  /** All of what is given up: whole layers, most rows, most neurons. */
  @Test
  void aChildIsSeenAndIndependentModelsAreNot() throws IOException, URISyntaxException {
    Path alpha = resource("alpha");
    for (String other : List.of("twin", "sameinit")) {
      Report report = compare(alpha, resource(other), SMALL_AS_LARGE, new LocalBytes());
      assertThat(Objects.requireNonNull(report.plan()).economical()).isTrue();
      assertThat(Objects.requireNonNull(report.verdict()).relation())
          .as(other)
          .isEqualTo(other.equals("twin") ? Relation.NO_EVIDENCE : Relation.SHARED_ANCESTOR);
    }
  }

  /** A model and itself: no difference was seen, and that is not that there is none. */
  @Test
  void aSampleNeverProvesIdentity() throws IOException {
    Path a = RandomModel.write(folder.resolve("random"), new Size(64, 96, 4, 600, 0), 5);
    Report report = compare(a, a, SMALL_AS_LARGE, new LocalBytes());
    assertThat(Objects.requireNonNull(report.verdict()).relation()).isEqualTo(Relation.DERIVED);
    assertThat(Objects.requireNonNull(report.verdict()).components())
        .allSatisfy(component -> assertThat(component.relation()).isNotEqualTo(Relation.IDENTICAL));
    assertThat(compare(a, a, Scope.PLANNED, new LocalBytes()).verdict())
        .satisfies(verdict -> assertThat(verdict.relation()).isEqualTo(Relation.IDENTICAL));
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(
        Objects.requireNonNull(EconomyTest.class.getResource("/lineage/" + name)).toURI());
  }

  /** Which bytes of tensors were asked for: of safetensors files, after their headers. */
  private static final class AskedBytes implements ByteSource {
    private final LocalBytes files = new LocalBytes();
    private final DistinctBytes tensors = new DistinctBytes();
    private boolean planned;

    @Override
    public MemorySegment read(ByteRange range) {
      synchronized (tensors) {
        if (planned) {
          tensors.add(range);
        }
      }
      return files.read(range);
    }

    @Override
    public void close() {
      files.close();
    }
  }

  private static Report compare(Path a, Path b, Scope scope, ByteSource bytes) {
    try (Investigation investigation =
        new Investigation(Sources.standard(), bytes, 2, Progress.NONE)) {
      return investigation.compare(
          new Investigation.Request(
              a.toString(),
              b.toString(),
              List.of(),
              List.of(),
              scope,
              "test",
              plan -> {
                if (bytes instanceof AskedBytes asked) {
                  asked.planned = true;
                }
              }));
    }
  }

  private static CostPlan plan(Path a, Path b, Scope scope) {
    try (Investigation investigation =
        new Investigation(Sources.standard(), 1, Progress.NONE)) {
      return CostPlan.of(
          new Pair(investigation.open(a.toString()), investigation.open(b.toString()), scope),
          Analyses.all());
    }
  }
}
