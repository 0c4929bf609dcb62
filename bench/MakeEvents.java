import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Makes a TensorBoard event file of a size: losses and learning rates of one run, and now and then a
 * record of a megabyte (a histogram, an image) that the reader has to pass over. Usage: java
 * MakeEvents.java FILE BYTES SCALARS.
 */
class MakeEvents {
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    long bytes = Long.parseLong(arguments[1]);
    long scalars = Long.parseLong(arguments[2]);
    SplittableRandom random = new SplittableRandom(7);
    byte[] blob = new byte[1 << 20];
    new java.util.Random(1).nextBytes(blob);
    long blobEvery = Math.max(1, scalars / Math.max(1, (bytes - 60 * scalars) / blob.length));
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      for (long step = 0; step < scalars; step++) {
        double loss = 2.9 + 8 * Math.pow(1 + step / 50.0, -0.4) + (step == 0 ? 0 : 0.03 * gaussian(random));
        record(out, event(step, "train/loss", (float) loss));
        if (step % blobEvery == 0) {
          record(out, blobEvent(step, blob));
        }
      }
    }
  }

  static double gaussian(SplittableRandom random) {
    return random.nextGaussian();
  }

  static byte[] event(long step, String tag, float value) {
    byte[] name = tag.getBytes(StandardCharsets.UTF_8);
    ByteBuffer inner = little(64).put((byte) 0x0a).put((byte) name.length).put(name).put((byte) 0x15).putFloat(value).flip();
    ByteBuffer summary = little(80).put((byte) 0x0a).put((byte) inner.remaining()).put(inner).flip();
    ByteBuffer event = little(128).put((byte) 9).putDouble(1.7e9 + step * 0.9).put((byte) 0x10);
    varint(event, step);
    event.put((byte) 0x2a).put((byte) summary.remaining()).put(summary).flip();
    return bytes(event);
  }

  /** Field 4 (a graph) of a megabyte: no scalar. */
  static byte[] blobEvent(long step, byte[] blob) {
    ByteBuffer event = little(blob.length + 32).put((byte) 9).putDouble(1.7e9 + step * 0.9).put((byte) 0x10);
    varint(event, step);
    event.put((byte) 0x22);
    varint(event, blob.length);
    event.put(blob).flip();
    return bytes(event);
  }

  static void varint(ByteBuffer out, long value) {
    while (value > 127) {
      out.put((byte) (value | 128));
      value >>>= 7;
    }
    out.put((byte) value);
  }

  static void record(OutputStream out, byte[] data) throws Exception {
    byte[] length = little(8).putLong(data.length).array();
    out.write(length);
    out.write(little(4).putInt(masked(length)).array());
    out.write(data);
    out.write(little(4).putInt(masked(data)).array());
  }

  static int masked(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    int value = (int) crc.getValue();
    return ((value >>> 15) | (value << 17)) + 0xa282ead8;
  }

  static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  static byte[] bytes(ByteBuffer buffer) {
    byte[] all = new byte[buffer.remaining()];
    buffer.get(all);
    return all;
  }
}
