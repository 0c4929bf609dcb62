package dev.stemma.engine;

import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.format.TensorReader;
import dev.stemma.source.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;

/**
 * Runs work units on threads of this machine. Partial results are kept in plan order, so the number
 * of threads changes nothing.
 */
public final class LocalEngine implements Engine {
  private final TensorReader reader;
  private final ForkJoinPool threads;

  /**
   * Starts the threads on first use.
   *
   * @param threadCount at least 1
   */
  public LocalEngine(int threadCount, TensorReader reader) {
    this.reader = reader;
    // Asynchronous mode: units start in plan order; a unit's own parts are shared among idle
    // threads.
    this.threads =
        new ForkJoinPool(threadCount, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);
  }

  @Override
  public <U extends WorkUnit, P extends Partial> List<P> measure(
      String what, List<U> units, Measurement<U, P> measurement, Progress progress) {
    units.forEach(unit -> reader.ahead(unit.whole()));
    long bytes = units.stream().mapToLong(WorkUnit::bytes).sum();
    List<P> partials = new ArrayList<>(units.size());
    List<Future<P>> futures = new ArrayList<>(units.size());
    try (Progress.Step step = progress.begin(what, bytes, Progress.Unit.BYTES)) {
      for (U unit : units) {
        futures.add(
            threads.submit(
                (java.util.concurrent.Callable<P>)
                    () -> {
                      P partial = measurement.measure(unit, reader);
                      step.advance(unit.bytes());
                      return partial;
                    }));
      }
      for (Future<P> future : futures) {
        partials.add(future.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
    return partials;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
