package dev.stemma.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.Investigation;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.Scope;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.format.TensorReader;
import dev.stemma.report.Report;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.BundledFamily;
import dev.stemma.verdict.Relation;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LocalEngineTest {
  private record Unit(int number) implements WorkUnit {
    @Override
    public long bytes() {
      return 1;
    }
  }

  private record Square(int value) implements Partial {}

  private static List<Unit> units(int... numbers) {
    return java.util.Arrays.stream(numbers).mapToObj(Unit::new).toList();
  }

  @Test
  void whatMemoryDoesNotHoldSideBySideIsDoneOneAfterTheOther() {
    CountDownLatch two = new CountDownLatch(2);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (LocalEngine engine = new LocalEngine(2, new TensorReader(new LocalBytes()))) {
      List<Square> squares =
          engine.measure(
              "test",
              units(1, 2, 3),
              (unit, tensors) -> {
                boolean first = two.getCount() > 0;
                most.accumulateAndGet(running.incrementAndGet(), Math::max);
                try {
                  two.countDown();
                  if (first && two.await(10, TimeUnit.SECONDS)) {
                    throw new OutOfMemoryError("two at once");
                  }
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                } finally {
                  running.decrementAndGet();
                }
                return new Square(unit.number() * unit.number());
              },
              Progress.NONE);
      assertThat(squares).extracting(Square::value).containsExactly(1, 4, 9);
      assertThat(most.get()).isEqualTo(2);
    }
  }

  @Test
  void whatMemoryDoesNotHoldAloneFails() {
    try (LocalEngine engine = new LocalEngine(2, new TensorReader(new LocalBytes()))) {
      assertThatThrownBy(() ->
              engine.measure(
                  "test",
                  units(1, 2),
                  (unit, tensors) -> {
                    throw new OutOfMemoryError("alone");
                  },
                  Progress.NONE))
          .isInstanceOf(OutOfMemoryError.class);
    }
  }

  /** One analysis finds no room; everything else runs on the local engine. */
  private record Cramped(Engine engine, String analysis) implements Engine {
    @Override
    public <U extends WorkUnit, P extends Partial> List<P> measure(
        String what, List<U> units, Measurement<U, P> measurement, Progress progress) {
      if (what.equals(analysis)) {
        throw new OutOfMemoryError(what);
      }
      return engine.measure(what, units, measurement, progress);
    }

    @Override
    public void close() {
      engine.close();
    }
  }

  @Test
  void anAnalysisWithoutRoomLeavesTheOthersTheirSay() {
    String large = "weights.spectral-agreement";
    LocalBytes bytes = new LocalBytes();
    Engine engine = new Cramped(new LocalEngine(2, new TensorReader(bytes)), large);
    String alpha = BundledFamily.model("alpha");
    try (Investigation investigation =
        new Investigation(Sources.standard(), bytes, engine, Progress.NONE)) {
      Report report =
          investigation.compare(
              new Investigation.Request(alpha, alpha, List.of(), List.of(), Scope.PLANNED, "test"));
      assertThat(Objects.requireNonNull(report.verdict()).relation()).isEqualTo(Relation.IDENTICAL);
      assertThat(report.evidence())
          .filteredOn(Failed.class::isInstance)
          .singleElement()
          .satisfies(failed -> assertThat(failed.id()).isEqualTo(large))
          .extracting(Evidence.class::cast)
          .asString()
          .contains("not enough memory");
    }
  }
}
