package dev.stemma.numeric.simd;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.MemorySegment;

/** Adds the sums of one block of pairs, for one way in which elements are stored. */
sealed interface BlockSums permits DirectSums, DecodedSums {
  /** How a is stored. */
  ElementType typeA();

  /** How b is stored. */
  ElementType typeB();

  /** Pairs that one step of the loop takes. */
  int vectorElements();

  /**
   * Adds blocks, from pair {@code first} on, until one has a value that is not finite or whose
   * fourth power overflows. The loop over blocks is in here so that one compiled method does all.
   *
   * @param vectors how many steps a block has, at most {@link Lanes#VECTORS}
   * @return how many blocks were added; the one after them was not
   */
  int add(MemorySegment a, MemorySegment b, int first, int blocks, int vectors, Lanes lanes);
}
