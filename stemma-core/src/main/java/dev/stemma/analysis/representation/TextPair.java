package dev.stemma.analysis.representation;

import java.io.Serializable;

/**
 * One text as two models read it.
 *
 * @param atA positions of a after which both have read the same bytes; a pair with {@code atB}
 * @param atB positions of b
 */
record TextPair(int[] a, int[] b, int[] atA, int[] atB) implements Serializable {
  /** Longest text in tokens; the rest is cut off. */
  static final int MOST_TOKENS = 256;
}
