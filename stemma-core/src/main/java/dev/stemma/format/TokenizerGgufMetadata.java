package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.SourceFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Walks a GGUF file's key-value metadata; every length is checked against what is left. */
final class TokenizerGgufMetadata {
  private static final int STRING = 8;
  private static final int ARRAY = 9;
  private static final int[] SIZES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
  private static final long MAXIMUM_ENTRIES = 100_000;
  private static final int MAXIMUM_DEPTH = 4;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SourceFile file;
  private final MemorySegment all;
  private final long entries;
  private long position;

  TokenizerGgufMetadata(SourceFile file, MemorySegment all) {
    this.file = file;
    this.all = all;
    if (all.byteSize() < 24
        || all.get(ValueLayout.JAVA_BYTE, 0) != 'G'
        || all.get(ValueLayout.JAVA_BYTE, 1) != 'G'
        || all.get(ValueLayout.JAVA_BYTE, 2) != 'U'
        || all.get(ValueLayout.JAVA_BYTE, 3) != 'F') {
      throw TokenizerCollector.fail(file, ErrorCode.WRONG_MAGIC, "byte 0", "GGUF", "other bytes");
    }
    int version = all.get(INT, 4);
    if (version != 2 && version != 3) {
      throw TokenizerCollector.fail(
          file, ErrorCode.UNSUPPORTED_VERSION, "byte 4", "GGUF 2 or 3", "version " + version);
    }
    entries = all.get(LONG, 16);
    position = 24;
    if (entries < 0 || entries > MAXIMUM_ENTRIES) {
      throw TokenizerCollector.fail(
          file,
          ErrorCode.TOO_MANY_ENTRIES,
          "byte 16",
          "at most " + MAXIMUM_ENTRIES + " entries",
          Long.toUnsignedString(entries));
    }
  }

  long entries() {
    return entries;
  }

  int type() {
    return all.get(INT, advance(4));
  }

  String string() {
    long length = all.get(LONG, advance(8));
    long start = advance(length);
    return new String(
        all.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** The value if it is a string; another is skipped. */
  String stringOr(int type, String otherwise) {
    if (type == STRING) {
      return string();
    }
    skip(type);
    return otherwise;
  }

  /** An array of strings. */
  List<String> strings(int type, int maximum) {
    List<String> kept = new ArrayList<>();
    firstStrings(type, maximum, kept);
    return kept;
  }

  /** Keeps the first strings of an array, passes the others; how many there are. */
  int firstStrings(int type, int maximum, List<String> kept) {
    long count = arrayOf(type, STRING);
    for (long i = 0; i < count; i++) {
      if (kept.size() < maximum) {
        kept.add(string());
      } else {
        skip(STRING);
      }
    }
    return (int) Math.min(count, Integer.MAX_VALUE);
  }

  /** An array of whole numbers. */
  List<Integer> integers(int type) {
    long count = arrayOf(type, -1);
    int element = all.get(INT, position - 12);
    if (element == STRING || element == ARRAY || count > TokenizerCollector.MAXIMUM_TOKENS) {
      throw malformed("at most 4,000,000 whole numbers", count + " of type " + element);
    }
    List<Integer> values = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      values.add((int) integer(element).orElse(0));
    }
    return values;
  }

  /** A whole number; anything else is passed over. */
  OptionalLong integer(int type) {
    return switch (type) {
      case 0, 1, 7 -> OptionalLong.of(all.get(ValueLayout.JAVA_BYTE, advance(1)));
      case 2, 3 -> OptionalLong.of(all.get(SHORT, advance(2)));
      case 4, 5 -> OptionalLong.of(all.get(INT, advance(4)));
      case 10, 11 -> OptionalLong.of(all.get(LONG, advance(8)));
      default -> {
        skip(type);
        yield OptionalLong.empty();
      }
    };
  }

  void skip(int type) {
    skip(type, 0);
  }

  private void skip(int type, int depth) {
    if (type == STRING) {
      advance(all.get(LONG, advance(8)));
    } else if (type == ARRAY) {
      int element = all.get(INT, advance(4));
      long count = all.get(LONG, advance(8));
      if (depth >= MAXIMUM_DEPTH) {
        throw malformed("arrays nested at most " + MAXIMUM_DEPTH + " deep", "deeper ones");
      }
      if (element == STRING || element == ARRAY) {
        bounded(count, element == STRING ? 8 : 12);
        for (long i = 0; i < count; i++) {
          skip(element, depth + 1);
        }
      } else {
        long size = size(element);
        bounded(count, size);
        advance(count * size);
      }
    } else {
      advance(size(type));
    }
  }

  private long arrayOf(int type, int wanted) {
    int element = type == ARRAY ? all.get(INT, advance(4)) : -1;
    if (type != ARRAY || (wanted >= 0 && element != wanted)) {
      throw malformed("an array of type " + wanted, "type " + type + " of " + element);
    }
    long count = all.get(LONG, advance(8));
    bounded(count, element == STRING ? 8 : element == ARRAY ? 12 : size(element));
    return count;
  }

  private long size(int type) {
    if (type < 0 || type >= SIZES.length || SIZES[type] == 0) {
      throw malformed("a value type from 0 to 12", "type " + type);
    }
    return SIZES[type];
  }

  private void bounded(long count, long smallest) {
    if (count < 0 || count > (all.byteSize() - position) / smallest) {
      throw TokenizerCollector.fail(
          file,
          ErrorCode.TRUNCATED,
          "byte " + position,
          "elements within the file",
          Long.toUnsignedString(count) + " of them");
    }
  }

  private long advance(long count) {
    if (count < 0 || count > all.byteSize() - position) {
      throw TokenizerCollector.fail(
          file,
          ErrorCode.TRUNCATED,
          "byte " + position,
          Long.toUnsignedString(count) + " bytes",
          "a file of " + all.byteSize() + " bytes");
    }
    long start = position;
    position += count;
    return start;
  }

  private dev.stemma.artifact.ArtifactException malformed(String expected, String found) {
    return TokenizerCollector.fail(
        file, ErrorCode.MALFORMED_HEADER, "byte " + position, expected, found);
  }
}
