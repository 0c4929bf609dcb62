package dev.stemma.numeric;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.stemma.artifact.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/** Makes stored elements for tests. */
public final class Encoding {
  private Encoding() {}

  /** Off-heap elements of a type from values, cut to the type's precision. */
  public static MemorySegment of(ElementType type, double... values) {
    MemorySegment segment = Arena.ofAuto().allocate(type.bytesFor(values.length), 64);
    for (int i = 0; i < values.length; i++) {
      put(segment, type, i, values[i]);
    }
    return segment;
  }

  /** Random bits: every value of the type may occur, NaN, infinities and subnormals among them. */
  public static MemorySegment randomBits(ElementType type, int elements, long seed) {
    MemorySegment segment = Arena.ofAuto().allocate(type.bytesFor(elements), 64);
    Random random = new Random(seed);
    for (long at = 0; at < segment.byteSize(); at++) {
      segment.set(ValueLayout.JAVA_BYTE, at, (byte) random.nextInt());
    }
    return segment;
  }

  /** The same bytes at an address that is a multiple of nothing. */
  public static MemorySegment unaligned(MemorySegment segment) {
    MemorySegment room = Arena.ofAuto().allocate(segment.byteSize() + 1, 64);
    return room.asSlice(1).copyFrom(segment);
  }

  private static void put(MemorySegment segment, ElementType type, long i, double value) {
    switch (type) {
      case F64 -> segment.set(ValueLayout.JAVA_DOUBLE.withOrder(LITTLE_ENDIAN), i * 8, value);
      case F32 ->
          segment.set(ValueLayout.JAVA_FLOAT.withOrder(LITTLE_ENDIAN), i * 4, (float) value);
      case F16 ->
          segment.set(
              ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN),
              i * 2,
              Float.floatToFloat16((float) value));
      case BF16 ->
          segment.set(
              ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN),
              i * 2,
              (short) (Float.floatToRawIntBits((float) value) >>> 16));
      case I64, U64 ->
          segment.set(ValueLayout.JAVA_LONG.withOrder(LITTLE_ENDIAN), i * 8, (long) value);
      case I32, U32 ->
          segment.set(ValueLayout.JAVA_INT.withOrder(LITTLE_ENDIAN), i * 4, (int) (long) value);
      case I16, U16 ->
          segment.set(ValueLayout.JAVA_SHORT.withOrder(LITTLE_ENDIAN), i * 2, (short) value);
      case F8_E4M3, F8_E5M2, F8_E8M0, I8, U8, BOOL ->
          segment.set(ValueLayout.JAVA_BYTE, i, (byte) value);
      default -> throw new IllegalArgumentException(type + " elements share bytes");
    }
  }
}
