package dev.stemma.format;

import dev.stemma.artifact.ElementType;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.source.Progress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Writes a header and then tensors, a bounded piece at a time; the file appears under its name only
 * when it is whole.
 *
 * @param alignmentBytes every tensor begins at a multiple of it, after zeros
 */
record TensorFileWriter(int alignmentBytes, Encoder encoder) {
  private static final int CHUNK_ELEMENTS = 1 << 20;

  /** Appends values in a stored type. */
  @FunctionalInterface
  interface Encoder {
    void encode(ElementType type, float[] values, int count, ByteBuffer destination);
  }

  void write(Path file, byte[] header, List<Entry> entries, Progress progress) throws IOException {
    Path temporary =
        file.resolveSibling(file.getFileName() + ".tmp-" + ProcessHandle.current().pid());
    long bytes = entries.stream().mapToLong(Entry::bytes).sum();
    try (FileChannel channel =
            FileChannel.open(
                temporary,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        Progress.Step step =
            progress.begin("writing " + file.getFileName(), bytes, Progress.Unit.BYTES)) {
      writeFully(channel, ByteBuffer.wrap(header));
      for (Entry entry : entries) {
        pad(channel);
        write(channel, entry, step);
      }
      channel.force(true);
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private void pad(FileChannel channel) throws IOException {
    long position = channel.position();
    long aligned = Math.ceilDiv(position, alignmentBytes) * alignmentBytes;
    writeFully(channel, ByteBuffer.allocate((int) (aligned - position)));
  }

  private void write(FileChannel channel, Entry entry, Progress.Step step) throws IOException {
    long elements = entry.shape().elements();
    float[] values = new float[(int) Math.min(CHUNK_ELEMENTS, Math.max(1, elements))];
    int block = entry.type().blockElements();
    long whole = (long) Math.ceilDiv(values.length, block) * block;
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(entry.type().bytesFor(whole)))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (long first = 0; first < elements; first += values.length) {
      int count = (int) Math.min(values.length, elements - first);
      entry.values().read(first, count, values);
      bytes.clear();
      encoder.encode(entry.type(), values, count, bytes);
      bytes.flip();
      step.advance(bytes.remaining());
      writeFully(channel, bytes);
    }
  }

  private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
