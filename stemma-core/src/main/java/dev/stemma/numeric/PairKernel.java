package dev.stemma.numeric;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;

/**
 * Sums over two equally long runs of stored elements. The scalar implementation is the definition;
 * the Vector API one must agree with it.
 */
public interface PairKernel {
  /** Name for the log, as in {@code scalar} or {@code vector-512}. */
  String name();

  /**
   * All sums of {@link PairStatistics}.
   *
   * @param typeA how a is stored; the two may differ, then no elements count as bit-equal
   * @param elements how many pairs
   */
  PairStatistics measure(
      MemorySegment a, ElementType typeA, MemorySegment b, ElementType typeB, long elements);

  /** Prepares for much data: nothing, or what makes the first measurement as fast as the rest. */
  default void warmUp() {}
}
