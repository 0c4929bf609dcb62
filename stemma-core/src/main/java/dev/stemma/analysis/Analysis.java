package dev.stemma.analysis;

import dev.stemma.evidence.Evidence;
import dev.stemma.format.TensorReader;
import java.io.Serializable;
import java.util.List;

/**
 * One question asked of a pair of models. It plans from headers only, measures pure work units that
 * can run anywhere and in any order, and concludes from the partial results in unit order: so the
 * result is the same bits on any number of threads or machines; it is sent there with its units.
 * Each implementation opens with its question, statistic, null hypothesis, paper, and how it can be
 * fooled.
 *
 * @param <U> a unit of work
 * @param <P> its result
 */
public interface Analysis<U extends WorkUnit, P extends Partial> extends Serializable {
  /** Stable id, the report's key, as in {@code weights.neuron-matching}. */
  String id();

  /** One plain sentence. */
  String question();

  /**
   * Splits the work; reads headers, no tensor data. Empty when headers alone answer the question.
   */
  List<U> plan(Pair pair);

  /** The most that {@link #plan} can come to, whatever earlier analyses find: for the cost. */
  default List<? extends WorkUnit> most(Pair pair) {
    return plan(pair);
  }

  /** Measures one unit: a function of the unit and the bytes it names, nothing else. */
  P measure(U unit, TensorReader tensors);

  /**
   * Concludes, one piece of evidence a component; partial results come in the order of {@code
   * plan}.
   */
  List<Evidence> conclude(Pair pair, List<P> partials);
}
