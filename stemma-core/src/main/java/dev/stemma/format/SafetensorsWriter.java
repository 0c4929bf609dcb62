package dev.stemma.format;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.source.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a safetensors file, a bounded piece at a time; the file appears under its name only when
 * it is whole.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT_BYTES = 8;

  private SafetensorsWriter() {}

  /** Gives a tensor's values in row-major order. */
  @FunctionalInterface
  public interface Values {
    /**
     * Puts {@code count} values, from element {@code first} on, at the start of the destination.
     */
    void read(long first, int count, float[] destination);
  }

  /** A tensor to be written. */
  public record Entry(String name, ElementType type, Shape shape, Values values) {
    /** Its size as stored. */
    long bytes() {
      return type.bytesFor(shape.elements());
    }
  }

  /**
   * Writes all entries in order.
   *
   * @throws IOException if the file cannot be written; nothing is left under its name then
   */
  public static void write(Path file, List<Entry> entries, Progress progress) throws IOException {
    byte[] json = header(entries);
    ByteBuffer header =
        ByteBuffer.allocate(Long.BYTES + json.length)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(json.length)
            .put(json);
    new TensorFileWriter(1, SafetensorsWriter::encode)
        .write(file, header.array(), entries, progress);
  }

  private static byte[] header(List<Entry> entries) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (Entry entry : entries) {
      long bytes = entry.bytes();
      ObjectNode tensor = json.putObject(entry.name());
      tensor.put("dtype", entry.type().name());
      entry.shape().dimensions().forEach(tensor.putArray("shape")::add);
      tensor.putArray("data_offsets").add(offset).add(offset + bytes);
      offset += bytes;
    }
    StringBuilder text = new StringBuilder(json.toString());
    while (text.toString().getBytes(StandardCharsets.UTF_8).length % ALIGNMENT_BYTES != 0) {
      text.append(' ');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Appends values in a stored type, rounded to nearest, ties to even.
   *
   * @throws IllegalArgumentException if the type is none that is written
   */
  public static void encode(ElementType type, float[] values, int count, ByteBuffer destination) {
    for (int i = 0; i < count; i++) {
      switch (type) {
        case F32 -> destination.putFloat(values[i]);
        case F64 -> destination.putDouble(values[i]);
        case F16 -> destination.putShort(Float.floatToFloat16(values[i]));
        case BF16 -> destination.putShort(brainFloat(values[i]));
        default ->
            throw new IllegalArgumentException(
                "tensors are written as F64, F32, F16 or BF16, not " + type);
      }
    }
  }

  /** The bits of the nearest bfloat16, ties to even; a NaN stays a NaN. */
  static short brainFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    int rounded = bits + 0x7fff + ((bits >>> 16) & 1);
    return (short) (rounded >>> 16);
  }
}
