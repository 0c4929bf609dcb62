package dev.stemma.analysis.tokenizer;

import dev.stemma.analysis.tokenizer.KinshipRules.KnownAncestor;
import dev.stemma.artifact.Tokenizer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Two tokenizers compared, with the known ones as witnesses.
 *
 * @param counts what was counted
 * @param kinship what it comes to
 * @param a what is known of a by itself
 * @param b what is known of b by itself
 * @param privateTokens what only these two share
 */
public record TokenizerComparison(
    VocabularyComparison counts,
    Kinship kinship,
    KnownKin a,
    KnownKin b,
    PrivateTokens privateTokens) {

  /** Compares two tokenizers. */
  public static TokenizerComparison of(Tokenizer a, Tokenizer b) {
    KnownTokenizers known = KnownTokenizers.standard();
    return of(KnownKin.of(a, known), KnownKin.of(b, known));
  }

  /** Compares two tokenizers that were looked up already. */
  public static TokenizerComparison of(KnownKin a, KnownKin b) {
    return of(a, b, KnownTokenizers.standard());
  }

  static TokenizerComparison of(KnownKin a, KnownKin b, KnownTokenizers known) {
    Thresholds thresholds = Thresholds.STANDARD;
    VocabularyComparison counts = VocabularyComparison.of(a.vocabulary(), b.vocabulary());
    Optional<KnownAncestor> ancestor = ancestor(counts, a, b, thresholds);
    Kinship kinship =
        new KinshipRules(
                thresholds,
                counts,
                a.vocabulary().tokenizer().kind(),
                b.vocabulary().tokenizer().kind(),
                ancestor)
            .judge();
    return new TokenizerComparison(
        counts,
        withKnownDirection(kinship, a, b, known),
        a,
        b,
        PrivateTokens.of(counts, a, b, known));
  }

  private static Optional<KnownAncestor> ancestor(
      VocabularyComparison counts, KnownKin a, KnownKin b, Thresholds thresholds) {
    Map<String, KnownMatch> ofA = new HashMap<>();
    a.matches().stream()
        .filter(match -> match.isHeld(thresholds))
        .forEach(match -> ofA.put(match.known().name(), match));
    @Nullable KnownAncestor largest = null;
    int size = -1;
    for (KnownMatch ofB : b.matches()) {
      KnownMatch other = ofA.get(ofB.known().name());
      if (other == null || !ofB.isHeld(thresholds)) {
        continue;
      }
      // One that is larger than both can only look held because the sample missed the difference.
      int held =
          ofB.known().size() <= Math.min(a.vocabulary().size(), b.vocabulary().size())
              ? ofB.known().size()
              : 0;
      boolean root = ofB.known().parent() == null;
      if (held > size || (held == size && root)) {
        size = held;
        largest =
            new KnownAncestor(
                ofB.known().name(),
                counts.orderPast(other.boundaryRank(), ofB.boundaryRank()),
                ofB.isItself(thresholds) || other.isItself(thresholds));
      }
    }
    return Optional.ofNullable(largest);
  }

  /** A direction that is known from publication overrides what cannot be seen. */
  private static Kinship withKnownDirection(
      Kinship kinship, KnownKin a, KnownKin b, KnownTokenizers known) {
    if (!kinship.relation().isDerivation() || kinship.relation() == TokenizerRelation.IDENTICAL) {
      return kinship;
    }
    @Nullable String nameA = a.name();
    @Nullable String nameB = b.name();
    if (nameA == null || nameB == null || nameA.equals(nameB)) {
      return kinship;
    }
    String parent =
        known.descends(nameB, nameA) ? "a" : known.descends(nameA, nameB) ? "b" : kinship.parent();
    return new Kinship(kinship.relation(), kinship.ancestor(), parent, kinship.reasons());
  }

  /** Base-10 logarithm of the p-value of the shared words' order, conservative. */
  public double log10p() {
    return orderNull().log10p(counts.words().share());
  }

  /** Which independent pairs the order was held against: {@code tiny} or {@code large} ones. */
  public String nullName() {
    return orderNull().name();
  }

  /** How many they are. */
  public int nullPairs() {
    return orderNull().shares().length;
  }

  /** The largest order among them. */
  public double nullLargest() {
    return orderNull().largest();
  }

  private OrderNull orderNull() {
    return OrderNull.of(
        counts, a.vocabulary().tokenizer().kind(), b.vocabulary().tokenizer().kind());
  }

  /** Tokens of a that b lacks, by kind of writing. */
  public Map<String, Integer> onlyInA() {
    return Scripts.lacking(a.vocabulary(), b.vocabulary());
  }

  /** Tokens of b that a lacks, by kind of writing. */
  public Map<String, Integer> onlyInB() {
    return Scripts.lacking(b.vocabulary(), a.vocabulary());
  }

  /** How alike the two are beside their vocabularies. */
  public Traits traits() {
    return Traits.of(a.vocabulary().tokenizer(), b.vocabulary().tokenizer());
  }
}
