package dev.stemma.numeric.simd;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;

/** Adds the sums of one block of pairs, for one way in which elements are stored. */
sealed interface BlockSums permits Bfloat16Sums, FloatSums, DecodedSums {
  /** How a is stored. */
  ElementType typeA();

  /** How b is stored. */
  ElementType typeB();

  /** Pairs in a block. */
  int blockElements();

  /**
   * Adds the block that starts at pair {@code first}.
   *
   * @return false, and nothing is added, if a value is not finite or its fourth power overflows
   */
  boolean add(MemorySegment a, MemorySegment b, int first, Lanes lanes);
}
