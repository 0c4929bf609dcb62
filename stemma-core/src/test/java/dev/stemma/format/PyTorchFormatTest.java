package dev.stemma.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class PyTorchFormatTest extends FormatContract {
  @Override
  Format format() {
    return new PyTorchFormat();
  }

  @Override
  String fileName() {
    return "pytorch_model.bin";
  }

  /** A storage of six floats as a 2 x 3 matrix, and as its transpose by strides. */
  @Override
  byte[] valid() {
    return file(
        state(
            tensor("w", 0, "K\2K\3\u0086", "K\3K\1\u0086")
                + tensor("t", 0, "K\3K\2\u0086", "K\1K\3\u0086")));
  }

  @Test
  void stridesAreViews() {
    List<Tensor> tensors = read(valid()).tensors();
    assertThat(tensors).extracting(Tensor::name).containsExactly("w", "t");
    assertThat(tensors.getLast().shape()).isEqualTo(Shape.of(3, 2));
  }

  @Test
  void aCallIsNamedAndNotMade() {
    ArtifactException error =
        Objects.requireNonNull(refused(file("\u0080\2cos\nsystem\nX\4\0\0\0true\u0085R.")));
    assertThat(error.code()).isEqualTo(ErrorCode.FORBIDDEN_CONTENT);
    assertThat(error.found()).contains("os.system").contains("0x63");
  }

  @Override
  List<Attack> attacks() {
    return List.of(
        new Attack("empty", new byte[0], ErrorCode.WRONG_MAGIC),
        new Attack(
            "older format",
            new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10},
            ErrorCode.UNSUPPORTED_VERSION),
        new Attack("cut", Arrays.copyOf(valid(), valid().length - 30), ErrorCode.TRUNCATED),
        new Attack(
            "compressed",
            archive(ZipEntry.DEFLATED, "archive/data.pkl", ".", "archive/data/0"),
            ErrorCode.MALFORMED_ARCHIVE),
        new Attack(
            "no pickle",
            archive(ZipEntry.STORED, "archive/x", ".", "archive/data/0"),
            ErrorCode.MALFORMED_ARCHIVE),
        attack(
            "builtins",
            ErrorCode.FORBIDDEN_CONTENT,
            "\u0080\2c__builtin__\neval\nX\1\0\0\0001\u0085R."),
        attack(
            "stack global",
            ErrorCode.FORBIDDEN_CONTENT,
            "\u0080\4\u008c\5posix\u008c\6system\u0093."),
        attack("instance", ErrorCode.FORBIDDEN_CONTENT, "(ios\nsystem\n."),
        attack("object", ErrorCode.FORBIDDEN_CONTENT, "(cos\nsystem\no."),
        attack("new object", ErrorCode.FORBIDDEN_CONTENT, "ccollections\nOrderedDict\n)\u0081."),
        attack("extension", ErrorCode.FORBIDDEN_CONTENT, "\u0082\1."),
        attack("build", ErrorCode.FORBIDDEN_CONTENT, "K\1}b."),
        attack("call of a number", ErrorCode.FORBIDDEN_CONTENT, "K\1)R."),
        attack("inside torch", ErrorCode.FORBIDDEN_CONTENT, "ctorch\nload\n."),
        attack("empty stack", ErrorCode.MALFORMED_HEADER, "."),
        attack("no mark", ErrorCode.MALFORMED_HEADER, "K\1t."),
        attack("memo", ErrorCode.MALFORMED_HEADER, "h\7."),
        attack("list as key", ErrorCode.MALFORMED_HEADER, "}]K\1s."),
        attack("no end", ErrorCode.TRUNCATED, "}"),
        attack("no dictionary", ErrorCode.MALFORMED_HEADER, "K\1."),
        attack("long text", ErrorCode.BAD_NAME, "X\377\377\377\177."),
        attack(
            "same name",
            ErrorCode.DUPLICATE_NAME,
            state(
                tensor("w", 0, "K\2\u0085", "K\1\u0085")
                    + tensor("w", 0, "K\2\u0085", "K\1\u0085"))),
        attack(
            "control character",
            ErrorCode.BAD_NAME,
            state(tensor("w\33", 0, "K\2\u0085", "K\1\u0085"))),
        attack("offset", ErrorCode.OUT_OF_FILE, state(tensor("w", 5, "K\2\u0085", "K\1\u0085"))),
        attack(
            "strides",
            ErrorCode.OUT_OF_FILE,
            state(tensor("w", 0, "K\2K\3\u0086", "K\4K\1\u0086"))),
        attack(
            "negative stride",
            ErrorCode.OUT_OF_FILE,
            state(tensor("w", 0, "K\2\u0085", "J\377\377\377\377\u0085"))),
        attack(
            "a billion of one",
            ErrorCode.OUT_OF_FILE,
            state(tensor("w", 0, "J\377\377\377\177\u0085", "K\0\u0085"))),
        attack(
            "overflow",
            ErrorCode.BAD_SHAPE,
            state(
                tensor(
                    "w",
                    0,
                    "J\377\377\377\177J\377\377\377\177J\377\377\377\177\u0087",
                    "K\1K\1K\1\u0087"))),
        attack(
            "negative size",
            ErrorCode.BAD_SHAPE,
            state(tensor("w", 0, "J\377\377\377\377\u0085", "K\1\u0085"))),
        attack(
            "storage",
            ErrorCode.SIZE_MISMATCH,
            state(
                tensor("w", 0, "K\2\u0085", "K\1\u0085")
                    .replace("X\3\0\0\0cpuK\6", "X\3\0\0\0cpuK\7"))),
        attack(
            "no such storage",
            ErrorCode.MALFORMED_ARCHIVE,
            state(
                tensor("w", 0, "K\2\u0085", "K\1\u0085").replace("X\1\0\0\0000", "X\1\0\0\0009"))),
        attack(
            "unknown storage",
            ErrorCode.UNKNOWN_ELEMENT_TYPE,
            state(
                tensor("w", 0, "K\2\u0085", "K\1\u0085")
                    .replace("FloatStorage", "StrangeStorage"))));
  }

  private static Attack attack(String name, ErrorCode code, String pickle) {
    return new Attack(name, file(pickle), code);
  }

  private static String state(String items) {
    return "\u0080\2}(" + items + "u.";
  }

  /** A key and the call that rebuilds a tensor; characters are bytes. */
  private static String tensor(String name, int offset, String size, String strides) {
    return "X"
        + (char) name.length()
        + "\0\0\0"
        + name
        + "ctorch._utils\n"
        + "_rebuild_tensor_v2\n"
        + "((X\7\0\0\0storagectorch\n"
        + "FloatStorage\n"
        + "X\1\0\0\0000X\3\0\0\0cpuK\6tQK"
        + (char) offset
        + size
        + strides
        + "\u0089ccollections\nOrderedDict\n)RtR";
  }

  private static byte[] file(String pickle) {
    return archive(ZipEntry.STORED, "archive/data.pkl", pickle, "archive/data/0");
  }

  private static byte[] archive(int method, String name, String pickle, String storage) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(out)) {
      entry(zip, method, name, pickle.getBytes(StandardCharsets.ISO_8859_1));
      entry(zip, method, storage, new byte[24]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static void entry(ZipOutputStream zip, int method, String name, byte[] content)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 sum = new CRC32();
    sum.update(content);
    entry.setMethod(method);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }
}
