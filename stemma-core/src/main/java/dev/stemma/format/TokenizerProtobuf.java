package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.SourceFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Walks the fields of one protobuf message without copying; every length is checked. */
final class TokenizerProtobuf {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN);

  private final SourceFile file;
  private final MemorySegment message;
  private long position;
  private int field;
  private int wire;
  private long value;
  private long start;
  private long length;

  TokenizerProtobuf(SourceFile file, MemorySegment message) {
    this.file = file;
    this.message = message;
  }

  /** Goes to the next field; false at the end. */
  boolean next() {
    if (position >= message.byteSize()) {
      return false;
    }
    long tag = varint();
    field = (int) Math.min(tag >>> 3, Integer.MAX_VALUE);
    wire = (int) (tag & 7);
    switch (wire) {
      case 0 -> value = varint();
      case 1 -> skip(8);
      case 2 -> skip(varint());
      case 5 -> skip(4);
      default ->
          throw TokenizerCollector.fail(
              file,
              ErrorCode.MALFORMED_TOKENIZER,
              "byte " + position,
              "a protobuf field",
              "wire type " + wire);
    }
    return true;
  }

  /** The number of the field, if it has bytes; -1 otherwise. */
  int messageField() {
    return wire == 2 ? field : -1;
  }

  /** The number of the field, if it is a whole number; -1 otherwise. */
  int numberField() {
    return wire == 0 ? field : -1;
  }

  long number() {
    return value;
  }

  MemorySegment bytes() {
    return message.asSlice(start, length);
  }

  private void skip(long count) {
    if (count < 0 || count > message.byteSize() - position) {
      throw TokenizerCollector.fail(
          file,
          ErrorCode.TRUNCATED,
          "byte " + position,
          "a field within its message",
          count + " bytes of which " + (message.byteSize() - position) + " are there");
    }
    start = position;
    length = count;
    position += count;
  }

  private long varint() {
    long result = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (position >= message.byteSize()) {
        break;
      }
      byte next = message.get(ValueLayout.JAVA_BYTE, position++);
      result |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return result;
      }
    }
    throw TokenizerCollector.fail(
        file,
        ErrorCode.MALFORMED_TOKENIZER,
        "byte " + position,
        "a protobuf number",
        "one that does not end");
  }

  static int littleEndianInt(MemorySegment segment, long offset) {
    return segment.get(INT, offset);
  }
}
