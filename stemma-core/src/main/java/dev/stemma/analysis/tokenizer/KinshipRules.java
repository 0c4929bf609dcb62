package dev.stemma.analysis.tokenizer;

import static dev.stemma.analysis.tokenizer.TokenizerRelation.EXTENDED;
import static dev.stemma.analysis.tokenizer.TokenizerRelation.IDENTICAL;
import static dev.stemma.analysis.tokenizer.TokenizerRelation.INCONCLUSIVE;
import static dev.stemma.analysis.tokenizer.TokenizerRelation.INDEPENDENT;
import static dev.stemma.analysis.tokenizer.TokenizerRelation.REDUCED;
import static dev.stemma.analysis.tokenizer.TokenizerRelation.RE_RANKED;
import static dev.stemma.analysis.tokenizer.TokenizerRelation.SHARED_ANCESTOR;
import static dev.stemma.analysis.tokenizer.TokenizerRelation.SHIFTED;

import dev.stemma.analysis.tokenizer.VocabularyComparison.Order;
import dev.stemma.artifact.Tokenizer.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** From counts to a relation: the first rule that fits, in the order of the relations. */
final class KinshipRules {
  private final Thresholds thresholds;
  private final VocabularyComparison counts;
  private final Kind kindA;
  private final Kind kindB;
  private final Optional<KnownAncestor> ancestor;
  private final List<String> reasons = new ArrayList<>();

  /**
   * The largest known tokenizer that both hold.
   *
   * @param privateOrder the order of what the two share beyond it
   * @param isOneOfThem whether a or b is that tokenizer itself
   */
  record KnownAncestor(String name, Order privateOrder, boolean isOneOfThem) {}

  KinshipRules(
      Thresholds thresholds,
      VocabularyComparison counts,
      Kind kindA,
      Kind kindB,
      Optional<KnownAncestor> ancestor) {
    this.thresholds = thresholds;
    this.counts = counts;
    this.kindA = kindA;
    this.kindB = kindB;
    this.ancestor = ancestor;
  }

  Kinship judge() {
    TokenizerRelation relation = relation();
    @Nullable String named =
        relation == INDEPENDENT || relation == INCONCLUSIVE
            ? null
            : ancestor.map(KnownAncestor::name).orElse(null);
    return new Kinship(relation, named, parent(relation), reasons);
  }

  private TokenizerRelation relation() {
    if (counts.sizeA() == 0 || counts.sizeB() == 0) {
      return because(INCONCLUSIVE, "One of the two has no token of two bytes or more.");
    }
    int shared = counts.order().shared();
    if (shared == counts.sizeA() && shared == counts.sizeB()) {
      return sameVocabulary();
    }
    boolean strong = isStrong(counts.words());
    OrderNull comparable = OrderNull.of(counts, kindA, kindB);
    if (counts.aInB() >= thresholds.get("sameVocabulary")
        && counts.bInA() >= thresholds.get("sameVocabulary")
        && counts.words().share() < thresholds.get("reRankedOrder")) {
      return because(
          RE_RANKED,
          "The vocabularies are the same but for %d and %d tokens; their order is not.",
          counts.sizeA() - shared,
          counts.sizeB() - shared);
    }
    if (strong) {
      return ordered();
    }
    if (!isInformative()) {
      return uninformative();
    }
    if (isDust(counts.words())) {
      return because(
          INDEPENDENT,
          "The %,d shared words have no more order in common (%.3f; %.1f times the root of their"
              + " number) than tokenizers trained independently on unlike texts have (2 to 6"
              + " times).",
          counts.words().shared(),
          counts.words().share(),
          counts.words().strength());
    }
    return because(
        INCONCLUSIVE,
        "The shared words have more order in common (%.3f) than unlike texts give, and less than a"
            + " copy has; independent training on the same text gave up to %.3f in %s"
            + " vocabularies.",
        counts.words().share(),
        comparable.largest(),
        comparable.name());
  }

  private TokenizerRelation sameVocabulary() {
    int shared = counts.order().shared();
    if (counts.sharedIds() == shared) {
      return sameIds();
    }
    if (counts.order().longest() < shared) {
      return because(
          RE_RANKED,
          "All %,d tokens are the same, their order is not (%.3f).",
          shared,
          counts.order().share());
    }
    return because(
        SHIFTED,
        counts.idOffset() == null
            ? "All tokens are the same in the same order, at other ids."
            : "All tokens are the same in the same order, every id moved by "
                + counts.idOffset()
                + ".");
  }

  private TokenizerRelation sameIds() {
    int more = counts.moreRowsOfB();
    int wordsOfA = counts.besideA().words();
    int wordsOfB = counts.besideB().words();
    int rows = (int) thresholds.get("addedRows");
    if (wordsOfB > 0
        || (counts.besideA().declaresMarks() && counts.besideB().pastEnd() > 0 && more >= rows)) {
      return because(
          EXTENDED,
          "B has a's vocabulary at the same ids, and %,d rows more, with %,d marks or words that a"
              + " lacks; it lacks %,d of a's added words.",
          more,
          Math.max(wordsOfB, counts.besideB().pastEnd()),
          wordsOfA);
    }
    if (wordsOfA > 0
        || (counts.besideB().declaresMarks() && counts.besideA().pastEnd() > 0 && -more >= rows)) {
      return because(
          REDUCED,
          "B has a's vocabulary at the same ids, and %,d rows less, without %,d of a's marks or"
              + " words.",
          -more,
          Math.max(wordsOfA, counts.besideA().pastEnd()));
    }
    return because(
        IDENTICAL,
        "All %,d tokens are the same, at the same ids; only marks may differ.",
        counts.order().shared());
  }

  /** The shared words stand in a common order that independent training does not give. */
  private TokenizerRelation ordered() {
    int shared = counts.order().shared();
    Integer offset = counts.idOffset();
    boolean contained =
        counts.aInB() >= thresholds.get("contained")
            || counts.bInA() >= thresholds.get("contained");
    Optional<TokenizerRelation> sharedAncestor = sharedAncestor();
    if (sharedAncestor.isPresent()) {
      return sharedAncestor.get();
    }
    if (contained && offset != null && offset != 0) {
      return because(
          SHIFTED, "The shared tokens stand in the same order, every id moved by %d.", offset);
    }
    if (counts.aInB() >= thresholds.get("contained")) {
      if (counts.sizeB() == shared) {
        return because(
            REDUCED, "B lacks %,d of a's tokens and has no other.", counts.sizeA() - shared);
      }
      return because(
          EXTENDED,
          "B has %.1f%% of a's tokens in a's order (%.3f), adds %,d and lacks %,d.",
          100 * counts.aInB(),
          counts.words().share(),
          counts.sizeB() - shared,
          counts.sizeA() - shared);
    }
    if (counts.bInA() >= thresholds.get("contained")) {
      return because(
          REDUCED,
          "B has %,d of a's %,d tokens in a's order (%.3f), and %,d others.",
          shared,
          counts.sizeA(),
          counts.words().share(),
          counts.sizeB() - shared);
    }
    return because(
        SHARED_ANCESTOR,
        "%,d tokens are shared in a common order (%.3f), and each has many that the other lacks;"
            + " the ancestor is not among the known tokenizers.",
        shared,
        counts.words().share());
  }

  /** Whether what is shared comes from a third, known or seen as a common beginning. */
  private Optional<TokenizerRelation> sharedAncestor() {
    if (ancestor.isPresent()) {
      KnownAncestor known = ancestor.get();
      if (known.isOneOfThem()) {
        return Optional.empty();
      }
      Order beyond = known.privateOrder();
      boolean beyondOrdered =
          beyond.shared() >= thresholds.get("smallestSharedWords")
              && beyond.share() >= thresholds.get("privateOrder");
      if (beyondOrdered) {
        reasons.add(
            String.format(
                Locale.ROOT,
                "Both hold %s; beyond it they share %,d private tokens in a common order (%.3f).",
                known.name(),
                beyond.shared(),
                beyond.share()));
        return Optional.empty();
      }
      return Optional.of(
          because(
              SHARED_ANCESTOR,
              "Both hold %s in its order. Of what they share beyond it, %,d tokens, only %.3f"
                  + " stands in a common order: neither was made from the other.",
              known.name(),
              beyond.shared(),
              beyond.share()));
    }
    int tailA = counts.sizeA() - counts.prefix();
    int tailB = counts.sizeB() - counts.prefix();
    int least = Math.min(tailA, tailB);
    int tailShared = counts.order().shared() - counts.prefix();
    if (counts.prefix() >= thresholds.get("contained") * Math.min(counts.sizeA(), counts.sizeB())
        && least >= 10
        && tailShared < thresholds.get("privateOrder") * least) {
      return Optional.of(
          because(
              SHARED_ANCESTOR,
              "The first %,d tokens are the same in the same order; after them a has %,d and b"
                  + " %,d of its own, of which %,d are shared: two extensions of one vocabulary.",
              counts.prefix(),
              tailA,
              tailB,
              tailShared));
    }
    return Optional.empty();
  }

  private TokenizerRelation uninformative() {
    if (counts.aInB() < 0.5 && counts.bInA() < 0.5 && kindA == kindB && !isAlphabetical()) {
      return because(
          INDEPENDENT,
          "Only %,d tokens are shared (%.1f%% and %.1f%%).",
          counts.order().shared(),
          100 * counts.aInB(),
          100 * counts.bInA());
    }
    return because(
        INCONCLUSIVE,
        isAlphabetical()
            ? "The ids follow the alphabet, so their order says nothing."
            : "Too few shared words (%d) to judge their order.",
        counts.words().shared());
  }

  private boolean isInformative() {
    return counts.words().shared() >= thresholds.get("smallestSharedWords") && !isAlphabetical();
  }

  private boolean isAlphabetical() {
    return counts.alphabetical() >= thresholds.get("alphabetical");
  }

  private boolean isStrong(Order words) {
    if (!isInformative()) {
      return false;
    }
    // Both holding a public tokenizer in its order is a common origin by itself.
    return ancestor.isPresent()
        || words.share()
            >= thresholds.get(
                OrderNull.isTiny(counts, kindA, kindB) ? "copiedOrderTiny" : "copiedOrder");
  }

  private boolean isDust(Order words) {
    return words.strength() < thresholds.get("independentStrength");
  }

  /** Which one the other was made from, as far as the vocabularies tell. */
  private String parent(TokenizerRelation relation) {
    return switch (relation) {
      case EXTENDED -> counts.isATrimmedB() ? "b" : "a";
      case REDUCED -> counts.isBTrimmedA() ? "a" : "b";
      case SHIFTED -> {
        int moved = counts.idOffset() == null ? 0 : counts.idOffset();
        yield moved > 0 ? "a" : moved < 0 ? "b" : Kinship.UNDETERMINED;
      }
      case IDENTICAL, RE_RANKED, SHARED_ANCESTOR, INDEPENDENT, INCONCLUSIVE -> Kinship.UNDETERMINED;
    };
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more library
  private TokenizerRelation because(
      TokenizerRelation relation, String sentence, Object... figures) {
    reasons.add(String.format(Locale.ROOT, sentence, figures));
    return relation;
  }
}
