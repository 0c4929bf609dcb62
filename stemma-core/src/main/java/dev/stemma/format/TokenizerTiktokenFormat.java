package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.Arrays;
import java.util.Base64;

/** OpenAI's tiktoken files: a line a token, its bytes in base64 and its rank. */
public final class TokenizerTiktokenFormat implements Format {
  private static final long MAXIMUM_BYTES = 256L << 20;

  @Override
  public String id() {
    return "tiktoken";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return TokenizerFiles.fileName(file).endsWith(".tiktoken");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    Tokenizer tokenizer = parse(file, TokenizerCollector.copy(file, bytes, MAXIMUM_BYTES));
    return Contents.ofTokenizer(TokenizerCompanions.complete(tokenizer, file, siblings, bytes));
  }

  static Tokenizer parse(SourceFile file, byte[] all) {
    TokenizerCollector collector = new TokenizerCollector(file);
    int line = 0;
    int start = 0;
    while (start < all.length) {
      int end = start;
      while (end < all.length && all[end] != '\n') {
        end++;
      }
      line++;
      int last = end > start && all[end - 1] == '\r' ? end - 1 : end;
      if (last > start) {
        line(collector, all, start, last, line);
      }
      start = end + 1;
    }
    return collector.build(Kind.BYTE_LEVEL_BPE, TokenizerTraits.NONE);
  }

  private static void line(
      TokenizerCollector collector, byte[] all, int start, int end, int number) {
    int space = start;
    while (space < end && all[space] != ' ') {
      space++;
    }
    long rank = 0;
    boolean whole = space < end - 1 && end - space <= 11;
    for (int i = space + 1; whole && i < end; i++) {
      whole = all[i] >= '0' && all[i] <= '9';
      rank = rank * 10 + (all[i] - '0');
    }
    byte[] token = null;
    if (whole) {
      try {
        token = Base64.getDecoder().decode(Arrays.copyOfRange(all, start, space));
      } catch (IllegalArgumentException e) {
        whole = false;
      }
    }
    if (!whole || token == null) {
      throw collector.fail(
          ErrorCode.MALFORMED_TOKENIZER,
          "line " + number,
          "base64, a space and a rank",
          new String(
              all, start, Math.min(end - start, 60), java.nio.charset.StandardCharsets.ISO_8859_1));
    }
    collector.add(rank, token, Role.TEXT);
  }
}
