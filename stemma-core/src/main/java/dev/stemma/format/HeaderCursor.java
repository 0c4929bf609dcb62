package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.SourceFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads little-endian values one after another; the end of the bytes is an error with its place.
 */
final class HeaderCursor {
  private final SourceFile file;
  private final MemorySegment bytes;
  private final long base;
  private long position;
  private boolean ended;

  /**
   * Begins at the first byte.
   *
   * @param base where the bytes begin in the file, for messages
   */
  HeaderCursor(SourceFile file, MemorySegment bytes, long base) {
    this.file = file;
    this.bytes = bytes;
    this.base = base;
  }

  /** Whether more was asked for than there were bytes. */
  boolean ended() {
    return ended;
  }

  long position() {
    return position;
  }

  /** For messages: where in the file the next byte is. */
  String place() {
    return "byte " + (base + position);
  }

  void skip(long count) {
    take(count, "a value");
  }

  int unsigned8() {
    return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, take(1, "a byte")));
  }

  int unsigned16() {
    return Short.toUnsignedInt(
        bytes.get(
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
            take(2, "a 16-bit number")));
  }

  int signed32() {
    return bytes.get(
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
        take(4, "a 32-bit number"));
  }

  long unsigned32() {
    return Integer.toUnsignedLong(signed32());
  }

  long signed64() {
    return bytes.get(
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
        take(8, "a 64-bit number"));
  }

  float float32() {
    return Float.intBitsToFloat(signed32());
  }

  double float64() {
    return Double.longBitsToDouble(signed64());
  }

  /** A text of so many bytes of UTF-8. */
  String text(long length, int maximumBytes) {
    if (length < 0 || length > maximumBytes) {
      throw HeaderChecks.fail(
          ErrorCode.BAD_NAME,
          file,
          place(),
          "a text of at most " + maximumBytes + " bytes",
          Long.toUnsignedString(length) + " bytes");
    }
    long start = take(length, "a text of " + length + " bytes");
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(bytes.asSlice(start, length).asByteBuffer())
          .toString();
    } catch (CharacterCodingException e) {
      throw HeaderChecks.fail(ErrorCode.BAD_NAME, file, place(), "UTF-8 text", "other bytes", e);
    }
  }

  private long take(long count, String what) {
    if (count < 0 || count > bytes.byteSize() - position) {
      ended = count >= 0;
      throw HeaderChecks.fail(
          ErrorCode.TRUNCATED,
          file,
          place(),
          what,
          (bytes.byteSize() - position) + " bytes up to the end");
    }
    long start = position;
    position += count;
    return start;
  }
}
