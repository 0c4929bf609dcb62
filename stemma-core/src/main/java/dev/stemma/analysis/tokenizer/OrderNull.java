package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How much order independently trained vocabularies have in common: shares of real pairs, from
 * {@code tokenizer-null.json}. Tiny vocabularies and those of words have a null of their own,
 * because the few most frequent pieces come early everywhere.
 */
record OrderNull(String name, double[] shares) {
  private static final List<OrderNull> SHIPPED = load();

  /** All that are shipped. */
  static List<OrderNull> shipped() {
    return SHIPPED;
  }

  /** The null for a pair of vocabularies. */
  static OrderNull of(VocabularyComparison counts, Kind kindA, Kind kindB) {
    return SHIPPED.get(isTiny(counts, kindA, kindB) ? 0 : 1);
  }

  /** Whether one of the two is so small, or of words, that its null is that of tiny ones. */
  static boolean isTiny(VocabularyComparison counts, Kind kindA, Kind kindB) {
    return Math.min(counts.sizeA(), counts.sizeB()) < Thresholds.STANDARD.get("tinyVocabulary")
        || isOfWords(kindA)
        || isOfWords(kindB);
  }

  /**
   * The Monte Carlo p-value: how many null pairs have at least this share, each count one more than
   * seen, so that it is never smaller than the number of pairs allows.
   */
  double log10p(double share) {
    int place = Arrays.binarySearch(shares, share);
    int below = place >= 0 ? place : -place - 1;
    while (below > 0 && shares[below - 1] >= share) {
      below--;
    }
    return Math.log10((1.0 + shares.length - below) / (1.0 + shares.length));
  }

  /** The largest share of any null pair. */
  double largest() {
    return shares[shares.length - 1];
  }

  private static boolean isOfWords(Kind kind) {
    return switch (kind) {
      case WORDPIECE, WORD_LEVEL, UNKNOWN -> true;
      case BYTE_LEVEL_BPE, SENTENCEPIECE_BPE, UNIGRAM -> false;
    };
  }

  private static List<OrderNull> load() {
    try (InputStream in = OrderNull.class.getResourceAsStream("tokenizer-null.json")) {
      if (in == null) {
        throw new IllegalStateException("tokenizer-null.json is not in the jar");
      }
      JsonNode json = new JsonMapper().readTree(in);
      return List.of(read(json, "tiny"), read(json, "large"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OrderNull read(JsonNode json, String name) {
    double[] shares =
        json.path(name).valueStream().mapToDouble(JsonNode::doubleValue).sorted().toArray();
    if (shares.length == 0) {
      throw new IllegalStateException("tokenizer-null.json has no pairs for " + name);
    }
    return new OrderNull(name, shares);
  }
}
