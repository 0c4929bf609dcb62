package dev.stemma.cli;

import dev.stemma.analysis.tokenizer.DocumentRules;
import dev.stemma.analysis.tokenizer.Kinship;
import dev.stemma.analysis.tokenizer.KnownKin;
import dev.stemma.analysis.tokenizer.KnownMatch;
import dev.stemma.analysis.tokenizer.Scripts;
import dev.stemma.analysis.tokenizer.TokenizerComparison;
import dev.stemma.analysis.tokenizer.TokenizerFamily;
import dev.stemma.analysis.tokenizer.TokenizerFamily.Compared;
import dev.stemma.analysis.tokenizer.TokenizerFamily.Place;
import dev.stemma.analysis.tokenizer.Traits;
import dev.stemma.analysis.tokenizer.VocabularyComparison;
import dev.stemma.artifact.Printable;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code stemma tokenizer} prints, for people and for scripts. */
final class TokenizerOutput {
  private static final int NEAREST_SHOWN = 5;

  private final TokenizerFamily family;

  TokenizerOutput(TokenizerFamily family) {
    this.family = family;
  }

  ObjectNode json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", "stemma.tokenizer/1");
    List<Compared> comparisons = family.comparisons();
    if (comparisons.size() == 1) {
      pair(json, comparisons.getFirst().comparison());
    }
    ArrayNode tokenizers = json.putArray("tokenizers");
    for (int i = 0; i < family.kins().size(); i++) {
      tokenizers.add(tokenizer(family.references().get(i), family.kins().get(i)));
    }
    if (family.kins().size() == 1) {
      KnownKin kin = family.kins().getFirst();
      json.put("ancestor", kin.ancestor());
      json.putObject("identifiedAs").put("a", kin.name());
    }
    if (comparisons.size() > 1) {
      ArrayNode pairs = json.putArray("pairs");
      for (Compared compared : comparisons) {
        ObjectNode pair = pairs.addObject();
        pair.put("a", family.references().get(compared.a()));
        pair.put("b", family.references().get(compared.b()));
        pair(pair, compared.comparison());
      }
      ArrayNode tree = json.putArray("tree");
      for (Place place : family.tree()) {
        ObjectNode node = tree.addObject();
        node.put("tokenizer", family.references().get(place.member()));
        node.put("parent", place.parent() < 0 ? null : family.references().get(place.parent()));
        node.put("ancestor", place.ancestor());
        node.put("relation", place.relation() == null ? null : place.relation().key());
      }
    }
    return json;
  }

  private static void pair(ObjectNode json, TokenizerComparison comparison) {
    Kinship kinship = comparison.kinship();
    VocabularyComparison counts = comparison.counts();
    json.put("relation", kinship.relation().key());
    json.put("ancestor", kinship.ancestor());
    json.put("parent", kinship.parent());
    json.putObject("overlap").put("aInB", counts.aInB()).put("bInA", counts.bInA());
    json.put("order", counts.order().share());
    json.put("idOffset", counts.idOffset());
    json.putObject("identifiedAs").put("a", comparison.a().name()).put("b", comparison.b().name());
    kinship.reasons().forEach(json.putArray("because")::add);
    json.putObject("tokens")
        .put("a", counts.sizeA())
        .put("b", counts.sizeB())
        .put("shared", counts.order().shared())
        .put("sameIds", counts.sharedIds())
        .put("rankPrefix", counts.prefix());
    json.putObject("words")
        .put("shared", counts.words().shared())
        .put("order", counts.words().share())
        .put("strength", counts.words().strength());
    kinds(json.putObject("onlyInA"), comparison.onlyInA());
    kinds(json.putObject("onlyInB"), comparison.onlyInB());
    Traits traits = comparison.traits();
    ObjectNode beside = json.putObject("beside");
    beside.put("specialTokens", traits.marks());
    beside.put("chatTemplate", traits.chatTemplates());
    beside.put("splitPattern", traits.splitPattern());
    ArrayNode rules = json.putArray("documentRules");
    for (DocumentRules.Said said : DocumentRules.of(counts, traits)) {
      rules
          .addObject()
          .put("rule", said.rule())
          .put("figure", said.figure())
          .put("says", said.says());
    }
  }

  private static void kinds(ObjectNode json, Map<String, Integer> counts) {
    counts.forEach(json::put);
  }

  private static ObjectNode tokenizer(String reference, KnownKin kin) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("reference", reference);
    json.put("kind", kin.vocabulary().tokenizer().kind().name());
    json.put("tokens", kin.vocabulary().tokenizer().size());
    json.put("identifiedAs", kin.name());
    json.put("ancestor", kin.ancestor());
    ArrayNode nearest = json.putArray("nearest");
    for (KnownMatch match : kin.matches().stream().limit(NEAREST_SHOWN).toList()) {
      nearest
          .addObject()
          .put("name", match.known().name())
          .put("from", match.known().from())
          .put("knownInThis", match.knownInV())
          .put("thisInKnown", match.vInKnown())
          .put("order", match.order().share());
    }
    return json;
  }

  void print(PrintWriter out) {
    for (int i = 0; i < family.kins().size(); i++) {
      print(out, letter(i), family.references().get(i), family.kins().get(i));
    }
    if (family.kins().size() == 1) {
      nearest(out, family.kins().getFirst());
    } else if (family.comparisons().size() == 1) {
      print(out, family.comparisons().getFirst().comparison());
    } else {
      matrix(out);
      tree(out);
    }
  }

  private static void print(PrintWriter out, String letter, String reference, KnownKin kin) {
    out.printf(
        Locale.ROOT,
        "%s  %s%n   %,d tokens, %s; %s%s%n",
        letter,
        Printable.text(reference),
        kin.vocabulary().tokenizer().size(),
        kin.vocabulary().tokenizer().kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
        kin.name() == null ? "none of the known tokenizers" : "it is " + kin.name(),
        kin.ancestor() == null ? "" : ", grown from " + kin.ancestor());
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

  private static void print(PrintWriter out, TokenizerComparison comparison) {
    Kinship kinship = comparison.kinship();
    VocabularyComparison counts = comparison.counts();
    out.println();
    out.println(
        kinship.relation().key().toUpperCase(Locale.ROOT)
            + (kinship.ancestor() == null ? "" : "  known ancestor: " + kinship.ancestor())
            + (kinship.parent().equals(Kinship.UNDETERMINED)
                ? ""
                : "  parent: " + kinship.parent()));
    kinship.reasons().forEach(reason -> out.println("  " + reason));
    out.println();
    out.printf(
        Locale.ROOT,
        "  overlap     %.1f%% of a in b, %.1f%% of b in a (%,d shared)%n",
        100 * counts.aInB(),
        100 * counts.bInA(),
        counts.order().shared());
    out.printf(
        Locale.ROOT,
        "  order       %.3f (words %.3f, %.1f times the root of their number; independent 2 to"
            + " 6)%n",
        counts.order().share(),
        counts.words().share(),
        counts.words().strength());
    out.printf(
        Locale.ROOT,
        "  ids         %.1f%% the same, offset %s, first %,d ranks the same%n",
        100 * counts.sharedIdShare(),
        counts.idOffset() == null ? "not constant" : counts.idOffset().toString(),
        counts.prefix());
    out.printf("  only in a   %s%n", Scripts.words(comparison.onlyInA()));
    out.printf("  only in b   %s%n", Scripts.words(comparison.onlyInB()));
    Traits traits = comparison.traits();
    out.printf(
        Locale.ROOT,
        "  beside      special tokens %.0f%% alike, chat templates %s%n",
        100 * traits.marks(),
        traits.chatTemplates() == null
            ? "not in both"
            : String.format(Locale.ROOT, "%.0f%% alike", 100 * traits.chatTemplates()));
    out.println();
    out.println("The documents' own rules (shown; the order decides)");
    for (DocumentRules.Said said : DocumentRules.of(counts, traits)) {
      out.println("  " + said.rule() + ": " + said.figure() + " -> " + said.says());
    }
  }

  private void matrix(PrintWriter out) {
    out.println();
    out.println("Relation (row a, column b), and order of the shared words");
    int members = family.kins().size();
    out.printf("%-4s", "");
    for (int b = 1; b < members; b++) {
      out.printf("%-22s", letter(b));
    }
    out.println();
    for (int a = 0; a < members - 1; a++) {
      out.printf("%-4s", letter(a));
      for (int b = 1; b < members; b++) {
        if (b <= a) {
          out.printf("%-22s", "");
        } else {
          TokenizerComparison comparison = family.between(a, b);
          out.printf(
              Locale.ROOT,
              "%-16s%.3f ",
              comparison.kinship().relation().key(),
              comparison.counts().words().share());
        }
      }
      out.println();
    }
  }

  private void tree(PrintWriter out) {
    out.println();
    out.println("Tree");
    for (Place place : family.tree()) {
      String from =
          place.parent() >= 0 && place.relation() != null
              ? "from " + letter(place.parent()) + ", " + place.relation().key()
              : place.ancestor() != null
                  ? "from " + place.ancestor() + " (known, not given)"
                  : "a root";
      out.println("  " + letter(place.member()) + "  " + from);
    }
  }

  private static String letter(int number) {
    return number < 26 ? String.valueOf((char) ('a' + number)) : "t" + (number + 1);
  }
}
