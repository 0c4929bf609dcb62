package dev.stemma.format;

import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.Sha256;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * SHA-256 over the name and size of every file used, its first and last mebibyte, and 64 samples of
 * 4096 bytes spread between: says which bytes a report speaks of without reading all of them.
 */
final class ModelDigest {
  private static final long END_BYTES = 1 << 20;
  private static final long SAMPLE_BYTES = 4096;
  private static final int SAMPLES = 64;

  private ModelDigest() {}

  static String of(List<SourceFile> files, ByteSource bytes) {
    MessageDigest digest = Sha256.start();
    for (SourceFile file : files) {
      digest.update(
          (file.name() + "\n" + file.sizeBytes() + "\n").getBytes(StandardCharsets.UTF_8));
      LocalBytes.guarding(
          file.name(),
          () -> {
            add(digest, file, bytes);
            return file;
          });
    }
    return Sha256.hex(digest);
  }

  private static void add(MessageDigest digest, SourceFile file, ByteSource bytes) {
    List<ByteRange> ranges = ranges(file);
    bytes.prefetch(ranges); // from far away side by side, not one round trip after the other
    ranges.forEach(range -> digest.update(bytes.read(range).asByteBuffer()));
  }

  private static List<ByteRange> ranges(SourceFile file) {
    long size = file.sizeBytes();
    if (size <= 2 * END_BYTES + SAMPLES * SAMPLE_BYTES) {
      return List.of(file.bytes());
    }
    List<ByteRange> ranges = new ArrayList<>();
    ranges.add(file.range(0, END_BYTES));
    long between = size - 2 * END_BYTES - SAMPLE_BYTES;
    for (int sample = 0; sample < SAMPLES; sample++) {
      ranges.add(file.range(END_BYTES + between / (SAMPLES - 1) * sample, SAMPLE_BYTES));
    }
    ranges.add(file.range(size - END_BYTES, END_BYTES));
    return ranges;
  }
}
