package dev.stemma.catalogue;

import dev.stemma.artifact.Tokenizer;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * Bottom-k samples of a vocabulary: of its tokens' bytes, and of its tokens with their ids. The
 * share of common smallest hashes estimates how much of two vocabularies is common.
 *
 * @param size tokens; 0 where the model has no tokenizer
 * @param tokens smallest hashes of token bytes, ascending
 * @param ranks smallest hashes of (bytes, id), ascending
 */
public record TokenizerSketch(int size, long[] tokens, long[] ranks)
    implements java.io.Serializable {
  /** Hashes kept of each kind. */
  public static final int KEPT = 96;

  /** Of a model without tokenizer. */
  public static final TokenizerSketch NONE = new TokenizerSketch(0, new long[0], new long[0]);

  /** Copies nothing: sketches are made once and shared; arrays must not be changed. */
  public TokenizerSketch {
    if (tokens.length > KEPT || ranks.length > KEPT || size < 0) {
      throw new IllegalArgumentException("at most " + KEPT + " hashes");
    }
  }

  /** Sketch of a vocabulary. */
  public static TokenizerSketch of(Tokenizer tokenizer) {
    TreeSet<Long> tokens = new TreeSet<>(Long::compareUnsigned);
    TreeSet<Long> ranks = new TreeSet<>(Long::compareUnsigned);
    for (int index = 0; index < tokenizer.size(); index++) {
      long hash = tokenizer.hash(index);
      keep(tokens, hash);
      keep(ranks, Hashing.mixed(hash + 0x9E3779B97F4A7C15L * (tokenizer.id(index) + 1L)));
    }
    return new TokenizerSketch(tokenizer.size(), array(tokens), array(ranks));
  }

  private static void keep(TreeSet<Long> smallest, long hash) {
    if (smallest.size() < KEPT || Long.compareUnsigned(hash, smallest.last()) < 0) {
      smallest.add(hash);
      if (smallest.size() > KEPT) {
        smallest.pollLast();
      }
    }
  }

  private static long[] array(TreeSet<Long> hashes) {
    return hashes.stream().mapToLong(Long::longValue).toArray();
  }

  /** Estimated share of tokens in common (Jaccard); 0 where one has none. */
  public double tokensInCommon(TokenizerSketch other) {
    return jaccard(tokens, other.tokens);
  }

  /** Estimated share of tokens in common that also have the same id. */
  public double ranksInCommon(TokenizerSketch other) {
    return jaccard(ranks, other.ranks);
  }

  private static double jaccard(long[] a, long[] b) {
    int i = 0;
    int j = 0;
    int union = 0;
    int common = 0;
    while (union < KEPT && (i < a.length || j < b.length)) {
      int order = i == a.length ? 1 : j == b.length ? -1 : Long.compareUnsigned(a[i], b[j]);
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
      common += order == 0 ? 1 : 0;
      union++;
    }
    return a.length == 0 || b.length == 0 ? 0 : (double) common / union;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenizerSketch sketch
        && size == sketch.size
        && Arrays.equals(tokens, sketch.tokens)
        && Arrays.equals(ranks, sketch.ranks);
  }

  @Override
  public int hashCode() {
    return 31 * size + Arrays.hashCode(tokens);
  }

  @Override
  public String toString() {
    return "TokenizerSketch[" + size + " tokens]";
  }
}
