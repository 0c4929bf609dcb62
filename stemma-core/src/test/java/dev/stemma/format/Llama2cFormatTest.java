package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

class Llama2cFormatTest extends FormatContract {
  @Override
  Format format() {
    return new Llama2cFormat();
  }

  @Override
  String fileName() {
    return "stories.bin";
  }

  /** dim 4, hidden 2, one layer, one head, vocabulary 2, two positions: 4-byte floats. */
  @Override
  byte[] valid() {
    int floats = 8 + 4 + 16 * 4 + 4 + 8 * 3 + 4 + 8;
    return file(28 + floats * 4, 4, 2, 1, 1, 1, 2, 2);
  }

  @Override
  List<Attack> attacks() {
    return List.of(
        new Attack("empty", new byte[0], ErrorCode.TRUNCATED),
        new Attack("only zeros", new byte[64], ErrorCode.WRONG_MAGIC),
        new Attack("a billion", file(100, 4, 1_000_000_000, 1, 1, 1, 2, 2), ErrorCode.WRONG_MAGIC),
        new Attack(
            "smallest", file(100, 4, 2, 1, 1, 1, Integer.MIN_VALUE, 2), ErrorCode.WRONG_MAGIC),
        new Attack(
            "largest", file(100, 1 << 24, 1 << 24, 9999, 1, 1, 1 << 24, 2), ErrorCode.OUT_OF_FILE),
        new Attack("heads", file(100, 4, 2, 1, 3, 1, 2, 2), ErrorCode.BAD_SHAPE),
        new Attack("short", Arrays.copyOf(valid(), valid().length - 1), ErrorCode.OUT_OF_FILE),
        new Attack("long", Arrays.copyOf(valid(), valid().length + 1), ErrorCode.SIZE_MISMATCH),
        new Attack(
            "version 2", file(300, 0x616b3432, 2, 4, 2, 1, 1, 1), ErrorCode.UNSUPPORTED_VERSION));
  }

  private static byte[] file(int size, int... header) {
    ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : header) {
      file.putInt(number);
    }
    return file.array();
  }
}
