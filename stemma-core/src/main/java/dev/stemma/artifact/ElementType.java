package dev.stemma.artifact;

import java.util.Locale;
import java.util.Optional;

/**
 * How one number, or one block of quantised numbers, is stored. Sizes are given by block, so that
 * plain types (one element a block) and GGUF's block-quantised types are treated alike.
 */
public enum ElementType {
  F64(1, 8),
  F32(1, 4),
  F16(1, 2),
  BF16(1, 2),
  F8_E4M3(1, 1),
  F8_E5M2(1, 1),
  F8_E8M0(1, 1),
  I64(1, 8),
  I32(1, 4),
  I16(1, 2),
  I8(1, 1),
  U64(1, 8),
  U32(1, 4),
  U16(1, 2),
  U8(1, 1),
  BOOL(1, 1),
  /** Signed nibbles, low first. */
  I4(2, 1),
  /** Unsigned nibbles, low first. */
  U4(2, 1),
  /** E2M1 nibbles, low first. */
  F4(2, 1),
  Q4_0(32, 18),
  Q4_1(32, 20),
  Q5_0(32, 22),
  Q5_1(32, 24),
  Q8_0(32, 34),
  Q2_K(256, 84),
  Q3_K(256, 110),
  Q4_K(256, 144),
  Q5_K(256, 176),
  Q6_K(256, 210),
  IQ4_NL(32, 18),
  IQ4_XS(256, 136),
  MXFP4(32, 17),
  /** Minus one, zero or one, five to a byte. */
  TQ1_0(256, 54),
  TQ2_0(256, 66);

  private final int blockElements;
  private final int blockBytes;

  ElementType(int blockElements, int blockBytes) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Elements in one block: 1 for plain types. */
  public int blockElements() {
    return blockElements;
  }

  /** Bytes of one block. */
  public int blockBytes() {
    return blockBytes;
  }

  /** True for types that hold fractions (not integers, not booleans). */
  public boolean isFloatingPoint() {
    return switch (this) {
      case I64, I32, I16, I8, U64, U32, U16, U8, BOOL, I4, U4 -> false;
      default -> true;
    };
  }

  /**
   * True where several elements share a scale (GGUF's types): one element has no bits of its own.
   */
  public boolean isBlockQuantised() {
    return blockElements > 2;
  }

  /**
   * Bytes that so many elements take.
   *
   * @throws ArithmeticException if it does not fit in a long or the elements do not fill whole
   *     blocks
   */
  public long bytesFor(long elements) {
    if (elements % blockElements != 0) {
      throw new ArithmeticException(
          elements + " elements do not fill whole blocks of " + blockElements);
    }
    return Math.multiplyExact(elements / blockElements, (long) blockBytes);
  }

  /** The type with this name in safetensors' spelling, ignoring case. */
  public static Optional<ElementType> named(String name) {
    for (ElementType type : values()) {
      if (type.name().equals(name.toUpperCase(Locale.ROOT))) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
