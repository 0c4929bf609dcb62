package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A SentencePiece vocabulary as base64 of lines, alone in a {@code vocab.bin} or as a literal in a
 * script. The script is read as data and never run.
 */
public final class TokenizerEmbeddedFormat implements Format {
  private static final Pattern SCRIPT =
      Pattern.compile("(?!test)[\\w.-]*tokenizer[\\w.-]*\\.[cm]?js");
  private static final long MAXIMUM_BYTES = 64L << 20;
  private static final int SHORTEST_LITERAL = 1024;

  @Override
  public String id() {
    return "embedded-vocabulary";
  }

  @Override
  public boolean recognises(SourceFile file) {
    String name = TokenizerFiles.fileName(file);
    return name.equals("vocab.bin") || SCRIPT.matcher(name).matches();
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    byte[] all = TokenizerCollector.copy(file, bytes, MAXIMUM_BYTES);
    int start = 0;
    while (start < all.length) {
      int end = start;
      while (end < all.length && isBase64(all[end])) {
        end++;
      }
      if (end - start >= SHORTEST_LITERAL) {
        List<String> lines = lines(Arrays.copyOfRange(all, start, end));
        if (isVocabulary(lines)) {
          return Contents.ofTokenizer(tokenizer(file, lines));
        }
      }
      start = end + 1;
    }
    throw TokenizerCollector.fail(
        file,
        ErrorCode.MALFORMED_TOKENIZER,
        "",
        "a vocabulary of lines in base64, with <0x00> to <0xFF>",
        "none");
  }

  private static List<String> lines(byte[] literal) {
    try {
      // The rest of an incomplete group is no vocabulary's.
      return List.of(
          new String(Base64.getDecoder().decode(literal), StandardCharsets.UTF_8).split("\n", -1));
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  private static boolean isVocabulary(List<String> lines) {
    return lines.size() > 256 && lines.contains("<0x00>") && lines.contains("<0xFF>");
  }

  private static Tokenizer tokenizer(SourceFile file, List<String> lines) {
    TokenizerCollector collector = new TokenizerCollector(file);
    boolean marks = true;
    for (String line : lines) {
      // SentencePiece puts its marks before the bytes.
      marks &= !line.equals("<0x00>");
      collector.add(
          collector.count(), line, TokenizerAlphabet.METASPACE, marks ? Role.CONTROL : Role.TEXT);
    }
    return collector.build(Kind.SENTENCEPIECE_BPE, TokenizerTraits.NONE);
  }

  private static boolean isBase64(byte value) {
    return (value >= 'A' && value <= 'Z')
        || (value >= 'a' && value <= 'z')
        || (value >= '0' && value <= '9')
        || value == '+'
        || value == '/'
        || value == '=';
  }
}
