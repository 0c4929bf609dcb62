package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

class GgufFormatTest extends FormatContract {
  @Override
  Format format() {
    return new GgufFormat();
  }

  @Override
  String fileName() {
    return "model.gguf";
  }

  @Override
  byte[] valid() {
    return file(
        3,
        2,
        3,
        out -> {
          metadata(out);
          tensor(out, "blk.0.attn_q.weight", 8, 0, 32, 4);
          tensor(out, "blk.0.ffn_gate_exps.weight", 0, 160, 2, 2, 3);
        },
        160 + 48);
  }

  @Override
  List<Attack> attacks() {
    return List.of(
        new Attack("empty", new byte[0], ErrorCode.TRUNCATED),
        new Attack("wrong magic", new byte[64], ErrorCode.WRONG_MAGIC),
        new Attack("version 1", file(1, 0, 0, out -> {}, 0), ErrorCode.UNSUPPORTED_VERSION),
        new Attack(
            "big-endian", file(0x03000000, 0, 0, out -> {}, 0), ErrorCode.UNSUPPORTED_VERSION),
        new Attack("tensors", file(3, -1, 0, out -> {}, 0), ErrorCode.TOO_MANY_ENTRIES),
        new Attack("entries", file(3, 0, 1L << 40, out -> {}, 0), ErrorCode.TOO_MANY_ENTRIES),
        new Attack("long key", file(3, 0, 1, out -> out.putLong(1L << 50), 0), ErrorCode.BAD_NAME),
        new Attack(
            "key to the end", file(3, 0, 1, out -> out.putLong(4000), 0), ErrorCode.TRUNCATED),
        new Attack(
            "same key",
            entries(out -> {
              text(out, "a", "b");
              text(out, "a", "b");
            }),
            ErrorCode.DUPLICATE_NAME),
        new Attack("value type", entry(out -> out.putInt(77)), ErrorCode.MALFORMED_HEADER),
        new Attack(
            "nested list",
            entry(out -> out.putInt(9).putInt(9).putLong(1)),
            ErrorCode.MALFORMED_HEADER),
        new Attack(
            "list of -1",
            entry(out -> out.putInt(9).putInt(4).putLong(-1)),
            ErrorCode.MALFORMED_HEADER),
        new Attack(
            "list past the end",
            entry(out -> out.putInt(9).putInt(4).putLong(1L << 61)),
            ErrorCode.TRUNCATED),
        new Attack(
            "texts past the end",
            entry(out -> out.putInt(9).putInt(8).putLong(1L << 61)),
            ErrorCode.TRUNCATED),
        new Attack("alignment 3", alignment(3), ErrorCode.MALFORMED_HEADER),
        new Attack("alignment 2^31", alignment(1 << 31), ErrorCode.MALFORMED_HEADER),
        tensor("unknown type", ErrorCode.UNKNOWN_ELEMENT_TYPE, out -> tensor(out, "a", 4, 0, 1)),
        tensor("a billion", ErrorCode.OUT_OF_FILE, out -> tensor(out, "a", 0, 0, 1_000_000_000)),
        tensor("overflow", ErrorCode.BAD_SHAPE, out -> tensor(out, "a", 0, 0, 1L << 40, 1L << 40)),
        tensor("negative", ErrorCode.BAD_SHAPE, out -> tensor(out, "a", 0, 0, -1)),
        tensor(
            "empty with huge rows",
            ErrorCode.BAD_SHAPE,
            out -> tensor(out, "blk.0.attn_q.weight", 0, 0, 1L << 60, 0)),
        tensor(
            "nine dimensions",
            ErrorCode.BAD_SHAPE,
            out -> tensor(out, "a", 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1)),
        tensor("half a block", ErrorCode.MALFORMED_HEADER, out -> tensor(out, "a", 8, 0, 16, 2)),
        tensor("offset", ErrorCode.OUT_OF_FILE, out -> tensor(out, "a", 0, 1L << 60, 1)),
        tensor("crooked offset", ErrorCode.MALFORMED_HEADER, out -> tensor(out, "a", 0, 7, 1)),
        tensor("control character", ErrorCode.BAD_NAME, out -> tensor(out, "a\u001b", 0, 0, 1)),
        tensor("direction override", ErrorCode.BAD_NAME, out -> tensor(out, "a\u202e", 0, 0, 1)),
        tensor("no name", ErrorCode.BAD_NAME, out -> tensor(out, "", 0, 0, 1)),
        new Attack(
            "same name",
            file(
                3,
                2,
                0,
                out -> {
                  tensor(out, "a", 0, 0, 1);
                  tensor(out, "a", 0, 32, 1);
                },
                64),
            ErrorCode.DUPLICATE_NAME),
        new Attack(
            "overlap",
            file(
                3,
                2,
                0,
                out -> {
                  tensor(out, "a", 0, 0, 9);
                  tensor(out, "b", 0, 32, 1);
                },
                64),
            ErrorCode.OVERLAP));
  }

  private static Attack tensor(String name, ErrorCode code, Consumer<ByteBuffer> tensor) {
    return new Attack(name, file(3, 1, 0, tensor, 64), code);
  }

  private static byte[] alignment(int value) {
    return file(
        3,
        1,
        1,
        out -> {
          text(out, "general.alignment");
          out.putInt(4).putInt(value);
          tensor(out, "a", 0, 0, 1);
        },
        64);
  }

  private static byte[] entry(Consumer<ByteBuffer> value) {
    return file(
        3,
        0,
        1,
        out -> {
          text(out, "key");
          value.accept(out);
        },
        0);
  }

  private static byte[] entries(Consumer<ByteBuffer> two) {
    return file(3, 0, 2, two, 0);
  }

  private static void metadata(ByteBuffer out) {
    text(out, "general.architecture", "llama");
    text(out, "llama.attention.head_count");
    out.putInt(4).putInt(2);
    text(out, "tokenizer.ggml.tokens");
    out.putInt(9).putInt(8).putLong(2);
    text(out, "a");
    text(out, "b");
  }

  private static void text(ByteBuffer out, String key, String value) {
    text(out, key);
    out.putInt(8);
    text(out, value);
  }

  private static void text(ByteBuffer out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.putLong(bytes.length).put(bytes);
  }

  /** Dimensions innermost first, as the file has them. */
  private static void tensor(
      ByteBuffer out, String name, int type, long offset, long... dimensions) {
    text(out, name);
    out.putInt(dimensions.length);
    for (long dimension : dimensions) {
      out.putLong(dimension);
    }
    out.putInt(type).putLong(offset);
  }

  private static byte[] file(
      int version, long tensors, long entries, Consumer<ByteBuffer> header, int dataBytes) {
    ByteBuffer out = ByteBuffer.allocate(2000).order(ByteOrder.LITTLE_ENDIAN);
    out.put("GGUF".getBytes(StandardCharsets.UTF_8))
        .putInt(version)
        .putLong(tensors)
        .putLong(entries);
    header.accept(out);
    int start = Math.ceilDiv(out.position(), 32) * 32;
    return Arrays.copyOf(out.array(), start + dataBytes);
  }
}
