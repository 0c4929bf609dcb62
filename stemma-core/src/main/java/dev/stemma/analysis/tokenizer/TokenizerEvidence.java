package dev.stemma.analysis.tokenizer;

import dev.stemma.analysis.tokenizer.VocabularyComparison.SharedRanks;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A tokenizer comparison as evidence for reports and verdicts. */
public final class TokenizerEvidence {
  private static final int POINTS = 1500;

  private TokenizerEvidence() {}

  /** The evidence with its figures. */
  public static Measured of(TokenizerComparison comparison) {
    VocabularyComparison counts = comparison.counts();
    Kinship kinship = comparison.kinship();
    Measured.Builder evidence =
        Measured.of(TokenizerVocabulary.ID, Component.TOKENIZER)
            .supports(supports(kinship.relation()))
            .statistic(
                "shared words in a common order",
                counts.words().longest(),
                (double) counts.words().shared())
            .nullHypothesis(
                "trained independently: the common order is 2 to 6 times the root of the number"
                    + " shared")
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
    if (kinship.relation() == TokenizerRelation.EXTENDED) {
      evidence.value("kind.vocabulary-extended", 1);
    }
    if (kinship.relation() == TokenizerRelation.REDUCED) {
      evidence.value("kind.vocabulary-reduced", 1);
    }
    List<String> notes = new ArrayList<>(kinship.reasons());
    notes.add("Marks and chat templates are copied freely and decide nothing.");
    return evidence.figures(figures(comparison)).caveats(notes).build();
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
    return Measured.of("tokenizer.family", Component.TOKENIZER)
        .statistic("pairs compared", family.comparisons().size(), null)
        .nullHypothesis("as for each pair")
        .figures(
            new Figure.HeatMap(
                "Share of the row's tokens that the column has", "row", "column", 0, 1, held),
            new Figure.HeatMap(
                "Order of the shared words: 1 is a common origin, near 0 none",
                "row",
                "column",
                0,
                1,
                order),
            new Figure.Table("Tree", List.of("tokenizer", "made from", "relation"), tree))
        .caveats("Rows and columns are in the order of the command.")
        .build();
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

  private static List<Figure> figures(TokenizerComparison comparison) {
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
    figures.add(scatter(counts.sharedRanks()));
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

  /** An extension is a straight line, independence is dust. */
  static Figure scatter(SharedRanks ranks) {
    List<Figure.Point> points = new ArrayList<>();
    int count = Math.min(POINTS, ranks.size());
    for (int i = 0; i < count; i++) {
      int at = (int) ((long) i * ranks.size() / count);
      points.add(new Figure.Point(ranks.a()[at], ranks.b()[at], "shared tokens", ""));
    }
    return new Figure.Scatter(
        "Rank against rank of shared tokens: a line is a common origin, dust is none",
        "rank in a",
        "rank in b",
        points);
  }
}
