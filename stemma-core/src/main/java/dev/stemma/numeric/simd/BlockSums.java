package dev.stemma.numeric.simd;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;

/** Adds the sums of one block of pairs, for one way in which elements are stored. */
sealed interface BlockSums permits Bfloat16Sums, FloatSums, DecodedSums {
  /** How a is stored. */
  ElementType typeA();

  /** How b is stored. */
  ElementType typeB();

  /** Pairs that one step of the loop takes. */
  int vectorElements();

  /**
   * Adds the block that starts at pair {@code first}.
   *
   * @param vectors how many steps, at most {@link Lanes#VECTORS}
   * @return false, and nothing is added, if a value is not finite or its fourth power overflows
   */
  boolean add(MemorySegment a, MemorySegment b, int first, int vectors, Lanes lanes);
}
