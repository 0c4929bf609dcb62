package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Names files that PyTorch would unpickle and that are neither a zip nor {@link LegacyPyTorch}'s:
 * plain pickles and tars. None of them is read; what of a forbidden class they hold is named.
 */
final class LegacyPickle {
  /** The number 0x1950a86a20f9469cfc6c, pickled. */
  private static final byte[] MAGIC = HexFormat.of().parseHex("80028a0a6cfc9c46f9206aa850192e");

  private static final int LOOKED_AT_BYTES = 16 << 20;

  private LegacyPickle() {}

  /** Whether the first bytes can be no llama2.c header, and are those of a pickle or a tar. */
  static boolean recognises(SourceFile file, ByteSource bytes) {
    byte[] head = head(file, bytes, 265);
    return startsAsPickle(head) || isTar(head);
  }

  /** Whether this is what PyTorch wrote before version 1.6. */
  static boolean hasMagic(SourceFile file, ByteSource bytes) {
    return begins(head(file, bytes, MAGIC.length), MAGIC);
  }

  /** Always an error: what the file is, or the first opcode or class in it that is forbidden. */
  static ArtifactException refuse(SourceFile file, ByteSource bytes) {
    byte[] head = head(file, bytes, 265);
    if (isTar(head)) {
      return unsupported(file, "a tar, as PyTorch wrote before 0.1.10");
    }
    if (!startsAsPickle(head)) {
      return new ArtifactException(
          ErrorCode.WRONG_MAGIC,
          file.name(),
          "byte 0",
          "a file of torch.save",
          "other bytes",
          "Save the model again with a current PyTorch, or as safetensors.");
    }
    long length = Math.min(file.sizeBytes(), LOOKED_AT_BYTES);
    HeaderCursor cursor = new HeaderCursor(file, bytes.read(file.range(0, length)), 0);
    try {
      new PickleReader(file, cursor, "").read();
    } catch (ArtifactException e) {
      if (e.code() == ErrorCode.FORBIDDEN_CONTENT) {
        return e;
      }
      // Harmless as far as it was read: what it is says more than where it breaks.
    }
    return unsupported(file, "a plain pickle");
  }

  private static ArtifactException unsupported(SourceFile file, String found) {
    return new ArtifactException(
        ErrorCode.UNSUPPORTED_VERSION,
        file.name(),
        "byte 0",
        "a file of torch.save",
        found,
        "Save the model again with a current PyTorch, or as safetensors.");
  }

  /** A protocol's opcode (a llama2.c dim of 640 begins alike), or text that names a class. */
  private static boolean startsAsPickle(byte[] head) {
    if (head.length < 4) {
      return false;
    }
    boolean versioned = head[0] == (byte) 0x80 && head[1] >= 1 && head[1] <= 5 && head[2] != 0;
    boolean text = (head[0] == 'c' || head[0] == '(') && head[3] > 1;
    return versioned || text;
  }

  private static boolean isTar(byte[] head) {
    return head.length >= 262
        && new String(head, 257, 5, StandardCharsets.US_ASCII).equals("ustar");
  }

  private static boolean begins(byte[] head, byte[] with) {
    return head.length >= with.length
        && java.util.Arrays.equals(head, 0, with.length, with, 0, with.length);
  }

  private static byte[] head(SourceFile file, ByteSource bytes, int most) {
    return bytes
        .read(file.range(0, Math.min(file.sizeBytes(), most)))
        .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
  }
}
