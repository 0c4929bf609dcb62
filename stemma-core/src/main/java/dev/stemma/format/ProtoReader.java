package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.SourceFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Walks the fields of one protobuf message in place. Lengths are checked against the message that
 * encloses them; nothing is copied.
 */
final class ProtoReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH = 2;
  static final int FIXED32 = 5;

  private static final int MAXIMUM_TEXT_BYTES = 4096;

  private final SourceFile file;
  private final MemorySegment all;
  private final long end;
  private long position;
  private long valueStart;
  private long valueLength;
  private long number;
  private int field;
  private int wire;

  /** A message that is a range of the file. */
  ProtoReader(SourceFile file, MemorySegment all, long start, long length) {
    this.file = file;
    this.all = all;
    this.position = start;
    this.end = start + length;
  }

  /** Moves to the next field; false at the end. */
  boolean next() {
    if (position >= end) {
      return false;
    }
    long key = varint();
    field = (int) Math.min(key >>> 3, Integer.MAX_VALUE);
    wire = (int) (key & 7);
    if (field == 0) {
      throw malformed("a field number above 0", "0");
    }
    switch (wire) {
      case VARINT -> number = varint();
      case FIXED64 -> value(8);
      case FIXED32 -> value(4);
      case LENGTH -> value(varint());
      default -> throw malformed("wire type 0, 1, 2 or 5", "type " + wire);
    }
    return true;
  }

  private void value(long length) {
    if (length < 0 || length > end - position) {
      throw HeaderChecks.fail(
          ErrorCode.TRUNCATED,
          file,
          "byte " + position,
          "a field inside the " + (end - position) + " bytes left of its message",
          Long.toUnsignedString(length) + " bytes");
    }
    valueStart = position;
    valueLength = length;
    position += length;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= end) {
        throw HeaderChecks.fail(
            ErrorCode.TRUNCATED, file, "byte " + position, "more of a number", "the end");
      }
      byte octet = all.get(ValueLayout.JAVA_BYTE, position++);
      value |= (long) (octet & 0x7f) << shift;
      if (octet >= 0) {
        return value;
      }
    }
    throw malformed("a number of at most 10 bytes", "more");
  }

  int field() {
    return field;
  }

  int wire() {
    return wire;
  }

  /** Where the current value begins in the file. */
  long start() {
    return valueStart;
  }

  /** How long the current value is. */
  long length() {
    return valueLength;
  }

  /** The current number. */
  long number() {
    expect(VARINT);
    return number;
  }

  /** The current value as a message of its own. */
  ProtoReader message() {
    expect(LENGTH);
    return new ProtoReader(file, all, valueStart, valueLength);
  }

  /** The current value as UTF-8 text of a sensible length. */
  String text() {
    expect(LENGTH);
    if (valueLength > MAXIMUM_TEXT_BYTES) {
      throw HeaderChecks.fail(
          ErrorCode.BAD_NAME,
          file,
          "byte " + valueStart,
          "a text of at most " + MAXIMUM_TEXT_BYTES + " bytes",
          valueLength + " bytes");
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(all.asSlice(valueStart, valueLength).asByteBuffer())
          .toString();
    } catch (CharacterCodingException e) {
      throw HeaderChecks.fail(
          ErrorCode.BAD_NAME, file, "byte " + valueStart, "UTF-8 text", "other bytes", e);
    }
  }

  /** Visits one number, or all numbers of a packed list. */
  void numbers(java.util.function.LongConsumer each) {
    if (wire == VARINT) {
      each.accept(number);
      return;
    }
    expect(LENGTH);
    ProtoReader packed = message();
    while (packed.position < packed.end) {
      each.accept(packed.varint());
    }
  }

  /** Visits the little-endian 64-bit integers that the current bytes are. */
  void int64s(java.util.function.LongConsumer each) {
    expect(LENGTH);
    for (long at = 0; at + Long.BYTES <= valueLength; at += Long.BYTES) {
      each.accept(
          all.get(
              ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), valueStart + at));
    }
  }

  /** The current 32-bit value. */
  float float32() {
    expect(FIXED32);
    return all.get(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), valueStart);
  }

  /** The current 64-bit value. */
  double float64() {
    expect(FIXED64);
    return all.get(
        ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), valueStart);
  }

  private void expect(int wanted) {
    if (wire != wanted) {
      throw malformed("wire type " + wanted + " for field " + field, "type " + wire);
    }
  }

  private ArtifactException malformed(String expected, String found) {
    return HeaderChecks.fail(ErrorCode.MALFORMED_HEADER, file, "byte " + position, expected, found);
  }
}
