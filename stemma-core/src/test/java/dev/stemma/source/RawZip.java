package dev.stemma.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zip archives field by field, so that any of them can lie. */
final class RawZip {
  /** One entry; the central directory says what the fields say. */
  static final class Entry {
    byte[] name;
    byte[] localName;
    int flags = 0x800;
    int method;
    int crc32;
    byte[] packed;
    long packedBytes;
    long sizeBytes;
    int madeBy = 20;
    int externalAttributes;
    long headerOffset = -1;

    Entry(String name, byte[] content, boolean deflated) {
      this.name = name.getBytes(UTF_8);
      this.localName = this.name;
      this.method = deflated ? 8 : 0;
      this.packed = deflated ? deflate(content) : content;
      this.packedBytes = packed.length;
      this.sizeBytes = content.length;
      CRC32 sum = new CRC32();
      sum.update(content);
      this.crc32 = (int) sum.getValue();
    }
  }

  final List<Entry> entries = new ArrayList<>();
  int claimedEntries = -1;
  int directoryBytesTooMany;
  int diskNumber;

  Entry stored(String name, byte[] content) {
    return add(new Entry(name, content, false));
  }

  Entry deflated(String name, byte[] content) {
    return add(new Entry(name, content, true));
  }

  private Entry add(Entry entry) {
    entries.add(entry);
    return entry;
  }

  byte[] bytes() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Entry entry : entries) {
      if (entry.headerOffset < 0) {
        entry.headerOffset = out.size();
        out.write(
            buffer(30)
                .putInt(0x04034b50)
                .putShort((short) 20)
                .putShort((short) entry.flags)
                .putShort((short) entry.method)
                .putInt(0)
                .putInt(entry.crc32)
                .putInt((int) entry.packedBytes)
                .putInt((int) entry.sizeBytes)
                .putShort((short) entry.localName.length)
                .array());
        out.write(entry.localName);
        out.write(entry.packed);
      }
    }
    int directory = out.size();
    for (Entry entry : entries) {
      out.write(
          buffer(46)
              .putInt(0x02014b50)
              .putShort((short) entry.madeBy)
              .putShort((short) 20)
              .putShort((short) entry.flags)
              .putShort((short) entry.method)
              .putInt(0)
              .putInt(entry.crc32)
              .putInt((int) entry.packedBytes)
              .putInt((int) entry.sizeBytes)
              .putShort((short) entry.name.length)
              .putLong(0)
              .putInt(38, entry.externalAttributes)
              .putInt(42, (int) entry.headerOffset)
              .array());
      out.write(entry.name);
    }
    int count = claimedEntries < 0 ? entries.size() : claimedEntries;
    out.write(
        buffer(22)
            .putInt(0x06054b50)
            .putShort((short) diskNumber)
            .putShort((short) diskNumber)
            .putShort((short) count)
            .putShort((short) count)
            .putInt(out.size() - directory + directoryBytesTooMany)
            .putInt(directory)
            .array());
    return out.toByteArray();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static byte[] deflate(byte[] content) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }
}
