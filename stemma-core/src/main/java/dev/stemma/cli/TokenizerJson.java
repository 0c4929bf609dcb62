package dev.stemma.cli;

import dev.stemma.analysis.tokenizer.DocumentRules;
import dev.stemma.analysis.tokenizer.Kinship;
import dev.stemma.analysis.tokenizer.KnownKin;
import dev.stemma.analysis.tokenizer.KnownMatch;
import dev.stemma.analysis.tokenizer.PrivateTokens;
import dev.stemma.analysis.tokenizer.TextEncoding;
import dev.stemma.analysis.tokenizer.TokenizerComparison;
import dev.stemma.analysis.tokenizer.TokenizerFamily;
import dev.stemma.analysis.tokenizer.TokenizerFamily.Compared;
import dev.stemma.analysis.tokenizer.TokenizerFamily.Place;
import dev.stemma.analysis.tokenizer.Traits;
import dev.stemma.analysis.tokenizer.VocabularyComparison;
import dev.stemma.artifact.Tokenizer;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code stemma tokenizer --json} prints: {@code stemma.tokenizer/1}. */
final class TokenizerJson {
  private static final int NEAREST_SHOWN = 5;

  private final TokenizerFamily family;

  TokenizerJson(TokenizerFamily family) {
    this.family = family;
  }

  ObjectNode json() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", "stemma.tokenizer/1");
    List<Compared> comparisons = family.comparisons();
    if (comparisons.size() == 1) {
      pair(json, comparisons.getFirst());
    }
    ArrayNode tokenizers = json.putArray("tokenizers");
    for (int i = 0; i < family.kins().size(); i++) {
      tokenizers.add(tokenizer(i));
    }
    ArrayNode warnings = json.putArray("warnings");
    family.warnings().forEach(warnings::add);
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
        pair(pair, compared);
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

  private void pair(ObjectNode json, Compared compared) {
    TokenizerComparison comparison = compared.comparison();
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
    json.putObject("null")
        .put("of", comparison.nullName())
        .put("pairs", comparison.nullPairs())
        .put("largest", comparison.nullLargest())
        .put("log10p", comparison.log10p())
        .put("basis", "calibrated");
    privateTokens(json.putObject("private"), comparison.privateTokens());
    comparison.onlyInA().forEach(json.putObject("onlyInA")::put);
    comparison.onlyInB().forEach(json.putObject("onlyInB")::put);
    Traits traits = comparison.traits();
    ObjectNode beside = json.putObject("beside");
    beside.put("specialTokens", traits.marks());
    beside.put("chatTemplate", traits.chatTemplates());
    beside.put("splitPattern", traits.splitPattern());
    ArrayNode fertility = json.putArray("fertility");
    for (TextEncoding.Language language : family.languages(compared)) {
      fertility
          .addObject()
          .put("language", language.name())
          .put("characters", language.characters())
          .put("tokensOfA", language.tokensOfA())
          .put("tokensOfB", language.tokensOfB())
          .put("samePieces", language.samePieces());
    }
    ArrayNode rules = json.putArray("documentRules");
    for (DocumentRules.Said said : DocumentRules.of(counts, traits)) {
      rules
          .addObject()
          .put("rule", said.rule())
          .put("figure", said.figure())
          .put("says", said.says());
    }
  }

  private static void privateTokens(ObjectNode json, PrivateTokens tokens) {
    json.put("estimate", tokens.estimate());
    json.put("sampled", tokens.sampled());
    json.put("inNoPublicAncestor", tokens.inNone());
    json.put("order", tokens.order().share());
    tokens.examples().forEach(json.putArray("examples")::add);
  }

  private ObjectNode tokenizer(int member) {
    KnownKin kin = family.kins().get(member);
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("reference", family.references().get(member));
    json.put("kind", kin.vocabulary().tokenizer().kind().name());
    json.put("tokens", kin.vocabulary().tokenizer().size());
    json.put("identifiedAs", kin.name());
    json.put("ancestor", kin.ancestor());
    family.warning(member).ifPresent(warning -> json.put("warning", warning));
    Tokenizer tokenizer = kin.vocabulary().tokenizer();
    json.put("mergeRules", tokenizer.traits().mergeCount());
    ObjectNode roles = json.putObject("specialTokens");
    tokenizer.traits().roles().forEach(roles::put);
    encoding(json.putObject("encoding"), family.encodings().get(member));
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

  private static void encoding(ObjectNode json, TextEncoding encoding) {
    json.put("by", encoding.by());
    if (!encoding.why().isEmpty()) {
      json.put("why", encoding.why());
    }
    ObjectNode tokens = json.putObject("tokens");
    encoding.pieces().forEach((language, pieces) -> tokens.put(language, pieces.size()));
  }
}
