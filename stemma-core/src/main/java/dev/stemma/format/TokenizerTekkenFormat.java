package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Mistral's {@code tekken.json}: ranks and bytes, before which stand the control tokens. Also the
 * shorter form with all ranks in one text.
 */
public final class TokenizerTekkenFormat implements Format {
  private static final long MAXIMUM_BYTES = 128L << 20;

  @Override
  public String id() {
    return "tekken";
  }

  @Override
  public boolean recognises(SourceFile file) {
    String name = file.name();
    return TokenizerFiles.fileName(file).equals("tekken.json")
        || (name.endsWith(".json") && (name.startsWith("tekken/") || name.contains("/tekken/")));
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    ObjectNode json = BoundedJson.object(file, bytes, MAXIMUM_BYTES);
    JsonNode config = json.path("config");
    int marks = config.path("default_num_special_tokens").asInt(0);
    int rows = config.path("default_vocab_size").asInt(Integer.MAX_VALUE);
    TokenizerCollector collector = new TokenizerCollector(file);
    for (JsonNode mark : json.path("special_tokens")) {
      collector.add(
          mark.path("rank").asInt(-1),
          mark.path("token_str").asString(""),
          TokenizerAlphabet.PLAIN,
          Role.CONTROL);
    }
    List<byte[]> ranked = ranked(json, collector);
    for (int rank = 0; rank < ranked.size() && rank < (long) rows - marks; rank++) {
      collector.add((long) marks + rank, ranked.get(rank), Role.TEXT);
    }
    return Contents.ofTokenizer(collector.build(Kind.BYTE_LEVEL_BPE, TokenizerTraits.NONE));
  }

  private static List<byte[]> ranked(ObjectNode json, TokenizerCollector collector) {
    List<byte[]> ranked = new ArrayList<>();
    JsonNode inOneText = json.path("bpe_ranks");
    if (inOneText.isString()) {
      for (String line : inOneText.stringValue().split("\n", -1)) {
        String[] parts = line.split(" ", -1);
        for (int i = 2; i < parts.length; i++) {
          ranked.add(decoded(parts[i], collector));
        }
      }
    }
    for (JsonNode entry : json.path("vocab")) {
      ranked.add(decoded(entry.path("token_bytes").asString(""), collector));
    }
    return ranked;
  }

  private static byte[] decoded(String text, TokenizerCollector collector) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw collector.fail(ErrorCode.MALFORMED_TOKENIZER, "ranks", "base64", text);
    }
  }
}
