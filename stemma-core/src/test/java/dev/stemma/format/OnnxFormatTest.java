package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxFormatTest extends FormatContract {
  @Override
  Format format() {
    return new OnnxFormat();
  }

  @Override
  String fileName() {
    return "model.onnx";
  }

  @Override
  List<String> siblings() {
    return List.of("model.data");
  }

  @Override
  byte[] valid() {
    return model(
        tensor("w", 1, field(9, new byte[8]), 1, 2),
        external("e", "model.data", "0", "8"),
        quantised("onnx::MatMul_1"),
        node(
            "MatMulInteger", "/layer/0/q/MatMul_quant", "x_quantized", "onnx::MatMul_1_quantized"));
  }

  @Test
  void namesAndScalesAnonymousWeights() {
    List<Tensor> tensors = read(valid()).tensors();
    assertThat(tensors).extracting(Tensor::name).containsExactly("w", "e", "layer.0.q.weight");
    assertThat(tensors.getLast().view())
        .isInstanceOfSatisfying(
            TensorView.Transposed.class,
            view -> assertThat(view.of()).isInstanceOf(TensorView.Dequantised.class));
  }

  @Override
  List<Attack> attacks() {
    return List.of(
        new Attack("empty", new byte[0], ErrorCode.WRONG_MAGIC),
        new Attack(
            "another format", new byte[] {0x50, 0x4b, 3, 4, 0, 0}, ErrorCode.MALFORMED_HEADER),
        new Attack(
            "text", "hello, world".getBytes(StandardCharsets.UTF_8), ErrorCode.MALFORMED_HEADER),
        new Attack("length", new byte[] {8, 8, 0x3a, -1, -1, -1, -1, 15}, ErrorCode.TRUNCATED),
        new Attack(
            "negative length",
            new byte[] {8, 8, 0x3a, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
            ErrorCode.TRUNCATED),
        new Attack(
            "endless number",
            new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
            ErrorCode.MALFORMED_HEADER),
        attack(
            "unknown type",
            ErrorCode.UNKNOWN_ELEMENT_TYPE,
            tensor("w", 99, field(9, new byte[8]), 2)),
        attack(
            "a billion",
            ErrorCode.SIZE_MISMATCH,
            tensor("w", 1, field(9, new byte[8]), 1_000_000_000)),
        attack(
            "overflow",
            ErrorCode.BAD_SHAPE,
            tensor("w", 1, field(9, new byte[8]), 1L << 40, 1L << 40)),
        attack("negative", ErrorCode.BAD_SHAPE, tensor("w", 1, field(9, new byte[8]), -1)),
        attack(
            "nine dimensions",
            ErrorCode.BAD_SHAPE,
            tensor("w", 1, field(9, new byte[8]), 1, 1, 1, 1, 1, 1, 1, 1, 1)),
        attack("too few values", ErrorCode.SIZE_MISMATCH, tensor("w", 3, field(5, new byte[2]), 3)),
        attack(
            "two places",
            ErrorCode.MALFORMED_HEADER,
            tensor("w", 1, join(field(9, new byte[8]), field(4, new byte[8])), 2)),
        attack(
            "same name",
            ErrorCode.DUPLICATE_NAME,
            tensor("w", 1, field(9, new byte[8]), 2),
            tensor("w", 1, field(9, new byte[8]), 2)),
        attack("no name", ErrorCode.BAD_NAME, tensor("", 1, field(9, new byte[8]), 2)),
        attack(
            "control character",
            ErrorCode.BAD_NAME,
            tensor("\u001b[2J", 1, field(9, new byte[8]), 2)),
        attack(
            "direction override",
            ErrorCode.BAD_NAME,
            tensor("a\u202e", 1, field(9, new byte[8]), 2)),
        attack(
            "long name", ErrorCode.BAD_NAME, tensor("x".repeat(5000), 1, field(9, new byte[8]), 2)),
        attack("not text", ErrorCode.BAD_NAME, field(5, field(8, new byte[] {-1, -2}))),
        attack("up", ErrorCode.PATH_TRAVERSAL, external("e", "../model.data", "0", "8")),
        attack("absolute", ErrorCode.PATH_TRAVERSAL, external("e", "/etc/passwd", "0", "8")),
        attack("folder", ErrorCode.PATH_TRAVERSAL, external("e", "sub/model.data", "0", "8")),
        attack("missing file", ErrorCode.NOT_FOUND, external("e", "other.data", "0", "8")),
        attack("offset", ErrorCode.OUT_OF_FILE, external("e", "model.data", "60", "8")),
        attack("negative offset", ErrorCode.OUT_OF_FILE, external("e", "model.data", "-8", "8")),
        attack("length", ErrorCode.SIZE_MISMATCH, external("e", "model.data", "0", "9")),
        attack("no number", ErrorCode.MALFORMED_HEADER, external("e", "model.data", "x", "8")),
        attack(
            "overlap",
            ErrorCode.OVERLAP,
            external("e", "model.data", "0", "8"),
            external("f", "model.data", "4", "8")),
        attack(
            "scales",
            ErrorCode.BAD_SHAPE,
            tensor("w_quantized", 3, field(9, new byte[6]), 2, 3),
            tensor("w_scale", 1, field(4, new byte[20]), 5)));
  }

  private static Attack attack(String name, ErrorCode code, byte[]... parts) {
    return new Attack(name, model(parts), code);
  }

  private static byte[] model(byte[]... parts) {
    return join(new byte[] {8, 8}, field(7, join(parts)));
  }

  private static byte[] quantised(String name) {
    return join(
        tensor(name + "_quantized", 3, field(9, new byte[] {1, 2, 3, 4, 5, 6}), 2, 3),
        tensor(name + "_scale", 1, field(4, new byte[12]), 3),
        tensor(name + "_zero_point", 3, field(5, new byte[3]), 3));
  }

  private static byte[] node(String operation, String name, String... inputs) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String input : inputs) {
      out.writeBytes(text(1, input));
    }
    return field(1, join(out.toByteArray(), text(3, name), text(4, operation)));
  }

  private static byte[] external(String name, String location, String offset, String length) {
    return tensor(
        name,
        1,
        join(
            field(13, join(text(1, "location"), text(2, location))),
            field(13, join(text(1, "offset"), text(2, offset))),
            field(13, join(text(1, "length"), text(2, length))),
            new byte[] {14 << 3, 1}),
        2);
  }

  private static byte[] tensor(String name, int type, byte[] values, long... dimensions) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (long dimension : dimensions) {
      out.write(8);
      out.writeBytes(varint(dimension));
    }
    return field(5, join(out.toByteArray(), new byte[] {16}, varint(type), text(8, name), values));
  }

  private static byte[] text(int number, String text) {
    return field(number, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] field(int number, byte[] value) {
    return join(varint(number << 3 | 2), varint(value.length), value);
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    while (value >>> 7 != 0) {
      out.write((int) ((value & 0x7f) | 0x80));
      value >>>= 7;
    }
    out.write((int) value);
    return out.toByteArray();
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
