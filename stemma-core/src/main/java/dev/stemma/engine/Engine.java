package dev.stemma.engine;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.evidence.Evidence;
import dev.stemma.source.Progress;
import java.util.List;

/** Runs one analysis on one pair. Every engine gives the same bits. */
public interface Engine {
  /**
   * Plans, measures all units, concludes.
   *
   * @throws dev.stemma.artifact.ArtifactException if an input is at fault
   * @throws java.util.concurrent.CancellationException if the thread was interrupted
   */
  <U extends WorkUnit, P extends Partial> List<Evidence> run(
      Analysis<U, P> analysis, Pair pair, Progress progress);
}
