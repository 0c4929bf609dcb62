package dev.stemma.engine;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.evidence.Evidence;
import dev.stemma.format.TensorReader;
import dev.stemma.source.Progress;
import java.io.Serializable;
import java.util.List;

/** Runs one analysis on one pair. Every engine gives the same bits. */
public interface Engine extends AutoCloseable {
  /** What is done with a unit, wherever it runs. */
  @FunctionalInterface
  interface Measurement<U extends WorkUnit, P extends Partial> extends Serializable {
    /** As {@link Analysis#measure}. */
    P measure(U unit, TensorReader tensors);
  }

  /**
   * Measures all units; the results are in the units' order.
   *
   * @param what for the progress bar
   * @throws dev.stemma.artifact.ArtifactException if an input is at fault
   * @throws java.util.concurrent.CancellationException if the thread was interrupted
   */
  <U extends WorkUnit, P extends Partial> List<P> measure(
      String what, List<U> units, Measurement<U, P> measurement, Progress progress);

  /** Plans, measures all units, concludes; fails as {@link #measure} does. */
  default <U extends WorkUnit, P extends Partial> List<Evidence> run(
      Analysis<U, P> analysis, Pair pair, Progress progress) {
    List<U> units = analysis.plan(pair);
    return analysis.conclude(pair, measure(analysis.id(), units, analysis::measure, progress));
  }

  /** Releases what it holds. */
  @Override
  void close();
}
