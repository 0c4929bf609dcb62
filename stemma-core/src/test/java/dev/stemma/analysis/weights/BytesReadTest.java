package dev.stemma.analysis.weights;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.ByteRange;
import dev.stemma.lab.Lab;
import dev.stemma.report.Report;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.ExpertModel;
import dev.stemma.testing.ExpertModel.Shape;
import dev.stemma.testing.RandomModel;
import dev.stemma.testing.RandomModel.Size;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each test reads no more bytes than the plan said before the first was read, and all together no
 * more distinct ones.
 */
class BytesReadTest {
  /** Small models by the plan for large ones, which leaves out most of them. */
  private static final Scope AS_LARGE = Scope.PLANNED.bounded(0, 0.3);

  @TempDir Path folder;

  /** The bytes of local files, how many were asked for, and which by tests. */
  private static final class CountedBytes implements ByteSource {
    private final LocalBytes files = new LocalBytes();
    private final AtomicLong asked = new AtomicLong();
    private final Map<URI, BitSet> distinct = new ConcurrentHashMap<>();
    private volatile boolean testing;

    @Override
    public MemorySegment read(ByteRange range) {
      asked.addAndGet(range.lengthBytes());
      if (testing) {
        BitSet own = distinct.computeIfAbsent(range.file(), file -> new BitSet());
        synchronized (own) {
          own.set((int) range.offsetBytes(), (int) (range.offsetBytes() + range.lengthBytes()));
        }
      }
      return files.read(range);
    }

    long distinct() {
      return distinct.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    @Override
    public void close() {
      files.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "noise:0.08",
        "noise:0.8",
        "permute,noise:0.1",
        "rotate",
        "prune-depth:0,2",
        "dus:1",
        "prune-width:96x256",
        "upcycle:4",
        "extend-vocabulary:64",
        "rescale",
        "quantise:q4_0"
      })
  void ofAChild(String how) throws IOException, URISyntaxException {
    Path parent =
        Path.of(Objects.requireNonNull(BytesReadTest.class.getResource("/lineage/alpha")).toURI());
    Path child = folder.resolve("child");
    try (Investigation lab = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      new Lab(lab::open, lab.tensors(), Progress.NONE)
          .derive(parent.toString(), how, 7, child, List.of());
    }
    keepsItsPlan(parent, child, Scope.PLANNED);
    keepsItsPlan(parent, child, AS_LARGE);
  }

  @Test
  void ofIndependentModels() throws IOException {
    for (int experts : List.of(0, 4)) {
      Size size = new Size(64, 96, 4, 256, experts);
      Path a = RandomModel.write(folder.resolve("a" + experts), size, 11);
      Path b = RandomModel.write(folder.resolve("b" + experts), size, 12);
      keepsItsPlan(a, b, Scope.PLANNED);
      keepsItsPlan(a, b, AS_LARGE);
      keepsItsPlan(a, b, new Scope(new TreeSet<>(), true));
      keepsItsPlan(a, b, new Scope(new TreeSet<>(List.of(1, 3)), false));
    }
  }

  /** As Solar and GLM: many experts, other depths and widths; and experts in another order. */
  @Test
  void ofManyExperts() throws IOException {
    Shape solar = new Shape("solar_open", 64, 24, 5, 0, 64, 128);
    Shape glm = new Shape("glm4_moe", 96, 24, 4, 1, 48, 128);
    Path a = ExpertModel.write(folder.resolve("solar"), solar, 1);
    Path b = ExpertModel.write(folder.resolve("glm"), glm, 2);
    Path child = ExpertModel.shuffled(folder.resolve("child"), solar, 1, 0.2);
    keepsItsPlan(a, b, Scope.PLANNED);
    keepsItsPlan(a, child, Scope.PLANNED);
    keepsItsPlan(a, b, AS_LARGE);
    keepsItsPlan(a, child, AS_LARGE);
  }

  /** Wide enough that samples and projections take the place of whole matrices. */
  @Test
  void ofWideModels() throws IOException {
    Size size = new Size(1040, 160, 2, 300, 0);
    Path a = RandomModel.write(folder.resolve("a"), size, 21);
    Path b = RandomModel.write(folder.resolve("b"), size, 22);
    keepsItsPlan(a, b, Scope.PLANNED);
    keepsItsPlan(a, b, AS_LARGE);
  }

  private static void keepsItsPlan(Path a, Path b, Scope scope) {
    Map<String, Long> read = new TreeMap<>();
    CountedBytes bytes = new CountedBytes();
    Progress counting =
        (what, total, unit) -> {
          long before = bytes.asked.get();
          bytes.testing = true;
          return new Progress.Step() {
            @Override
            public void advance(long amount) {}

            @Override
            public void close() {
              bytes.testing = false;
              read.merge(what, bytes.asked.get() - before, Long::sum);
            }
          };
        };
    Report report;
    try (Investigation investigation = new Investigation(Sources.standard(), bytes, 2, counting)) {
      report =
          investigation.compare(
              new Investigation.Request(
                  a.toString(), b.toString(), List.of(), List.of(), scope, "test"));
    }
    CostPlan plan = Objects.requireNonNull(report.plan());
    assertThat(plan.economical()).isEqualTo(scope.equals(AS_LARGE));
    assertThat(read.keySet()).contains(NeuronMatching.ID, WeightSimilarity.ID);
    assertThat(bytes.distinct()).isGreaterThan(0).isLessThanOrEqualTo(plan.distinctBytes());
    read.forEach((id, count) ->
        assertThat(count)
            .as(id)
            .isLessThanOrEqualTo(
                plan.steps().stream()
                    .filter(step -> step.id().equals(id))
                    .mapToLong(CostPlan.Step::bytes)
                    .sum()));
  }
}
