package dev.stemma.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;

/**
 * The entries of a zip archive and where their bytes are, read strictly: central directory and
 * local headers must agree, nothing may overlap, every count and size is bounded before use. (The
 * JDK's reader and the usual libraries give no bound on the directory or no offset of the data.)
 */
public final class ZipDirectory {
  private static final int END = 0x06054b50;
  private static final int END_64_LOCATOR = 0x07064b50;
  private static final int END_64 = 0x06064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_BYTES = 22;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final long SATURATED = 0xFFFFFFFFL;
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SourceFile archive;
  private final ByteSource bytes;
  private final ArchiveLimits limits;

  /**
   * A file in the archive.
   *
   * @param offsetBytes where its (packed) data begins in the archive
   * @param stored whether it is not compressed and can be read in place
   */
  public record Entry(
      String name, boolean stored, long offsetBytes, long packedBytes, long sizeBytes, int crc32) {}

  private record Raw(Entry entry, long headerOffsetBytes) {}

  private record End(long directoryOffsetBytes, long directoryBytes, long entries) {}

  private ZipDirectory(SourceFile archive, ByteSource bytes, ArchiveLimits limits) {
    this.archive = archive;
    this.bytes = bytes;
    this.limits = limits;
  }

  /**
   * All files of an archive in the directory's order; folders are left out.
   *
   * @throws ArtifactException for whatever is wrong with the archive
   */
  public static List<Entry> read(SourceFile archive, ByteSource bytes) {
    return read(archive, bytes, ArchiveLimits.STANDARD);
  }

  static List<Entry> read(SourceFile archive, ByteSource bytes, ArchiveLimits limits) {
    return LocalBytes.guarding(
        archive.name(), () -> new ZipDirectory(archive, bytes, limits).entries());
  }

  private List<Entry> entries() {
    End end = end();
    MemorySegment directory =
        bytes.read(archive.range(end.directoryOffsetBytes, end.directoryBytes));
    List<Raw> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    long at = 0;
    long totalBytes = 0;
    for (long index = 0; index < end.entries; index++) {
      if (at > directory.byteSize() - CENTRAL_BYTES || directory.get(INT, at) != CENTRAL) {
        throw damaged("directory entry " + index, "a directory entry", "other bytes");
      }
      long headBytes = (long) CENTRAL_BYTES + unsigned(directory, at + 28);
      long entryBytes = headBytes + unsigned(directory, at + 30) + unsigned(directory, at + 32);
      if (at > directory.byteSize() - entryBytes) {
        throw damaged("directory entry " + index, "an entry inside the directory", "one beyond");
      }
      Raw raw = entry(directory.asSlice(at, entryBytes), end.directoryOffsetBytes);
      at += entryBytes;
      if (!names.add(raw.entry.name)) {
        throw error(
            ErrorCode.DUPLICATE_NAME, "entry " + raw.entry.name, "each name once", "it twice");
      }
      totalBytes = Math.addExact(totalBytes, raw.entry.sizeBytes);
      if (totalBytes > limits.totalBytes()) {
        throw error(
            ErrorCode.ZIP_BOMB,
            "entry " + raw.entry.name,
            "at most " + limits.totalBytes() + " bytes unpacked",
            "more");
      }
      all.add(raw);
    }
    if (at != directory.byteSize()) {
      throw damaged("byte " + at + " of the directory", "its end", "more bytes");
    }
    refuseOverlap(all);
    return all.stream().map(Raw::entry).filter(entry -> !entry.name.endsWith("/")).toList();
  }

  private End end() {
    long size = archive.sizeBytes();
    if (size < END_BYTES) {
      throw error(ErrorCode.TRUNCATED, "", "a zip archive", size + " bytes");
    }
    int tailBytes = (int) Math.min(size, END_BYTES + 0xFFFF);
    MemorySegment tail = bytes.read(archive.range(size - tailBytes, tailBytes));
    int at = tailBytes - END_BYTES;
    while (at >= 0
        && (tail.get(INT, at) != END || at + END_BYTES + unsigned(tail, at + 20) != tailBytes)) {
      at--;
    }
    if (at < 0) {
      int magic = bytes.read(archive.range(0, 4)).get(INT, 0);
      throw magic == LOCAL
          ? error(ErrorCode.TRUNCATED, "", "a directory at the end", "none: the end is missing")
          : error(ErrorCode.WRONG_MAGIC, "", "a zip archive", "bytes of another kind");
    }
    long endOffset = size - tailBytes + at;
    if (unsigned(tail, at + 4) != 0 || unsigned(tail, at + 6) != 0) {
      throw error(
          ErrorCode.UNSUPPORTED_VERSION, "", "an archive in one file", "one part of several");
    }
    End end =
        new End(unsigned32(tail, at + 16), unsigned32(tail, at + 12), unsigned(tail, at + 10));
    if (end.directoryOffsetBytes == SATURATED
        || end.directoryBytes == SATURATED
        || end.entries == 0xFFFF) {
      long end64 = end64Offset(endOffset);
      if (end64 >= 0) {
        endOffset = end64;
        end = end64(end64);
      }
    }
    if (end.entries < 0 || end.entries > limits.entries()) {
      throw error(
          ErrorCode.TOO_MANY_ENTRIES,
          "directory",
          "at most " + limits.entries() + " entries",
          Long.toUnsignedString(end.entries));
    }
    if (end.directoryBytes < 0 || end.directoryBytes > limits.directoryBytes()) {
      throw error(
          ErrorCode.HEADER_TOO_LARGE,
          "directory",
          "at most " + limits.directoryBytes() + " bytes",
          Long.toUnsignedString(end.directoryBytes) + " bytes");
    }
    if (end.directoryOffsetBytes < 0
        || end.directoryOffsetBytes != endOffset - end.directoryBytes) {
      throw damaged(
          "directory",
          "its end at byte " + endOffset,
          end.directoryBytes + " bytes from " + Long.toUnsignedString(end.directoryOffsetBytes));
    }
    return end;
  }

  /** Where the 64-bit end record is, or -1 where there is none. */
  private long end64Offset(long endOffset) {
    if (endOffset < 20) {
      return -1;
    }
    MemorySegment locator = bytes.read(archive.range(endOffset - 20, 20));
    return locator.get(INT, 0) == END_64_LOCATOR ? locator.get(LONG, 8) : -1;
  }

  private End end64(long offset) {
    if (offset < 0 || offset > archive.sizeBytes() - 56) {
      throw damaged("64-bit end record", "a place in the file", "byte " + offset);
    }
    MemorySegment record = bytes.read(archive.range(offset, 56));
    if (record.get(INT, 0) != END_64) {
      throw damaged("64-bit end record", "its signature", "other bytes");
    }
    return new End(record.get(LONG, 48), record.get(LONG, 40), record.get(LONG, 32));
  }

  private Raw entry(MemorySegment head, long directoryOffsetBytes) {
    int flags = unsigned(head, 8);
    int nameBytes = unsigned(head, 28);
    byte[] rawName = head.asSlice(CENTRAL_BYTES, nameBytes).toArray(ValueLayout.JAVA_BYTE);
    String name = name(rawName, (flags & 0x800) != 0);
    boolean folder = name.endsWith("/");
    EntryNames.check(archive.name(), folder ? name.substring(0, name.length() - 1) : name);
    String place = "entry " + name;
    if ((flags & 0x2041) != 0) {
      throw new ArtifactException(
          ErrorCode.UNREADABLE,
          archive.name(),
          place,
          "an entry without a password",
          "an encrypted one",
          "Unpack the archive with its password, and give the folder.");
    }
    boolean unix = head.get(ValueLayout.JAVA_BYTE, 5) == 3;
    if (unix && (unsigned(head, 40) & 0170000) == 0120000) {
      throw error(ErrorCode.LINK_REFUSED, place, "a file", "a symbolic link");
    }
    int method = unsigned(head, 10);
    if (method != ZipEntry.STORED && method != ZipEntry.DEFLATED) {
      throw new ArtifactException(
          ErrorCode.UNSUPPORTED_VERSION,
          archive.name(),
          place,
          "stored or deflated data",
          "compression method " + method,
          "Unpack the archive yourself, and give the folder.");
    }
    long[] figures = {unsigned32(head, 24), unsigned32(head, 20), unsigned32(head, 42)};
    widen(head.asSlice(CENTRAL_BYTES + nameBytes, unsigned(head, 30)), figures, place);
    long sizeBytes = figures[0];
    long packedBytes = figures[1];
    long headerOffset = figures[2];
    boolean stored = method == ZipEntry.STORED;
    if (stored ? sizeBytes != packedBytes : folder && sizeBytes != 0) {
      throw damaged(place, "sizes that agree", packedBytes + " packed, " + sizeBytes + " unpacked");
    }
    if (!limits.allowsRatio(packedBytes, sizeBytes)) {
      throw error(
          ErrorCode.ZIP_BOMB,
          place,
          "at most " + limits.ratio() + " bytes from each packed one",
          sizeBytes + " from " + packedBytes);
    }
    long offsetBytes = dataOffset(rawName, headerOffset, directoryOffsetBytes, place);
    if (packedBytes > directoryOffsetBytes - offsetBytes) {
      throw error(
          ErrorCode.OUT_OF_FILE,
          place,
          "data before byte " + directoryOffsetBytes,
          packedBytes + " bytes from " + offsetBytes);
    }
    int crc32 = head.get(INT, 16);
    return new Raw(
        new Entry(name, stored, offsetBytes, packedBytes, sizeBytes, crc32), headerOffset);
  }

  /** Takes those figures that do not fit 32 bits from the 64-bit extra field. */
  private void widen(MemorySegment extra, long[] figures, String place) {
    long at = 0;
    while (at <= extra.byteSize() - 4) {
      int kind = unsigned(extra, at);
      int fieldBytes = unsigned(extra, at + 2);
      at += 4;
      if (fieldBytes > extra.byteSize() - at) {
        throw damaged(place, "an extra field inside the entry", "one beyond");
      }
      if (kind == 1) {
        long value = at;
        for (int figure = 0; figure < figures.length; figure++) {
          if (figures[figure] == SATURATED && value <= at + fieldBytes - 8) {
            figures[figure] = extra.get(LONG, value);
            value += 8;
          }
        }
      }
      at += fieldBytes;
    }
    for (long figure : figures) {
      if (figure < 0) {
        throw damaged(place, "sizes and offsets below 2^63", Long.toUnsignedString(figure));
      }
    }
  }

  /** Reads the local header, which must speak of the same entry. */
  private long dataOffset(byte[] rawName, long headerOffset, long directoryOffset, String place) {
    if (headerOffset > directoryOffset - LOCAL_BYTES - rawName.length) {
      throw error(
          ErrorCode.OUT_OF_FILE,
          place,
          "a header before byte " + directoryOffset,
          "byte " + headerOffset);
    }
    MemorySegment header =
        bytes.read(archive.range(headerOffset, LOCAL_BYTES + (long) rawName.length));
    boolean agrees =
        header.get(INT, 0) == LOCAL
            && unsigned(header, 26) == rawName.length
            && header.asSlice(LOCAL_BYTES).mismatch(MemorySegment.ofArray(rawName)) < 0;
    if (!agrees) {
      throw damaged(place, "its own header at byte " + headerOffset, "another");
    }
    return headerOffset + LOCAL_BYTES + rawName.length + unsigned(header, 28);
  }

  private void refuseOverlap(List<Raw> entries) {
    List<Raw> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Raw::headerOffsetBytes));
    for (int index = 1; index < sorted.size(); index++) {
      Entry before = sorted.get(index - 1).entry;
      if (sorted.get(index).headerOffsetBytes < before.offsetBytes + before.packedBytes) {
        throw error(
            ErrorCode.OVERLAP,
            "entry " + sorted.get(index).entry.name,
            "bytes of its own",
            "bytes of entry " + before.name);
      }
    }
  }

  private String name(byte[] raw, boolean utf8) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      String shown = new String(raw, Charset.forName("IBM437"));
      if (utf8) {
        throw EntryNames.bad(archive.name(), shown, "a name in UTF-8");
      }
      return shown;
    }
  }

  private static int unsigned(MemorySegment segment, long at) {
    return Short.toUnsignedInt(segment.get(SHORT, at));
  }

  private static long unsigned32(MemorySegment segment, long at) {
    return Integer.toUnsignedLong(segment.get(INT, at));
  }

  private ArtifactException damaged(String place, String expected, String found) {
    return error(ErrorCode.MALFORMED_ARCHIVE, place, expected, found);
  }

  private ArtifactException error(ErrorCode code, String place, String expected, String found) {
    return new ArtifactException(
        code,
        archive.name(),
        place,
        expected,
        found,
        "Download the archive again, or do not trust it.");
  }
}
