package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * SentencePiece models (a protobuf). A {@code tokenizer.model} that is a tiktoken file, as Llama 3
 * ships it, is read as that.
 */
public final class TokenizerSentencePieceFormat implements Format {
  private static final int PIECES = 1;
  private static final int TRAINER = 2;
  private static final int PIECE_TEXT = 1;
  private static final int PIECE_TYPE = 3;
  private static final int MODEL_TYPE = 3;
  private static final long MAXIMUM_BYTES = 256L << 20;

  @Override
  public String id() {
    return "sentencepiece";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return TokenizerFiles.fileName(file).endsWith(".model");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    MemorySegment all = TokenizerCollector.whole(file, bytes);
    boolean protobuf = all.byteSize() > 0 && all.get(ValueLayout.JAVA_BYTE, 0) == (PIECES << 3 | 2);
    Tokenizer tokenizer =
        protobuf
            ? pieces(file, all)
            : TokenizerTiktokenFormat.parse(
                file, TokenizerCollector.copy(file, bytes, MAXIMUM_BYTES));
    return Contents.ofTokenizer(TokenizerCompanions.complete(tokenizer, file, siblings, bytes));
  }

  private static Tokenizer pieces(SourceFile file, MemorySegment all) {
    TokenizerCollector collector = new TokenizerCollector(file);
    Kind kind = Kind.UNIGRAM;
    TokenizerProtobuf model = new TokenizerProtobuf(file, all);
    while (model.next()) {
      if (model.messageField() == PIECES) {
        piece(collector, file, model.bytes());
      } else if (model.messageField() == TRAINER) {
        kind = kind(new TokenizerProtobuf(file, model.bytes()));
      }
    }
    return collector.build(kind, TokenizerTraits.NONE);
  }

  private static void piece(TokenizerCollector collector, SourceFile file, MemorySegment piece) {
    TokenizerProtobuf fields = new TokenizerProtobuf(file, piece);
    String text = null;
    long type = 1;
    while (fields.next()) {
      if (fields.messageField() == PIECE_TEXT) {
        text = new String(fields.bytes().toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
      } else if (fields.numberField() == PIECE_TYPE) {
        type = fields.number();
      }
    }
    if (text == null) {
      throw collector.fail(
          ErrorCode.MALFORMED_TOKENIZER, "piece " + collector.count(), "a text", "none");
    }
    collector.add(collector.count(), text, TokenizerAlphabet.METASPACE, role((int) type));
  }

  /** The part that SentencePiece and llama.cpp give a piece: both count alike. */
  static Role role(int type) {
    return switch (type) {
      case 2, 3 -> Role.CONTROL;
      case 4 -> Role.ADDED;
      case 5 -> Role.UNUSED;
      case 6 -> Role.BYTE;
      default -> Role.TEXT;
    };
  }

  private static Kind kind(TokenizerProtobuf trainer) {
    Kind kind = Kind.UNIGRAM;
    while (trainer.next()) {
      if (trainer.numberField() == MODEL_TYPE) {
        kind =
            switch ((int) trainer.number()) {
              case 2 -> Kind.SENTENCEPIECE_BPE;
              case 3 -> Kind.WORD_LEVEL;
              default -> Kind.UNIGRAM;
            };
      }
    }
    return kind;
  }
}
