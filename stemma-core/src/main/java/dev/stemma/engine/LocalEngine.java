package dev.stemma.engine;

import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.format.TensorReader;
import dev.stemma.source.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

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
    try (Progress.Step step = progress.begin(what, bytes, Progress.Unit.BYTES)) {
      List<Callable<P>> tasks = new ArrayList<>(units.size());
      for (U unit : units) {
        tasks.add(() -> {
          P partial = measurement.measure(unit, reader);
          step.advance(unit.bytes());
          return partial;
        });
      }
      return sideBySide(tasks);
    }
  }

  /** All at once; those that memory did not hold then once more, one after the other. */
  private <P> List<P> sideBySide(List<Callable<P>> tasks) {
    List<Future<P>> futures = new ArrayList<>(tasks.size());
    try {
      tasks.forEach(task -> futures.add(threads.submit(task)));
      List<P> partials = new ArrayList<>(tasks.size());
      for (Future<P> future : futures) {
        partials.add(get(future));
      }
      return partials;
    } catch (OutOfMemoryError e) {
      futures.forEach(future -> future.cancel(true));
      threads.awaitQuiescence(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      List<P> partials = new ArrayList<>(tasks.size());
      for (int index = 0; index < tasks.size(); index++) {
        Future<P> before = futures.get(index);
        partials.add(
            before.state() == Future.State.SUCCESS
                ? before.resultNow()
                : get(threads.submit(tasks.get(index))));
      }
      return partials;
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  private static <P> P get(Future<P> future) {
    try {
      return future.get();
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
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
