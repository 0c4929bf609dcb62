package dev.stemma.cli;

import dev.stemma.analysis.tokenizer.DocumentRules;
import dev.stemma.analysis.tokenizer.Kinship;
import dev.stemma.analysis.tokenizer.KnownKin;
import dev.stemma.analysis.tokenizer.KnownMatch;
import dev.stemma.analysis.tokenizer.PrivateTokens;
import dev.stemma.analysis.tokenizer.Scripts;
import dev.stemma.analysis.tokenizer.TextEncoding;
import dev.stemma.analysis.tokenizer.TokenizerComparison;
import dev.stemma.analysis.tokenizer.TokenizerFamily;
import dev.stemma.analysis.tokenizer.TokenizerFamily.Compared;
import dev.stemma.analysis.tokenizer.TokenizerFamily.Place;
import dev.stemma.analysis.tokenizer.Traits;
import dev.stemma.analysis.tokenizer.VocabularyComparison;
import dev.stemma.artifact.Printable;
import dev.stemma.artifact.Tokenizer;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/** What {@code stemma tokenizer} prints for people. */
final class TokenizerOutput {
  private static final int NEAREST_SHOWN = 5;
  private static final int CELL = 22;

  private final TokenizerFamily family;

  TokenizerOutput(TokenizerFamily family) {
    this.family = family;
  }

  void print(PrintWriter out) {
    for (int i = 0; i < family.kins().size(); i++) {
      print(out, letter(i), family.references().get(i), family.kins().get(i));
      family.warning(i).ifPresent(warning -> wrapped(out, "   ", "WARNING: " + warning));
    }
    if (family.kins().size() == 1) {
      nearest(out, family.kins().getFirst());
      encoding(out, family.encodings().getFirst());
    } else if (family.comparisons().size() == 1) {
      print(out, family.comparisons().getFirst());
    } else {
      matrix(out);
      tree(out);
    }
  }

  private static void print(PrintWriter out, String letter, String reference, KnownKin kin) {
    Tokenizer tokenizer = kin.vocabulary().tokenizer();
    out.printf("%s  %s%n", letter, Printable.text(reference));
    wrapped(
        out,
        "   ",
        String.format(
            Locale.ROOT,
            "%,d tokens, %s; %s%s",
            tokenizer.size(),
            tokenizer.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
            kin.name() == null ? "none of the known tokenizers" : "it is " + kin.name(),
            kin.ancestor() == null ? "" : ", grown from " + kin.ancestor()));
  }

  private static void nearest(PrintWriter out, KnownKin kin) {
    out.println();
    out.println("Nearest known tokenizers (estimates from samples)");
    out.printf("  %-20s %12s %12s %8s%n", "", "known in it", "it in known", "order");
    for (KnownMatch match : kin.matches().stream().limit(NEAREST_SHOWN).toList()) {
      out.printf(
          Locale.ROOT,
          "  %-20s %11.1f%% %11.1f%% %8.3f%n",
          match.known().name(),
          100 * match.knownInV(),
          100 * match.vInKnown(),
          match.order().share());
    }
  }

  private static void encoding(PrintWriter out, TextEncoding encoding) {
    out.println();
    if (encoding.pieces().isEmpty()) {
      wrapped(out, "", "Tokens of a fixed text: not tested, " + encoding.why() + ".");
      return;
    }
    out.println("Tokens of a fixed text, and characters a token (cut by " + encoding.by() + ")");
    var characters = TextEncoding.characters();
    encoding
        .pieces()
        .forEach((language, pieces) ->
            out.printf(
                Locale.ROOT,
                "  %-10s %6d %8.2f%n",
                language,
                pieces.size(),
                (double) characters.getOrDefault(language, 0) / Math.max(1, pieces.size())));
  }

  private void print(PrintWriter out, Compared compared) {
    TokenizerComparison comparison = compared.comparison();
    Kinship kinship = comparison.kinship();
    VocabularyComparison counts = comparison.counts();
    out.println();
    out.println(
        kinship.relation().key().toUpperCase(Locale.ROOT)
            + (kinship.ancestor() == null ? "" : "  known ancestor: " + kinship.ancestor())
            + (kinship.parent().equals(Kinship.UNDETERMINED)
                ? ""
                : "  parent: " + kinship.parent()));
    kinship.reasons().forEach(reason -> wrapped(out, "  ", reason));
    out.println();
    line(
        out,
        "overlap",
        "%.1f%% of a in b, %.1f%% of b in a (%,d shared)",
        100 * counts.aInB(),
        100 * counts.bInA(),
        counts.order().shared());
    line(
        out,
        "order",
        "%.3f (words %.3f; of %d independent pairs in the %s null none is over %.3f)",
        counts.order().share(),
        counts.words().share(),
        comparison.nullPairs(),
        comparison.nullName(),
        comparison.nullLargest());
    line(
        out,
        "ids",
        "%.1f%% the same, offset %s, first %,d ranks the same",
        100 * counts.sharedIdShare(),
        counts.idOffset() == null ? "not constant" : counts.idOffset().toString(),
        counts.prefix());
    line(out, "only in a", "%s", orNone(Scripts.words(comparison.onlyInA())));
    line(out, "only in b", "%s", orNone(Scripts.words(comparison.onlyInB())));
    PrivateTokens tokens = comparison.privateTokens();
    line(
        out,
        "private",
        "about %,d shared tokens are in no public ancestor (%d of %d sampled; their order %.3f)",
        tokens.estimate(),
        tokens.inNone(),
        tokens.sampled(),
        tokens.order().share());
    Traits traits = comparison.traits();
    line(
        out,
        "beside",
        "special tokens %.0f%% alike, chat templates %s",
        100 * traits.marks(),
        traits.chatTemplates() == null
            ? "not in both"
            : String.format(Locale.ROOT, "%.0f%% alike", 100 * traits.chatTemplates()));
    fertility(out, compared);
    out.println();
    out.println("The documents' own rules (shown; the order decides)");
    for (DocumentRules.Said said : DocumentRules.of(counts, traits)) {
      wrapped(out, "  ", said.rule() + ": " + said.figure() + " -> " + said.says());
    }
  }

  private void fertility(PrintWriter out, Compared compared) {
    out.println();
    TextEncoding a = family.encodings().get(compared.a());
    TextEncoding b = family.encodings().get(compared.b());
    if (family.languages(compared).isEmpty()) {
      String why = a.why().isEmpty() ? "b: " + b.why() : "a: " + a.why();
      wrapped(out, "", "Tokens of a fixed text: not tested (" + why + ").");
      return;
    }
    out.println("Tokens of a fixed text (a cut by " + a.by() + ", b by " + b.by() + ")");
    out.printf("  %-10s %6s %6s %12s%n", "", "a", "b", "same pieces");
    for (TextEncoding.Language language : family.languages(compared)) {
      out.printf(
          Locale.ROOT,
          "  %-10s %6d %6d %11.0f%%%n",
          language.name(),
          language.tokensOfA(),
          language.tokensOfB(),
          100 * language.samePieces());
    }
  }

  private void matrix(PrintWriter out) {
    out.println();
    out.println("Relation of b to a, and order of the shared words");
    int members = family.kins().size();
    if (4 + CELL * (members - 1) > Terminal.width()) {
      for (Compared compared : family.comparisons()) {
        out.printf(
            Locale.ROOT,
            "  %-3s %-3s %-16s %.3f%n",
            letter(compared.a()),
            letter(compared.b()),
            compared.comparison().kinship().relation().key(),
            compared.comparison().counts().words().share());
      }
      return;
    }
    out.printf("%-4s", "a\\b");
    for (int b = 1; b < members; b++) {
      out.print(padded(letter(b)));
    }
    out.println();
    for (int a = 0; a < members - 1; a++) {
      out.printf("%-4s", letter(a));
      for (int b = 1; b < members; b++) {
        out.print(padded(b <= a ? "" : cell(family.between(a, b))));
      }
      out.println();
    }
  }

  private static String cell(TokenizerComparison comparison) {
    return String.format(
        Locale.ROOT,
        "%s %.3f",
        comparison.kinship().relation().key(),
        comparison.counts().words().share());
  }

  private static String padded(String text) {
    return text + " ".repeat(Math.max(1, CELL - text.length()));
  }

  private void tree(PrintWriter out) {
    out.println();
    out.println("Tree");
    List<Place> places = family.tree();
    TreeSet<String> outside = new TreeSet<>();
    for (Place place : places) {
      if (place.parent() < 0 && place.ancestor() != null) {
        outside.add(place.ancestor());
      }
    }
    for (String ancestor : outside) {
      out.println("  " + ancestor + " (known, not given)");
      for (Place place : places) {
        if (place.parent() < 0 && ancestor.equals(place.ancestor())) {
          branch(out, places, place, 2);
        }
      }
    }
    for (Place place : places) {
      if (place.parent() < 0 && place.ancestor() == null) {
        branch(out, places, place, 1);
      }
    }
  }

  private void branch(PrintWriter out, List<Place> places, Place place, int depth) {
    var relation = place.relation();
    out.println(
        "  ".repeat(depth)
            + letter(place.member())
            + "  "
            + Printable.text(family.references().get(place.member()))
            + (relation == null ? "" : "  (" + relation.key() + ")"));
    for (Place child : places) {
      if (child.parent() == place.member()) {
        branch(out, places, child, depth + 1);
      }
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more library
  private static void line(PrintWriter out, String name, String format, Object... figures) {
    String text = String.format(Locale.ROOT, format, figures);
    wrapped(out, "  ", String.format("%-12s", name) + text);
  }

  /** Breaks a text at spaces, so that a narrow terminal does not cut words. */
  private static void wrapped(PrintWriter out, String indent, String text) {
    int width = Math.max(40, Terminal.width()) - indent.length();
    String left = text;
    String before = indent;
    while (left.length() > width) {
      int at = left.lastIndexOf(' ', width);
      if (at <= 0) {
        break;
      }
      out.println(before + left.substring(0, at).stripTrailing());
      left = left.substring(at + 1).strip();
      before = indent + "  ";
      width = Math.max(40, Terminal.width()) - before.length();
    }
    out.println(before + left);
  }

  private static String orNone(String words) {
    return words.isEmpty() ? "none" : words;
  }

  private static String letter(int number) {
    return number < 26 ? String.valueOf((char) ('a' + number)) : "t" + (number + 1);
  }
}
