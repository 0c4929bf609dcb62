package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * llama2.c's {@code tokenizer.bin} and {@code tok512.bin}: the longest token's length, then score,
 * length and bytes of each.
 */
public final class TokenizerLlama2cFormat implements Format {
  private static final Pattern NAME = Pattern.compile("tok\\d+\\.bin|tokenizer\\.bin");
  private static final Pattern MARK = Pattern.compile("\\s*(<unk>|</?s>)\\s*");

  @Override
  public String id() {
    return "llama2c-tokenizer";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return NAME.matcher(TokenizerFiles.fileName(file)).matches();
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    MemorySegment all = TokenizerCollector.whole(file, bytes);
    TokenizerCollector collector = new TokenizerCollector(file);
    long position = 4;
    while (position < all.byteSize()) {
      int length =
          all.byteSize() - position < 8 ? -1 : TokenizerProtobuf.littleEndianInt(all, position + 4);
      if (length < 0 || length > all.byteSize() - position - 8) {
        throw collector.fail(
            ErrorCode.TRUNCATED,
            "byte " + position,
            "a score, a length and so many bytes",
            all.byteSize() - position + " bytes left");
      }
      byte[] token = all.asSlice(position + 8, length).toArray(ValueLayout.JAVA_BYTE);
      position += 8 + length;
      String text = new String(token, StandardCharsets.UTF_8);
      if (MARK.matcher(text).matches()) {
        collector.add(collector.count(), token, Role.CONTROL);
      } else if (TokenizerAlphabet.fallbackByte(text) >= 0) {
        collector.add(collector.count(), text, TokenizerAlphabet.METASPACE, Role.TEXT);
      } else {
        collector.add(collector.count(), token, Role.TEXT);
      }
    }
    return Contents.ofTokenizer(collector.build(Kind.SENTENCEPIECE_BPE, TokenizerTraits.NONE));
  }
}
