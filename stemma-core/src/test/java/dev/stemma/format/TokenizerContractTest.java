package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;

/** What every reader of tokenizers must withstand, beside the contract of all formats. */
class TokenizerContractTest {
  /** The contract with the attacks given as texts or bytes. */
  abstract static class Tokenizers extends FormatContract {
    private final Format format;
    private final String name;
    private final byte[] valid;
    private final List<Attack> attacks = new ArrayList<>();

    Tokenizers(Format format, String name, byte[] valid) {
      this.format = format;
      this.name = name;
      this.valid = valid;
      attack("empty", new byte[0], codeOfEmpty());
    }

    ErrorCode codeOfEmpty() {
      return ErrorCode.MALFORMED_TOKENIZER;
    }

    final void attack(String what, byte[] file, ErrorCode code) {
      attacks.add(new Attack(what, file, code));
    }

    final void attack(String what, String file, ErrorCode code) {
      attack(what, utf8(file), code);
    }

    @Override
    Format format() {
      return format;
    }

    @Override
    String fileName() {
      return name;
    }

    @Override
    byte[] valid() {
      return valid;
    }

    @Override
    List<Attack> attacks() {
      return attacks;
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String model(String vocabulary) {
    return "{\"model\":{\"type\":\"BPE\",\"vocab\":" + vocabulary + ",\"merges\":[]}}";
  }

  @Nested
  class Json extends Tokenizers {
    Json() {
      super(new TokenizerJsonFormat(), "tokenizer.json", utf8(TokenizerFormatsTest.json()));
      attack("no model", "{\"version\":\"1.0\"}", ErrorCode.MALFORMED_TOKENIZER);
      attack("an empty vocabulary", model("{}"), ErrorCode.MALFORMED_TOKENIZER);
      attack("an id of 10^9", model("{\"a\":1000000000}"), ErrorCode.MALFORMED_TOKENIZER);
      attack("a negative id", model("{\"a\":-1}"), ErrorCode.MALFORMED_TOKENIZER);
      attack("an id of 10^30", model("{\"a\":1" + "0".repeat(30) + "}"), ErrorCode.MALFORMED_JSON);
      attack("an id given twice", model("{\"a\":1,\"b\":1}"), ErrorCode.MALFORMED_TOKENIZER);
      attack("a text given twice", model("{\"a\":1,\"a\":2}"), ErrorCode.DUPLICATE_NAME);
      attack("an id that is text", model("{\"a\":\"1\"}"), ErrorCode.MALFORMED_TOKENIZER);
      attack("a list of numbers", model("[1,2]"), ErrorCode.MALFORMED_TOKENIZER);
      attack("not JSON", "hello", ErrorCode.MALFORMED_JSON);
      attack("a list", "[]", ErrorCode.MALFORMED_TOKENIZER);
      attack("cut", model("{\"a\":1").substring(0, 40), ErrorCode.MALFORMED_JSON);
      attack(
          "deep nesting",
          "{\"normalizer\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
          ErrorCode.MALFORMED_JSON);
    }

    @Override
    ErrorCode codeOfEmpty() {
      return ErrorCode.MALFORMED_TOKENIZER;
    }
  }

  @Nested
  class Tiktoken extends Tokenizers {
    Tiktoken() {
      super(
          new TokenizerTiktokenFormat(),
          "x.tiktoken",
          utf8("IGhp 0\nYQ== 1\nIHRoZQ== 2\nYmM= 3\n"));
      attack("no rank", "IGhp\n", ErrorCode.MALFORMED_TOKENIZER);
      attack("no base64", "*** 1\n", ErrorCode.MALFORMED_TOKENIZER);
      attack("a rank of 10^9", "IGhp 1000000000\n", ErrorCode.MALFORMED_TOKENIZER);
      attack("a rank given twice", "IGhp 1\nYQ== 1\n", ErrorCode.MALFORMED_TOKENIZER);
      attack("a long rank", "IGhp 99999999999999999999\n", ErrorCode.MALFORMED_TOKENIZER);
    }
  }

  @Nested
  class SentencePiece extends Tokenizers {
    SentencePiece() {
      super(
          new TokenizerSentencePieceFormat(),
          "tokenizer.model",
          TokenizerFormatsTest.sentencePiece());
      attack("a piece past the end", new byte[] {0x0a, 100, 0x0a}, ErrorCode.TRUNCATED);
      attack("a piece without text", new byte[] {0x0a, 2, 0x18, 1}, ErrorCode.MALFORMED_TOKENIZER);
      byte[] endless = new byte[16];
      Arrays.fill(endless, (byte) 0xff);
      endless[0] = 0x0a;
      attack("a number without end", endless, ErrorCode.MALFORMED_TOKENIZER);
    }
  }

  @Nested
  class Gguf extends Tokenizers {
    Gguf() {
      super(new TokenizerGgufFormat(), "x.gguf", TokenizerFormatsTest.gguf());
      attack("another magic", "GGML" + "\0".repeat(40), ErrorCode.WRONG_MAGIC);
      attack("version 9", changed(4, 9, 4), ErrorCode.UNSUPPORTED_VERSION);
      attack("10^9 entries", changed(16, 1_000_000_000L, 8), ErrorCode.TOO_MANY_ENTRIES);
      attack(
          "2^60 tokens",
          changed(TokenizerFormatsTest.GGUF_COUNT_AT, 1L << 60, 8),
          ErrorCode.TRUNCATED);
      attack(
          "10^9 tokens",
          changed(TokenizerFormatsTest.GGUF_COUNT_AT, 1_000_000_000L, 8),
          ErrorCode.TRUNCATED);
    }

    @Override
    ErrorCode codeOfEmpty() {
      return ErrorCode.WRONG_MAGIC;
    }

    private static byte[] changed(int at, long value, int bytes) {
      byte[] file = TokenizerFormatsTest.gguf();
      ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
      if (bytes == 8) {
        buffer.putLong(at, value);
      } else {
        buffer.putInt(at, (int) value);
      }
      return file;
    }
  }

  @Nested
  class VocabularyJson extends Tokenizers {
    VocabularyJson() {
      super(
          new TokenizerMergesFormat(),
          "vocab.json",
          utf8("{\"\u0120a\":0,\"b\":1,\"cd\":2,\"efg\":3}"));
      attack("no token", "{}", ErrorCode.MALFORMED_TOKENIZER);
      attack("an id of 10^9", "{\"a\":1000000000}", ErrorCode.MALFORMED_TOKENIZER);
      attack("an id given twice", "{\"a\":1,\"b\":1}", ErrorCode.MALFORMED_TOKENIZER);
      attack("no ids", "{\"a\":{}}", ErrorCode.MALFORMED_TOKENIZER);
    }
  }

  /** The second file of a vocabulary in two. */
  @Nested
  class Merges extends Tokenizers {
    private static final byte[] VOCABULARY =
        utf8("{\"\u0120\":0,\"a\":1,\"b\":2,\"\u0120a\":3,\"ab\":4}");

    Merges() {
      super(new TokenizerMergesFormat(), "vocab.json", utf8("#version: 0.2\n\u0120 a\na b\n"));
    }

    @Override
    Contents read(byte[] merges) {
      return read(VOCABULARY, "merges.txt", merges);
    }

    /** An empty one is a vocabulary without merges. */
    @Override
    List<Attack> attacks() {
      return List.of(new Attack("binary", new byte[] {'a', ' ', 0}, ErrorCode.MALFORMED_TOKENIZER));
    }
  }

  @Nested
  class VocabularyText extends Tokenizers {
    VocabularyText() {
      super(
          new TokenizerVocabularyTextFormat(),
          "vocab.txt",
          utf8("[PAD]\na\n##b\nsome more lines to change\n"));
      attack("a line of 100,000 bytes", "x".repeat(100_000), ErrorCode.MALFORMED_TOKENIZER);
      attack("binary", new byte[] {0, 1, 2, 0, 3}, ErrorCode.MALFORMED_TOKENIZER);
    }
  }

  @Nested
  class Llama2c extends Tokenizers {
    Llama2c() {
      super(new TokenizerLlama2cFormat(), "tok512.bin", TokenizerFormatsTest.llama2c());
      attack("a header alone", new byte[4], ErrorCode.MALFORMED_TOKENIZER);
      attack("a negative length", lengths(-5), ErrorCode.TRUNCATED);
      attack("a length of 10^9", lengths(1_000_000_000), ErrorCode.TRUNCATED);
    }

    private static byte[] lengths(int length) {
      byte[] file = TokenizerFormatsTest.llama2c();
      ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putInt(8, length);
      return file;
    }
  }

  @Nested
  class Tekken extends Tokenizers {
    Tekken() {
      super(new TokenizerTekkenFormat(), "tekken.json", utf8(TokenizerFormatsTest.tekken()));
      attack("no vocabulary", "{\"config\":{}}", ErrorCode.MALFORMED_TOKENIZER);
      attack("no base64", "{\"vocab\":[{\"token_bytes\":\"***\"}]}", ErrorCode.MALFORMED_TOKENIZER);
      attack(
          "10^9 marks",
          "{\"config\":{\"default_num_special_tokens\":1000000000},"
              + "\"vocab\":[{\"token_bytes\":\"YQ==\"}]}",
          ErrorCode.MALFORMED_TOKENIZER);
    }

    @Override
    ErrorCode codeOfEmpty() {
      return ErrorCode.MALFORMED_JSON;
    }
  }

  @Nested
  class Embedded extends Tokenizers {
    Embedded() {
      super(new TokenizerEmbeddedFormat(), "vocab.bin", TokenizerFormatsTest.embedded());
      attack("another script", "function x() { return 1; }", ErrorCode.MALFORMED_TOKENIZER);
    }
  }
}
