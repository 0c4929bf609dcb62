package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Role;
import dev.stemma.artifact.TokenizerBuilder;
import dev.stemma.artifact.TokenizerTraits;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.regex.Pattern;

/** Collects a hostile file's tokens: every id, length and count is checked before it is kept. */
final class TokenizerCollector {
  /** Fifteen times the largest vocabulary known. */
  static final int MAXIMUM_TOKENS = 4_000_000;

  /** Rows that an embedding could have. */
  static final int MAXIMUM_ID = 1 << 26;

  private static final int MAXIMUM_TOKEN_BYTES = 1 << 16;
  private static final int MAXIMUM_BYTES = 1 << 28;
  private static final long MAXIMUM_FILE_BYTES = 1L << 30;
  private static final Pattern KEPT_FREE =
      Pattern.compile("\\[PAD\\d+]|\\[unused\\d+]|<unused\\d+>");

  private final SourceFile file;
  private final TokenizerBuilder builder = Tokenizer.builder();
  private final BitSet trainedIds = new BitSet();

  TokenizerCollector(SourceFile file) {
    this.file = file;
  }

  /** Adds a token as its file writes it. */
  void add(long id, String written, TokenizerAlphabet alphabet, Role role) {
    Role really = role;
    if (isKeptFree(written)) {
      really = Role.UNUSED;
    } else if (role == Role.TEXT
        && alphabet == TokenizerAlphabet.METASPACE
        && TokenizerAlphabet.fallbackByte(written) >= 0) {
      really = Role.BYTE;
    }
    boolean text = role == Role.TEXT || role == Role.BYTE;
    add(id, text ? alphabet.bytes(written) : TokenizerAlphabet.utf8(written), really);
  }

  /** Adds a token that is known as bytes. */
  void add(long id, byte[] bytes, Role role) {
    if (id < 0 || id >= MAXIMUM_ID) {
      throw fail(
          ErrorCode.MALFORMED_TOKENIZER,
          "token " + builder.count(),
          "an id from 0 to " + (MAXIMUM_ID - 1),
          String.valueOf(id));
    }
    if (builder.count() >= MAXIMUM_TOKENS) {
      throw fail(
          ErrorCode.TOO_MANY_ENTRIES, "", "at most " + MAXIMUM_TOKENS + " tokens", "more of them");
    }
    if (bytes.length > MAXIMUM_TOKEN_BYTES || bytes.length > MAXIMUM_BYTES - builder.bytes()) {
      throw fail(
          ErrorCode.MALFORMED_TOKENIZER,
          "token id " + id,
          "at most " + MAXIMUM_TOKEN_BYTES + " bytes a token and " + MAXIMUM_BYTES + " in all",
          bytes.length + " bytes more");
    }
    // Marks and added words may repeat a trained token, two trained tokens cannot share an id.
    boolean trained = role == Role.TEXT || role == Role.BYTE;
    if (trained) {
      if (trainedIds.get((int) id)) {
        throw fail(
            ErrorCode.MALFORMED_TOKENIZER,
            "token " + builder.count(),
            "every id once",
            "id " + id + " a second time");
      }
      trainedIds.set((int) id);
    }
    builder.add((int) id, bytes, role);
  }

  /** How many tokens were added. */
  int count() {
    return builder.count();
  }

  /** The tokenizer; a file without any token is refused. */
  Tokenizer build(Tokenizer.Kind kind, TokenizerTraits traits) {
    if (builder.count() == 0) {
      throw fail(ErrorCode.MALFORMED_TOKENIZER, "", "a vocabulary", "no token");
    }
    return builder.build(kind, traits);
  }

  ArtifactException fail(ErrorCode code, String place, String expected, String found) {
    return fail(file, code, place, expected, found);
  }

  static ArtifactException fail(
      SourceFile file, ErrorCode code, String place, String expected, String found) {
    return new ArtifactException(
        code,
        file.name(),
        place,
        expected,
        found,
        "Check that this is the tokenizer file itself; download or copy it again.");
  }

  /** A whole file of bounded size, mapped. */
  static MemorySegment whole(SourceFile file, ByteSource bytes) {
    if (file.sizeBytes() > MAXIMUM_FILE_BYTES) {
      throw fail(
          file,
          ErrorCode.HEADER_TOO_LARGE,
          "",
          "at most " + MAXIMUM_FILE_BYTES + " bytes of tokenizer",
          file.sizeBytes() + " bytes");
    }
    return bytes.read(file.bytes());
  }

  /** A whole text file of bounded size, on the heap. */
  static byte[] copy(SourceFile file, ByteSource bytes, long maximumBytes) {
    if (file.sizeBytes() > maximumBytes) {
      throw fail(
          file,
          ErrorCode.HEADER_TOO_LARGE,
          "",
          "at most " + maximumBytes + " bytes",
          file.sizeBytes() + " bytes");
    }
    return whole(file, bytes).toArray(ValueLayout.JAVA_BYTE);
  }

  private static boolean isKeptFree(String written) {
    if (written.length() < 6 || written.length() > 20) {
      return false;
    }
    char first = written.charAt(0);
    return (first == '[' || first == '<') && KEPT_FREE.matcher(written).matches();
  }
}
