package dev.stemma.verdict;

import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The verdict on the embedding table, and what happened to the vocabulary that indexes it. */
final class EmbeddingRules {
  private static final String COLUMNS = "weights.embedding-columns";

  /** Kinds that speak of the vocabulary. */
  static final Set<Kind> VOCABULARY =
      Set.of(Kind.VOCABULARY_EXTENDED, Kind.VOCABULARY_REDUCED, Kind.VOCABULARY_REPLACED);

  private EmbeddingRules() {}

  static ComponentVerdict judge(
      Findings facts, List<ComponentVerdict> bodies, List<String> fired, VerdictTexts texts) {
    @Nullable ComponentVerdict body =
        bodies.stream()
            .min(java.util.Comparator.comparing(ComponentVerdict::relation))
            .orElse(null);
    Relation relation = relation(facts, body, fired);
    double exact = facts.exactLog10p();
    return new ComponentVerdict(
        facts.component(),
        relation,
        kinds(facts, body, relation),
        relation == Relation.DERIVED && body != null ? body.parent() : null,
        Double.isNaN(exact) ? null : (Double) exact,
        Basis.EXACT,
        relation == Relation.INCONCLUSIVE ? fired : facts.because(),
        null,
        new TreeMap<>(),
        relation == Relation.NO_EVIDENCE ? texts.embeddingPower(facts) : null);
  }

  private static Relation relation(
      Findings facts, @Nullable ComponentVerdict body, List<String> fired) {
    if (facts.related()) {
      if (!fired.isEmpty()) {
        return Relation.INCONCLUSIVE;
      }
      boolean asMany =
          Double.compare(facts.value(COLUMNS, "tokens.a"), facts.value(COLUMNS, "tokens.b")) == 0;
      boolean unread = facts.value(COLUMNS, "tokens.unread") > 0;
      if (asMany
          && !unread
          && facts.value(COLUMNS, "equal.share") >= facts.threshold("identical.share")) {
        return Relation.IDENTICAL;
      }
      return body != null && body.relation() == Relation.SHARED_ANCESTOR
          ? Relation.SHARED_ANCESTOR
          : Relation.DERIVED;
    }
    return facts.exact().isEmpty() ? Relation.NOT_COMPARABLE : Relation.NO_EVIDENCE;
  }

  private static List<Kind> kinds(
      Findings facts, @Nullable ComponentVerdict body, Relation relation) {
    List<Kind> kinds = new ArrayList<>();
    boolean related = relation == Relation.DERIVED || relation == Relation.SHARED_ANCESTOR;
    if (related && body != null && body.kinds().contains(Kind.SAME_INITIALISATION)) {
      return List.of(Kind.SAME_INITIALISATION);
    }
    double contained = facts.threshold("vocabulary.contained.min");
    double aInB = facts.value(COLUMNS, "tokens.a.in.b");
    double bInA = facts.value(COLUMNS, "tokens.b.in.a");
    double tokensOfA = facts.value(COLUMNS, "tokens.a");
    double tokensOfB = facts.value(COLUMNS, "tokens.b");
    boolean bodyDerived =
        body != null
            && (body.relation() == Relation.DERIVED || body.relation() == Relation.IDENTICAL)
            && !body.kinds().contains(Kind.LAYERS_TRANSPLANTED);
    if (related && Double.compare(tokensOfA, tokensOfB) != 0) {
      if (aInB >= contained || bInA >= contained) {
        boolean childIsSmaller =
            renumbered(facts)
                || (body != null
                    && ((body.parent() == Parent.A && tokensOfA > tokensOfB)
                        || (body.parent() == Parent.B && tokensOfB > tokensOfA)));
        kinds.add(childIsSmaller ? Kind.VOCABULARY_REDUCED : Kind.VOCABULARY_EXTENDED);
      }
    }
    boolean otherTokens = aInB < contained && bInA < contained;
    if (bodyDerived && !related && otherTokens) {
      kinds.add(Kind.VOCABULARY_REPLACED);
    }
    return kinds;
  }

  /**
   * Whether most shared tokens have another number in the other vocabulary. New tokens come after
   * the old ones, whose numbers stay; where some were taken out, the rest closed up.
   */
  static boolean renumbered(Findings facts) {
    return facts.value(COLUMNS, "tokens.kept.number")
        < facts.threshold("vocabulary.sameNumber.min");
  }

  /** The side with fewer tokens, which an extension came from; with more, where some were cut. */
  static Parent vocabularyParent(Findings facts) {
    double tokensOfA = facts.value(COLUMNS, "tokens.a");
    double tokensOfB = facts.value(COLUMNS, "tokens.b");
    return tokensOfA < tokensOfB == !renumbered(facts) ? Parent.A : Parent.B;
  }

  /** The statistic, where it was measured. */
  static boolean measured(Findings facts) {
    return facts.measured(COLUMNS).map(Measured::log10p).isPresent();
  }
}
