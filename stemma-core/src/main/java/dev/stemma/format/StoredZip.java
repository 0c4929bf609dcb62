package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import java.util.HashMap;
import java.util.Map;

/**
 * The directory of a zip archive, whose entries are read in place and of any size where they are
 * stored as they are (as PyTorch does); nothing is ever unpacked.
 */
record StoredZip(Map<String, Entry> entries) {
  private static final int END_BYTES = 22;
  private static final int MAXIMUM_COMMENT = 65_535;
  private static final int END = 0x06054b50;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int DIRECTORY = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final long FULL = 0xFFFFFFFFL;

  /** Where an entry's bytes are in the file. */
  record Entry(long offset, long length, boolean packed) {}

  /** An entry whose bytes lie as they are. */
  Entry entry(SourceFile file, String name) {
    Entry entry = entries.get(name);
    if (entry == null || entry.packed()) {
      throw HeaderChecks.fail(
          ErrorCode.MALFORMED_ARCHIVE,
          file,
          "entry " + name,
          "a stored entry, neither compressed nor encrypted",
          entry == null ? "no such entry" : "a compressed or encrypted one");
    }
    return entry;
  }

  private record Directory(long offset, long length, long count) {}

  static StoredZip read(SourceFile file, ByteSource bytes) {
    Directory directory = directory(file, bytes);
    if (directory.count() < 0 || directory.count() > HeaderChecks.MAXIMUM_TENSORS) {
      throw HeaderChecks.fail(
          ErrorCode.TOO_MANY_ENTRIES,
          file,
          "archive directory",
          "at most " + HeaderChecks.MAXIMUM_TENSORS + " entries",
          Long.toUnsignedString(directory.count()));
    }
    HeaderCursor cursor =
        at(file, bytes, directory.offset(), directory.length(), "archive directory");
    Map<String, Entry> entries = new HashMap<>();
    for (long i = 0; i < directory.count(); i++) {
      entry(file, bytes, cursor, entries);
    }
    return new StoredZip(entries);
  }

  private static Directory directory(SourceFile file, ByteSource bytes) {
    long size = file.sizeBytes();
    for (long end = size - END_BYTES;
        end >= Math.max(0, size - END_BYTES - MAXIMUM_COMMENT);
        end--) {
      HeaderCursor cursor = at(file, bytes, end, END_BYTES, "archive end");
      if (cursor.signed32() != END) {
        continue;
      }
      cursor.skip(6);
      long count = cursor.unsigned16();
      long length = cursor.unsigned32();
      long offset = cursor.unsigned32();
      if (count != 0xFFFF && length != FULL && offset != FULL) {
        return new Directory(offset, length, count);
      }
      HeaderCursor locator = at(file, bytes, end - 20, 20, "archive end");
      require(file, locator.signed32() == LOCATOR_64, "the large archive's locator");
      locator.skip(4);
      HeaderCursor large = at(file, bytes, locator.signed64(), 56, "archive end");
      require(file, large.signed32() == END_64, "the large archive's end");
      large.skip(28);
      long largeCount = large.signed64();
      long largeLength = large.signed64();
      return new Directory(large.signed64(), largeLength, largeCount);
    }
    throw HeaderChecks.fail(
        ErrorCode.TRUNCATED, file, "archive end", "a zip archive's directory", "none");
  }

  private static void entry(
      SourceFile file, ByteSource bytes, HeaderCursor cursor, Map<String, Entry> entries) {
    require(file, cursor.signed32() == DIRECTORY, "a directory entry at " + cursor.place());
    cursor.skip(4);
    int flags = cursor.unsigned16();
    int method = cursor.unsigned16();
    cursor.skip(8);
    long packed = cursor.unsigned32();
    long length = cursor.unsigned32();
    int nameBytes = cursor.unsigned16();
    int extraBytes = cursor.unsigned16();
    int commentBytes = cursor.unsigned16();
    cursor.skip(8);
    long offset = cursor.unsigned32();
    String name = HeaderChecks.name(file, cursor.place(), cursor.text(nameBytes, 4096));
    long extraEnd = cursor.position() + extraBytes;
    while (cursor.position() + 4 <= extraEnd) {
      int id = cursor.unsigned16();
      long blockEnd = cursor.unsigned16() + cursor.position();
      if (id == 1) {
        length = length == FULL ? cursor.signed64() : length;
        packed = packed == FULL ? cursor.signed64() : packed;
        offset = offset == FULL ? cursor.signed64() : offset;
      }
      require(
          file, blockEnd >= cursor.position() && blockEnd <= extraEnd, "extra fields in bounds");
      cursor.skip(blockEnd - cursor.position());
    }
    require(file, extraEnd >= cursor.position(), "extra fields in bounds");
    cursor.skip(extraEnd - cursor.position() + commentBytes);
    boolean asItIs = method == 0 && (flags & 1) == 0 && packed == length;
    HeaderCursor local = at(file, bytes, offset, 30, "entry " + name);
    require(file, local.signed32() == LOCAL, "a local header for " + name);
    local.skip(22);
    long start = offset + 30 + local.unsigned16();
    start += local.unsigned16();
    HeaderChecks.inFile(file, "entry " + name, start, asItIs ? length : packed);
    if (entries.put(name, new Entry(start, length, !asItIs)) != null) {
      throw HeaderChecks.fail(
          ErrorCode.DUPLICATE_NAME, file, "entry " + name, "every name once", "it twice");
    }
  }

  private static HeaderCursor at(
      SourceFile file, ByteSource bytes, long offset, long length, String place) {
    HeaderChecks.inFile(file, place, offset, length);
    return new HeaderCursor(file, bytes.read(file.range(offset, length)), offset);
  }

  private static void require(SourceFile file, boolean holds, String what) {
    if (!holds) {
      throw HeaderChecks.fail(
          ErrorCode.MALFORMED_ARCHIVE, file, "archive directory", what, "other bytes");
    }
  }
}
