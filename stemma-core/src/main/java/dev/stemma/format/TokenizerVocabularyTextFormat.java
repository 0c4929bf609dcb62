package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** BERT's {@code vocab.txt}: a line a token, its number the id. */
public final class TokenizerVocabularyTextFormat implements Format {
  private static final long MAXIMUM_BYTES = 64L << 20;
  private static final Pattern MARK = Pattern.compile("\\[[A-Z]{2,12}]|<[a-z/]{1,12}>");

  @Override
  public String id() {
    return "vocab.txt";
  }

  @Override
  public boolean recognises(SourceFile file) {
    String name = TokenizerFiles.fileName(file);
    return name.equals("vocab.txt") || name.endsWith("-vocab.txt");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    String all =
        new String(TokenizerCollector.copy(file, bytes, MAXIMUM_BYTES), StandardCharsets.UTF_8);
    if (all.indexOf('\0') >= 0) {
      throw TokenizerCollector.fail(
          file,
          ErrorCode.MALFORMED_TOKENIZER,
          "character " + all.indexOf('\0'),
          "a text with a token a line",
          "a zero byte");
    }
    List<String> lines = all.lines().toList();
    boolean wordPiece = lines.stream().anyMatch(line -> line.startsWith("##") && line.length() > 2);
    TokenizerAlphabet alphabet = wordPiece ? TokenizerAlphabet.WORD_PIECE : TokenizerAlphabet.PLAIN;
    TokenizerCollector collector = new TokenizerCollector(file);
    for (String line : lines) {
      Role role = MARK.matcher(line).matches() ? Role.CONTROL : Role.TEXT;
      collector.add(collector.count(), line, alphabet, role);
    }
    return Contents.ofTokenizer(
        TokenizerCompanions.complete(
            collector.build(wordPiece ? Kind.WORDPIECE : Kind.WORD_LEVEL, TokenizerTraits.NONE),
            file,
            siblings,
            bytes));
  }
}
