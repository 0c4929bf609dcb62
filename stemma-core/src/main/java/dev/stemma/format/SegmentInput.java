package dev.stemma.format;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/** Reads a segment as a stream, without copying it to the heap. */
final class SegmentInput extends InputStream {
  private final MemorySegment segment;
  private long position;

  SegmentInput(MemorySegment segment) {
    this.segment = segment;
  }

  @Override
  public int read() {
    return position >= segment.byteSize()
        ? -1
        : Byte.toUnsignedInt(segment.get(ValueLayout.JAVA_BYTE, position++));
  }

  @Override
  public int read(byte[] destination, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, destination.length);
    if (length == 0) {
      return 0;
    }
    long left = segment.byteSize() - position;
    if (left <= 0) {
      return -1;
    }
    int count = (int) Math.min(left, length);
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, position, destination, offset, count);
    position += count;
    return count;
  }

  @Override
  public int available() {
    return (int) Math.min(Integer.MAX_VALUE, segment.byteSize() - position);
  }
}
