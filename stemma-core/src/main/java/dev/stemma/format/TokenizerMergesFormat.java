package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.core.JsonToken;

/** GPT-2's two files: {@code vocab.json} with the ids, {@code merges.txt} with the merge rules. */
public final class TokenizerMergesFormat implements Format {
  private static final long MAXIMUM_BYTES = 256L << 20;

  @Override
  public String id() {
    return "vocab.json";
  }

  @Override
  public boolean recognises(SourceFile file) {
    String name = TokenizerFiles.fileName(file);
    return name.equals("vocab.json") || name.endsWith("-vocab.json");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    List<String> written = new ArrayList<>();
    List<Long> ids = new ArrayList<>();
    BoundedJson.parse(
        file,
        TokenizerCollector.whole(file, bytes),
        parser -> {
          if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw malformed(file, "an object of texts and ids");
          }
          while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            if (written.size() >= TokenizerCollector.MAXIMUM_TOKENS) {
              throw malformed(file, "at most " + TokenizerCollector.MAXIMUM_TOKENS + " tokens");
            }
            written.add(parser.currentName());
            if (parser.nextToken() != JsonToken.VALUE_NUMBER_INT) {
              throw malformed(file, "a whole number for each text");
            }
            ids.add(parser.getLongValue());
          }
          return true;
        });
    List<String> merges = merges(file, siblings, bytes);
    // Only a byte-level vocabulary writes the space as this letter.
    boolean byteLevel = written.stream().anyMatch(token -> token.startsWith("\u0120"));
    TokenizerAlphabet alphabet =
        byteLevel ? TokenizerAlphabet.BYTE_LEVEL : TokenizerAlphabet.METASPACE;
    TokenizerCollector collector = new TokenizerCollector(file);
    for (int i = 0; i < written.size(); i++) {
      String token = written.get(i);
      boolean mark =
          token.length() > 2
              && ((token.startsWith("<|") && token.endsWith("|>"))
                  || token.matches("</?[a-z]{1,8}>"));
      collector.add(ids.get(i), token, alphabet, mark ? Role.CONTROL : Role.TEXT);
    }
    Kind kind = byteLevel ? Kind.BYTE_LEVEL_BPE : Kind.SENTENCEPIECE_BPE;
    TokenizerTraits traits =
        new TokenizerTraits(
            Optional.empty(),
            new TreeMap<>(),
            List.of(),
            merges.stream().limit(TokenizerTraits.MERGES_KEPT).toList(),
            merges.size(),
            Optional.empty());
    return Contents.ofTokenizer(
        TokenizerCompanions.complete(
            collector.build(merges.isEmpty() ? Kind.UNKNOWN : kind, traits),
            file,
            siblings,
            bytes));
  }

  private static List<String> merges(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    return TokenizerCompanions.beside(file, siblings, "merges.txt")
        .map(merges -> merges(merges, TokenizerCollector.copy(merges, bytes, MAXIMUM_BYTES)))
        .orElse(List.of());
  }

  private static List<String> merges(SourceFile file, byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    if (text.indexOf('\0') >= 0) {
      throw malformed(file, "a text of merges");
    }
    return text.lines()
        .filter(line -> !line.startsWith("#version") && line.indexOf(' ') > 0)
        .toList();
  }

  private static dev.stemma.artifact.ArtifactException malformed(SourceFile file, String expected) {
    return TokenizerCollector.fail(
        file, ErrorCode.MALFORMED_TOKENIZER, "", expected, "something else");
  }
}
