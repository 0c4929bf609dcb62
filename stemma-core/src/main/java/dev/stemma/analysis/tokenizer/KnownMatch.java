package dev.stemma.analysis.tokenizer;

import dev.stemma.analysis.tokenizer.VocabularyComparison.Order;

/**
 * A vocabulary against a known tokenizer's signature.
 *
 * @param knownInV estimated share of the known tokenizer's tokens in the vocabulary
 * @param vInKnown estimated share of the vocabulary's tokens in the known tokenizer
 * @param order of the sampled tokens that both have
 * @param sameIds share of these with the same id
 * @param boundaryRank the rank in the vocabulary up to which tokens of the known one reach
 * @param marks how alike the special tokens are, 0 to 1
 * @param size compared tokens of the vocabulary
 */
public record KnownMatch(
    KnownTokenizer known,
    double knownInV,
    double vInKnown,
    Order order,
    double sameIds,
    int boundaryRank,
    double marks,
    int size) {
  /** The vocabulary holds the known one, in its order. */
  boolean isHeld(Thresholds thresholds) {
    return order.shared() >= thresholds.get("smallestSharedWords")
        && knownInV >= thresholds.get("ancestorContained")
        && order.share() >= thresholds.get("ancestorOrder");
  }

  /** The vocabulary is the known one, perhaps with a little more. */
  boolean isItself(Thresholds thresholds) {
    return isHeld(thresholds) && vInKnown >= thresholds.get("isAncestorItself");
  }

  /** The vocabulary is the known one, token by token and id by id. */
  boolean isSame(Thresholds thresholds) {
    return isItself(thresholds)
        && knownInV >= 0.998
        && vInKnown >= 0.998
        && sameIds >= thresholds.get("sameIds")
        && Math.abs(known.size() - size) <= 0.0003 * known.size();
  }
}
