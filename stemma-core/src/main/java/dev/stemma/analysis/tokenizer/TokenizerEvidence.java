package dev.stemma.analysis.tokenizer;

import dev.stemma.analysis.tokenizer.VocabularyComparison.SharedRanks;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A tokenizer comparison as evidence for reports and verdicts. */
public final class TokenizerEvidence {
  private static final int POINTS = 1500;
  private static final int PAIRS_DRAWN = 9;

  private TokenizerEvidence() {}

  /**
   * The evidence with its figures.
   *
   * @param languages how both cut a fixed text; empty where that was not tested
   * @param warnings about the names of the two
   */
  public static Measured of(
      TokenizerComparison comparison,
      List<TextEncoding.Language> languages,
      List<String> warnings) {
    VocabularyComparison counts = comparison.counts();
    Kinship kinship = comparison.kinship();
    Measured.Builder evidence =
        Measured.of(TokenizerVocabulary.ID, Component.TOKENIZER)
            .supports(supports(kinship.relation()))
            .statistic(
                "shared words in a common order",
                counts.words().longest(),
                (double) counts.words().shared())
            .pValue(
                comparison.log10p(),
                Measured.Basis.CALIBRATED,
                "trained independently: the order of "
                    + comparison.nullPairs()
                    + " such pairs, the largest "
                    + String.format(Locale.ROOT, "%.3f", comparison.nullLargest()))
            .effect(Math.clamp(counts.words().share(), 0, 1))
            .value("overlap.a-in-b", counts.aInB())
            .value("overlap.b-in-a", counts.bInA())
            .value("order", counts.order().share())
            .value("order.words", counts.words().share())
            .value("order.strength", counts.words().strength())
            .value("same-ids", counts.sharedIdShare())
            .value("shared", counts.order().shared())
            .value("rank-prefix", counts.prefix())
            .value("parent." + kinship.parent(), 1)
            .value("relation." + verdictRelation(kinship.relation()), 1);
    if (counts.idOffset() != null) {
      evidence.value("id-offset", counts.idOffset());
    }
    kind(kinship).ifPresent(kind -> evidence.value("kind." + kind, 1));
    PrivateTokens tokens = comparison.privateTokens();
    evidence
        .value("private.estimate", (double) tokens.estimate())
        .value("private.order", tokens.order().share());
    List<String> notes = new ArrayList<>(warnings);
    notes.addAll(kinship.reasons());
    notes.add("The same text and settings give the same vocabulary to whoever trains on them.");
    notes.add("Marks and chat templates are copied freely and decide nothing.");
    return evidence.figures(figures(comparison, languages)).caveats(notes).build();
  }

  /** What happened to the vocabulary, told from the parent to the child. */
  private static Optional<String> kind(Kinship kinship) {
    boolean larger = kinship.relation() == TokenizerRelation.EXTENDED;
    if (!larger && kinship.relation() != TokenizerRelation.REDUCED) {
      return Optional.empty();
    }
    boolean childIsA = kinship.parent().equals("b");
    return Optional.of(larger == childIsA ? "vocabulary-reduced" : "vocabulary-extended");
  }

  /** Many tokenizers: who holds whom, in what order, and the tree. */
  public static Measured ofFamily(TokenizerFamily family) {
    int members = family.kins().size();
    List<List<Double>> held = new ArrayList<>();
    List<List<Double>> order = new ArrayList<>();
    List<List<String>> tree = new ArrayList<>();
    for (int a = 0; a < members; a++) {
      held.add(new ArrayList<>(Collections.nCopies(members, 1.0)));
      order.add(new ArrayList<>(Collections.nCopies(members, 1.0)));
    }
    for (TokenizerFamily.Compared compared : family.comparisons()) {
      VocabularyComparison counts = compared.comparison().counts();
      held.get(compared.a()).set(compared.b(), counts.aInB());
      held.get(compared.b()).set(compared.a(), counts.bInA());
      order.get(compared.a()).set(compared.b(), counts.words().share());
      order.get(compared.b()).set(compared.a(), counts.words().share());
    }
    for (TokenizerFamily.Place place : family.tree()) {
      tree.add(
          List.of(
              family.references().get(place.member()),
              place.parent() >= 0
                  ? family.references().get(place.parent())
                  : place.ancestor() == null ? "" : place.ancestor(),
              place.relation() == null ? "" : place.relation().key()));
    }
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure.HeatMap(
            "Share of the row's tokens that the column has", "row", "column", 0, 1, held));
    figures.add(
        new Figure.HeatMap(
            "Order of the shared words: 1 is a common origin, near 0 none",
            "row",
            "column",
            0,
            1,
            order));
    figures.add(new Figure.Table("Tree", List.of("tokenizer", "made from", "relation"), tree));
    family.comparisons().stream()
        .skip(1)
        .limit(PAIRS_DRAWN)
        .forEach(pair ->
            figures.addAll(
                drawings(
                    pair.comparison(),
                    shortName(family.references().get(pair.a())),
                    shortName(family.references().get(pair.b())))));
    return Measured.of("tokenizer.family", Component.TOKENIZER)
        .statistic("pairs compared", family.comparisons().size(), null)
        .nullHypothesis("as for each pair")
        .figures(figures)
        .caveats(
            List.of(
                "Rows and columns are in the order of the command.",
                "The first pair is drawn above, at most " + PAIRS_DRAWN + " more here."))
        .build();
  }

  private static String shortName(String reference) {
    String trimmed = reference.replaceAll("/+$", "");
    return trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf(':')) + 1);
  }

  /** The relation in the verdict's words. */
  private static String verdictRelation(TokenizerRelation relation) {
    return switch (relation) {
      case IDENTICAL -> "identical";
      case RE_RANKED, SHIFTED, EXTENDED, REDUCED -> "derived";
      case SHARED_ANCESTOR -> "shared-ancestor";
      case INDEPENDENT -> "no-evidence";
      case INCONCLUSIVE -> "inconclusive";
    };
  }

  private static Measured.Supports supports(TokenizerRelation relation) {
    return switch (relation) {
      case IDENTICAL, RE_RANKED, SHIFTED, EXTENDED, REDUCED -> Measured.Supports.DERIVATION;
      case INDEPENDENT -> Measured.Supports.INDEPENDENCE;
      case SHARED_ANCESTOR, INCONCLUSIVE -> Measured.Supports.NEITHER;
    };
  }

  /** The two vocabularies as circles, and rank against rank. */
  static List<Figure> drawings(TokenizerComparison comparison, String a, String b) {
    VocabularyComparison counts = comparison.counts();
    int shared = counts.order().shared();
    return List.of(
        new Figure.Sets(
            "What each has and what both have",
            a,
            b,
            counts.sizeA() - shared,
            shared,
            counts.sizeB() - shared),
        scatter(counts.sharedRanks(), a, b));
  }

  private static List<Figure> figures(
      TokenizerComparison comparison, List<TextEncoding.Language> languages) {
    VocabularyComparison counts = comparison.counts();
    int shared = counts.order().shared();
    List<Figure> figures = new ArrayList<>();
    figures.add(
        new Figure.Table(
            "Vocabularies as raw bytes (tokens of two bytes and more)",
            List.of("part", "tokens", "share of a", "share of b", "kinds of writing"),
            List.of(
                row(
                    "only in a",
                    counts.sizeA() - shared,
                    counts.sizeA(),
                    0,
                    Scripts.words(comparison.onlyInA())),
                row("in both", shared, counts.sizeA(), counts.sizeB(), ""),
                row(
                    "only in b",
                    counts.sizeB() - shared,
                    0,
                    counts.sizeB(),
                    Scripts.words(comparison.onlyInB())))));
    figures.addAll(drawings(comparison, "a", "b"));
    if (!languages.isEmpty()) {
      figures.add(fertility(languages));
    }
    figures.add(
        new Figure.Table(
            "The documents' own rules (shown, not decided by)",
            List.of("rule", "figure", "it would say"),
            DocumentRules.of(counts, comparison.traits()).stream()
                .map(said -> List.of(said.rule(), said.figure(), said.says()))
                .toList()));
    return figures;
  }

  private static List<String> row(String part, int tokens, int ofA, int ofB, String kinds) {
    return List.of(
        part,
        String.format(Locale.ROOT, "%,d", tokens),
        share(tokens, ofA),
        share(tokens, ofB),
        kinds);
  }

  private static String share(int part, int whole) {
    return whole == 0 ? "" : String.format(Locale.ROOT, "%.1f%%", 100.0 * part / whole);
  }

  private static Figure fertility(List<TextEncoding.Language> languages) {
    return new Figure.Table(
        "Tokens of a fixed text",
        List.of("language", "characters", "tokens of a", "tokens of b", "the same pieces"),
        languages.stream()
            .map(language ->
                List.of(
                    language.name(),
                    String.valueOf(language.characters()),
                    String.valueOf(language.tokensOfA()),
                    String.valueOf(language.tokensOfB()),
                    String.format(Locale.ROOT, "%.0f%%", 100 * language.samePieces())))
            .toList());
  }

  /** An extension is a straight line, independence is dust. */
  private static Figure scatter(SharedRanks ranks, String a, String b) {
    List<Figure.Point> points = new ArrayList<>();
    int count = Math.min(POINTS, ranks.size());
    for (int i = 0; i < count; i++) {
      int at = (int) ((long) i * ranks.size() / count);
      points.add(new Figure.Point(ranks.a()[at], ranks.b()[at], "shared tokens", ""));
    }
    return new Figure.Scatter(
        "Rank against rank of shared tokens: a line is a common origin, dust is none",
        "rank in " + a,
        "rank in " + b,
        points);
  }
}
