package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.source.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes GGUF 3 from tensors under Hugging Face's names, a bounded piece at a time; the file
 * appears under its name only when it is whole. The vocabulary stays in the tokenizer's own files.
 */
public final class GgufWriter {
  private static final int MAGIC = 0x46554747;
  private static final int VERSION = 3;
  private static final int ALIGNMENT_BYTES = 32;
  private static final int UNSIGNED_32 = 4;
  private static final int FLOAT_32 = 6;
  private static final int TEXT = 8;

  private GgufWriter() {}

  /**
   * Writes the model.
   *
   * @throws ArtifactException if GGUF has no name for this architecture; nothing is written then
   * @throws IOException if the file cannot be written; nothing is left under its name then
   */
  public static void write(Path file, ObjectNode config, List<Entry> entries, Progress progress)
      throws IOException {
    GgufNames names = GgufNames.of(file, config);
    List<Entry> renamed = names.translate(entries);
    new TensorFileWriter(ALIGNMENT_BYTES, GgufWriter::encode)
        .write(file, header(names, renamed), renamed, progress);
  }

  /**
   * Whether a tensor can be stored in blocks: matrices whose rows are whole blocks.
   *
   * @param type a type of GGUF
   */
  public static boolean fits(Shape shape, ElementType type) {
    return shape.rank() == 2 && shape.columns() % type.blockElements() == 0;
  }

  /**
   * What a reader gets back of values stored in blocks.
   *
   * @param values a row, or several whole blocks
   */
  public static float[] rounded(float[] values, ElementType type) {
    int whole = values.length - values.length % type.blockElements();
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(type.bytesFor(whole))).order(ByteOrder.LITTLE_ENDIAN);
    GgufBlocks.encode(type, values, whole, bytes);
    float[] out = values.clone();
    float[] decoded = GgufBlocks.decode(type, bytes.flip(), whole);
    System.arraycopy(decoded, 0, out, 0, whole);
    return out;
  }

  private static byte[] header(GgufNames names, List<Entry> entries) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SortedMap<String, JsonNode> metadata = names.metadata();
    out.write(
        little(24)
            .putInt(MAGIC)
            .putInt(VERSION)
            .putLong(entries.size())
            .putLong(metadata.size() + 2)
            .array());
    text(out, "general.architecture");
    out.write(little(4).putInt(TEXT).array());
    text(out, names.architecture());
    text(out, "general.alignment");
    out.write(little(8).putInt(UNSIGNED_32).putInt(ALIGNMENT_BYTES).array());
    for (var entry : metadata.entrySet()) {
      text(out, entry.getKey());
      JsonNode value = entry.getValue();
      out.write(
          value.isIntegralNumber()
              ? little(8).putInt(UNSIGNED_32).putInt(value.asInt(0)).array()
              : little(8).putInt(FLOAT_32).putFloat((float) value.asDouble(0)).array());
    }
    long offset = 0;
    for (Entry entry : entries) {
      text(out, entry.name());
      List<Long> dimensions = entry.shape().dimensions();
      ByteBuffer info = little(4 + 8 * dimensions.size() + 12).putInt(dimensions.size());
      dimensions.reversed().forEach(info::putLong);
      info.putInt(number(entry.type())).putLong(offset).flip();
      byte[] bytes = new byte[info.remaining()];
      info.get(bytes);
      out.write(bytes);
      long end = offset + entry.bytes();
      offset = Math.ceilDiv(end, ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    }
    return out.toByteArray();
  }

  private static int number(ElementType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 1;
      case Q4_0 -> 2;
      case Q8_0 -> 8;
      case F64 -> 28;
      case BF16 -> 30;
      default -> throw new IllegalArgumentException("GGUF is not written as " + type);
    };
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void text(ByteArrayOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(little(8).putLong(bytes.length).array());
    out.write(bytes);
  }

  private static void encode(ElementType type, float[] values, int count, ByteBuffer bytes) {
    if (type.blockElements() > 1) {
      GgufBlocks.encode(type, values, count, bytes);
    } else {
      SafetensorsWriter.encode(type, values, count, bytes);
    }
  }

  static ArtifactException impossible(Path file, String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        file.toString(),
        "GGUF",
        expected,
        found,
        "Nothing was written; write safetensors instead (without --as gguf).");
  }
}
