package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A file of which only some pieces are here, mapped whole. A journal says which, each with its
 * checksum: a piece that a crash left half-written, or that anybody changed, is found out before it
 * is used. Several processes may fill the same file.
 */
final class SparseFile implements AutoCloseable {
  private static final int RECORD_BYTES = 24;
  private static final long MOST_RECORDS = 10_000_000;
  private static final long SPARE_BYTES = 64L << 20;

  private final Path folder;
  private final FileChannel data;
  private final FileChannel journal;
  private final MemorySegment segment;

  /** A piece in the journal. */
  record Stored(long offset, long length, int checksum) {}

  /** Opens or creates; the mapping lives as long as the arena. */
  SparseFile(Path folder, long sizeBytes, Arena arena) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    data =
        FileChannel.open(
            folder.resolve("data"),
            StandardOpenOption.CREATE,
            StandardOpenOption.SPARSE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    if (data.size() != sizeBytes && sizeBytes > 0) {
      data.write(ByteBuffer.wrap(new byte[1]), sizeBytes - 1);
    }
    journal =
        FileChannel.open(
            folder.resolve("pieces"), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    segment = data.map(FileChannel.MapMode.READ_ONLY, 0, sizeBytes, arena);
  }

  Path path() {
    return folder.resolve("data");
  }

  MemorySegment segment() {
    return segment;
  }

  /** The journal's pieces, as far as it can be read. */
  List<Stored> stored() throws IOException {
    return stored(folder, segment.byteSize());
  }

  static List<Stored> stored(Path folder, long sizeBytes) throws IOException {
    Path file = folder.resolve("pieces");
    List<Stored> found = new ArrayList<>();
    if (!Files.exists(file) || Files.size(file) > RECORD_BYTES * MOST_RECORDS) {
      return found;
    }
    ByteBuffer records = ByteBuffer.wrap(Files.readAllBytes(file));
    while (records.remaining() >= RECORD_BYTES) {
      Stored one = new Stored(records.getLong(), records.getLong(), records.getInt());
      if (records.getInt() == check(one)
          && one.offset() >= 0
          && one.length() > 0
          && one.offset() <= sizeBytes - one.length()) {
        found.add(one);
      }
    }
    return found;
  }

  private static int check(Stored one) {
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES - Integer.BYTES);
    record.putLong(one.offset()).putLong(one.length()).putInt(one.checksum()).flip();
    CRC32C crc = new CRC32C();
    crc.update(record);
    return (int) crc.getValue();
  }

  /** Whether a piece of the journal is what was written. */
  boolean isIntact(Stored piece) {
    CRC32C crc = new CRC32C();
    long step = 1L << 26;
    for (long at = 0; at < piece.length(); at += step) {
      crc.update(
          segment.asSlice(piece.offset() + at, Math.min(step, piece.length() - at)).asByteBuffer());
    }
    return (int) crc.getValue() == piece.checksum();
  }

  /** Makes sure that so many bytes fit on the disk. */
  void reserve(long bytes) {
    try {
      long usable = Files.getFileStore(folder).getUsableSpace();
      if (usable < bytes + SPARE_BYTES) {
        throw cannotWrite(folder, bytes + " bytes of room", usable + " bytes", null);
      }
    } catch (IOException e) {
      throw cannotWrite(folder, "a cache that can be written", e.toString(), e);
    }
  }

  /** Writes at a place. */
  void write(byte[] bytes, int count, long offset) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
      long at = offset;
      while (buffer.hasRemaining()) {
        at += data.write(buffer, at);
      }
    } catch (IOException e) {
      throw cannotWrite(folder, "a cache that can be written", e.toString(), e);
    }
  }

  /** Notes a finished piece. */
  void note(Stored piece) {
    ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES);
    record.putLong(piece.offset()).putLong(piece.length()).putInt(piece.checksum());
    record.putInt(check(piece)).flip();
    try {
      journal.write(record);
    } catch (IOException e) {
      throw cannotWrite(folder, "a cache that can be written", e.toString(), e);
    }
  }

  static ArtifactException cannotWrite(
      Path path,
      String expected,
      String found,
      @org.jspecify.annotations.Nullable Throwable cause) {
    return new ArtifactException(
        ErrorCode.CANNOT_WRITE,
        path.toString(),
        "",
        expected,
        found,
        "Free some space, or set STEMMA_CACHE to another folder.",
        cause);
  }

  @Override
  public void close() throws IOException {
    data.close();
    journal.close();
  }
}
