package dev.stemma.spark;

import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.engine.Engine;
import dev.stemma.engine.LocalEngine;
import dev.stemma.format.TensorReader;
import dev.stemma.source.ByteSource;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.source.remote.NetworkPolicy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * Runs work units on a Spark cluster. A task gets where its units' bytes are and reads them itself;
 * there the same {@link LocalEngine} measures them on one thread, and the results come back in the
 * units' order. So the bits are those of one machine, wherever and however often a task ran.
 */
public final class SparkEngine implements Engine {
  /** A task that reads less than this is not worth its start. */
  private static final long TASK_BYTES = 64L << 20;

  private final JavaSparkContext spark;
  private final boolean allowPrivate;

  /**
   * Over a context that the caller stops.
   *
   * @param allowPrivate executors may read from addresses of private networks
   */
  public SparkEngine(JavaSparkContext spark, boolean allowPrivate) {
    this.spark = spark;
    this.allowPrivate = allowPrivate;
  }

  @Override
  public <U extends WorkUnit, P extends Partial> List<P> measure(
      String what, List<U> units, Measurement<U, P> measurement, Progress progress) {
    List<P> partials = new ArrayList<>(units.size());
    for (Attempt<P> attempt : attempt(what, units, measurement, progress)) {
      partials.add(attempt.get());
    }
    return partials;
  }

  /**
   * Measures all units, in their order; one that fails leaves the others alone.
   *
   * @throws ClusterException if Spark gave up: the same task was lost with its executor too often
   */
  <U extends WorkUnit, P extends Partial> List<Attempt<P>> attempt(
      String what, List<U> units, Measurement<U, P> measurement, Progress progress) {
    if (units.isEmpty()) {
      return List.of();
    }
    long bytes = units.stream().mapToLong(WorkUnit::bytes).sum();
    long tasks = Math.max(4L * spark.defaultParallelism(), bytes / TASK_BYTES);
    spark.sc().setJobDescription(what);
    try (Progress.Step step = progress.begin(what, bytes, Progress.Unit.BYTES)) {
      List<Attempt<P>> attempts =
          spark
              .parallelize(units, (int) Math.min(units.size(), tasks))
              .mapPartitions(new Task<>(what, measurement, allowPrivate))
              .collect();
      step.advance(bytes);
      return attempts;
    } catch (Exception e) {
      throw failed(what, e);
    }
  }

  /** Scala throws checked exceptions that Java is not told of. */
  private static RuntimeException failed(String what, Exception e) {
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
      return (CancellationException) new CancellationException("interrupted").initCause(e);
    }
    return new ClusterException(what + ": " + e.getMessage(), e);
  }

  /** Spark gave up on a job. */
  static final class ClusterException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ClusterException(String message, Exception cause) {
      super(message, cause);
    }
  }

  /** One task: some units in a row, on one thread of an executor. */
  private record Task<U extends WorkUnit, P extends Partial>(
      String what, Measurement<U, P> measurement, boolean allowPrivate)
      implements FlatMapFunction<Iterator<U>, Attempt<P>> {
    @Override
    public Iterator<Attempt<P>> call(Iterator<U> units) {
      List<U> mine = new ArrayList<>();
      units.forEachRemaining(mine::add);
      try (ByteSource bytes = sources(allowPrivate).open();
          LocalEngine engine = new LocalEngine(1, new TensorReader(bytes))) {
        return engine
            .measure(
                what,
                mine,
                (U unit, TensorReader tensors) ->
                    Attempt.of(() -> measurement.measure(unit, tensors)),
                Progress.NONE)
            .iterator();
      }
    }
  }

  static Sources sources(boolean allowPrivate) {
    return Sources.standard(new NetworkPolicy(allowPrivate, true));
  }

  /** The context is its owner's to stop. */
  @Override
  public void close() {}
}
