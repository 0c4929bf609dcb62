package dev.stemma.analysis.training.reading;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * TFRecord framing: length, its masked CRC-32C, data, its masked CRC-32C. Streams in constant
 * memory; data beyond {@link #MAXIMUM_RECORD} is checked and passed over. After a damaged length
 * the next valid frame is searched.
 */
final class RecordFile implements AutoCloseable {
  /** Longest record whose content is given; scalars are far shorter. */
  static final int MAXIMUM_RECORD = 1 << 18;

  private static final int HEADER = 12;
  private static final long SEARCH_LIMIT = 64L << 20;
  private static final int MASK_DELTA = 0xa282ead8;

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN).limit(0);
  private long bufferStart;

  /** What is told of each frame. */
  interface Visitor {
    /** A sound record that is not beyond the bound; valid during the call only. */
    void record(long offset, ByteBuffer data);

    /** A defect. */
    void defect(long offset, String expected, String found);
  }

  RecordFile(Path file) throws IOException {
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    this.size = channel.size();
  }

  /** Whether the file begins with a frame whose length is sound. */
  boolean beginsWithFrame() throws IOException {
    return size >= HEADER && headerIsSound(0);
  }

  /** Walks all frames. */
  void read(Visitor visitor) throws IOException {
    long offset = 0;
    while (offset < size) {
      if (size - offset < HEADER) {
        visitor.defect(offset, "a frame of at least 16 bytes", "the end of the file");
        return;
      }
      long length = at(offset, HEADER).getLong(0);
      boolean sound = headerIsSound(offset);
      if (!sound) {
        visitor.defect(offset, "a length with its CRC-32C", "another checksum");
      }
      boolean fits = length >= 0 && length <= size - offset - HEADER - 4;
      if (sound && !fits) {
        visitor.defect(offset, length + " bytes of data", "the end of the file (truncated)");
        return;
      }
      if (fits && (sound || length <= MAXIMUM_RECORD)) {
        boolean right = dataIsSound(offset + HEADER, length);
        if (right && length <= MAXIMUM_RECORD) {
          visitor.record(offset, at(offset + HEADER, (int) length));
        }
        if (!right && sound) {
          visitor.defect(offset, "data with their CRC-32C", "another checksum (record skipped)");
        }
        if (sound || right) {
          offset += HEADER + length + 4;
          continue;
        }
      }
      offset = search(offset + 1);
      if (offset < 0) {
        visitor.defect(size, "a further sound frame", "none within 64 MiB (rest skipped)");
        return;
      }
    }
  }

  private long search(long from) throws IOException {
    long end = Math.min(size - HEADER - 4, from + SEARCH_LIMIT);
    for (long offset = from; offset <= end; offset++) {
      if (headerIsSound(offset)) {
        return offset;
      }
    }
    return end + 1 + HEADER + 4 > size ? size : -1;
  }

  private boolean headerIsSound(long offset) throws IOException {
    ByteBuffer header = at(offset, HEADER);
    int stored = header.getInt(8);
    CRC32C crc = new CRC32C();
    crc.update(header.slice(0, 8));
    return mask(crc) == stored;
  }

  private boolean dataIsSound(long offset, long length) throws IOException {
    CRC32C crc = new CRC32C();
    long done = 0;
    while (done < length) {
      int part = (int) Math.min(1 << 16, length - done);
      crc.update(at(offset + done, part));
      done += part;
    }
    return mask(crc) == at(offset + length, 4).getInt(0);
  }

  private static int mask(CRC32C crc) {
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  private ByteBuffer at(long offset, int length) throws IOException {
    if (offset < bufferStart || offset + length > bufferStart + buffer.limit()) {
      buffer.clear();
      bufferStart = offset;
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, bufferStart + buffer.position()) < 0) {
          break;
        }
      }
      buffer.flip();
      if (buffer.limit() < length) {
        throw new IOException("the file became shorter while it was read");
      }
    }
    return buffer.slice((int) (offset - bufferStart), length).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
