package dev.stemma.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar stream (ustar, pax and GNU long names) entry by entry, with every size bounded. Only
 * files and folders are taken.
 */
final class TarReader {
  private static final int BLOCK = 512;
  private static final int MAXIMUM_EXTENSION_BYTES = 1 << 20;
  private static final int MAXIMUM_PADDING_BYTES = 1 << 20;

  private final String archive;
  private final InputStream in;
  private final ArchiveLimits limits;
  private final Set<String> names = new HashSet<>();
  private long totalBytes;
  private long entries;

  TarReader(String archive, InputStream in, ArchiveLimits limits) {
    this.archive = archive;
    this.in = in;
    this.limits = limits;
  }

  /** Takes one file; all its content must be written before it returns. */
  interface Visitor {
    void file(String name, Filling.Content content) throws IOException;
  }

  /** Visits all files. */
  void read(Visitor visitor) throws IOException {
    String longName = null;
    long longSize = -1;
    byte[] header = new byte[BLOCK];
    while (readHeader(header)) {
      char type = (char) header[156];
      long sizeBytes = number(header, 124, 12);
      if (++entries > limits.entries()) {
        throw error(
            ErrorCode.TOO_MANY_ENTRIES, "", "at most " + limits.entries() + " entries", "more");
      }
      if (type == 'x' || type == 'L') {
        byte[] extension = extension(sizeBytes);
        if (type == 'L') {
          longName = text(extension, 0, extension.length);
        } else {
          String path = pax(extension, "path");
          longName = path == null ? longName : path;
          String size = pax(extension, "size");
          longSize = size == null ? longSize : decimal(size);
        }
        continue;
      }
      if (type == 'g' || type == 'K') {
        extension(sizeBytes);
        continue;
      }
      String name = longName == null ? name(header) : longName;
      sizeBytes = longSize < 0 ? sizeBytes : longSize;
      longName = null;
      longSize = -1;
      entry(visitor, type, name, sizeBytes);
    }
    drain();
  }

  /** Reads the padding to its end, so that a compressed stream's checksum is compared. */
  private void drain() throws IOException {
    long left = MAXIMUM_PADDING_BYTES;
    byte[] buffer = new byte[1 << 14];
    int got = in.read(buffer, 0, buffer.length);
    while (got >= 0) {
      left -= got;
      if (left < 0) {
        throw error(
            ErrorCode.MALFORMED_ARCHIVE,
            "after entry " + entries,
            "at most " + MAXIMUM_PADDING_BYTES + " bytes of padding",
            "more");
      }
      got = in.read(buffer, 0, buffer.length);
    }
  }

  private void entry(Visitor visitor, char type, String rawName, long sizeBytes)
      throws IOException {
    String name = rawName;
    while (name.startsWith("./")) {
      name = name.substring(2);
    }
    while (name.endsWith("/")) {
      name = name.substring(0, name.length() - 1);
    }
    String place = "entry " + name;
    switch (type) {
      case '5' -> {
        if (!name.isEmpty() && !name.equals(".")) {
          EntryNames.check(archive, name);
        }
        skip(sizeBytes, place);
      }
      case '0', '\0', '7' -> {
        EntryNames.check(archive, name);
        if (!names.add(name)) {
          throw error(ErrorCode.DUPLICATE_NAME, place, "each name once", "it twice");
        }
        totalBytes += sizeBytes;
        if (totalBytes < 0 || totalBytes > limits.totalBytes()) {
          throw error(
              ErrorCode.ZIP_BOMB,
              place,
              "at most " + limits.totalBytes() + " bytes unpacked",
              "more");
        }
        visitor.file(name, out -> copy(sizeBytes, place, out));
      }
      case '1', '2' -> throw error(ErrorCode.LINK_REFUSED, place, "a file", "a link");
      case '3', '4', '6' ->
          throw error(ErrorCode.FORBIDDEN_CONTENT, place, "a file", "a device or pipe");
      default ->
          throw error(ErrorCode.MALFORMED_ARCHIVE, place, "a file", "entry type " + (int) type);
    }
  }

  /** False at the end: a block of zeros, or no more bytes after a whole entry. */
  private boolean readHeader(byte[] header) throws IOException {
    int got = in.readNBytes(header, 0, BLOCK);
    if (got == 0 && entries > 0) {
      return false;
    }
    if (got < BLOCK) {
      throw error(ErrorCode.TRUNCATED, "entry " + entries, "a header of 512 bytes", got + " bytes");
    }
    int sum = 0;
    boolean zeros = true;
    for (int index = 0; index < BLOCK; index++) {
      zeros &= header[index] == 0;
      sum += index >= 148 && index < 156 ? ' ' : header[index] & 0xFF;
    }
    if (zeros) {
      return false;
    }
    if (number(header, 148, 8) != sum) {
      throw error(notTar(), "header of entry " + entries, "checksum " + sum, "another");
    }
    return true;
  }

  private String name(byte[] header) {
    String name = text(header, 0, 100);
    boolean ustar = text(header, 257, 6).startsWith("ustar") && header[262] == 0;
    String prefix = ustar ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private byte[] extension(long sizeBytes) throws IOException {
    if (sizeBytes > MAXIMUM_EXTENSION_BYTES) {
      throw error(
          ErrorCode.HEADER_TOO_LARGE,
          "entry " + entries,
          "at most " + MAXIMUM_EXTENSION_BYTES + " bytes",
          sizeBytes + " bytes");
    }
    byte[] extension = in.readNBytes((int) sizeBytes);
    if (extension.length < sizeBytes) {
      throw truncated("entry " + entries);
    }
    padding(sizeBytes);
    return extension;
  }

  /** The last value of a key among lines of the form "LENGTH KEY=VALUE". */
  private @Nullable String pax(byte[] extension, String key) {
    String found = null;
    int at = 0;
    while (at < extension.length) {
      int length = 0;
      int digit = at;
      while (digit < extension.length && extension[digit] >= '0' && extension[digit] <= '9') {
        length = Math.min(MAXIMUM_EXTENSION_BYTES, length * 10 + extension[digit++] - '0');
      }
      boolean fits = length > digit - at + 2 && length <= extension.length - at;
      if (!fits || extension[digit] != ' ' || extension[at + length - 1] != '\n') {
        throw error(ErrorCode.MALFORMED_ARCHIVE, "entry " + entries, "a pax record", "other bytes");
      }
      String line = new String(extension, digit + 1, length - (digit + 1 - at) - 1, UTF_8);
      if (line.startsWith(key + "=")) {
        found = line.substring(key.length() + 1);
      }
      at += length;
    }
    return found;
  }

  private long decimal(String digits) {
    if (!digits.matches("[0-9]{1,18}")) {
      throw error(ErrorCode.MALFORMED_ARCHIVE, "entry " + entries, "a size", digits);
    }
    return Long.parseLong(digits);
  }

  /** Octal digits, or a big-endian number where the first bit is set. */
  private long number(byte[] header, int offset, int length) {
    if ((header[offset] & 0x80) != 0) {
      long value = header[offset] & 0x7F;
      for (int index = offset + 1; index < offset + length; index++) {
        if (value >= 1L << 54) {
          throw error(ErrorCode.MALFORMED_ARCHIVE, "entry " + entries, "a number", "too great");
        }
        value = (value << 8) | (header[index] & 0xFF);
      }
      return value;
    }
    String digits = text(header, offset, length).strip();
    if (!digits.matches("[0-7]{0,20}")) {
      throw error(notTar(), "entry " + entries, "an octal number", digits);
    }
    return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
  }

  private static String text(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, offset, end - offset, UTF_8);
  }

  private void copy(long sizeBytes, String place, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = sizeBytes;
    while (left > 0) {
      int got = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (got < 0) {
        throw truncated(place);
      }
      out.write(buffer, 0, got);
      left -= got;
    }
    padding(sizeBytes);
  }

  private void skip(long sizeBytes, String place) throws IOException {
    copy(sizeBytes, place, OutputStream.nullOutputStream());
  }

  private void padding(long sizeBytes) throws IOException {
    in.readNBytes((int) (-sizeBytes & (BLOCK - 1)));
  }

  /** Where even the first header makes no sense, this is another kind of file. */
  private ErrorCode notTar() {
    return entries == 0 ? ErrorCode.WRONG_MAGIC : ErrorCode.MALFORMED_ARCHIVE;
  }

  private ArtifactException truncated(String place) {
    return error(ErrorCode.TRUNCATED, place, "all its bytes", "the end of the archive");
  }

  private ArtifactException error(ErrorCode code, String place, String expected, String found) {
    return new ArtifactException(
        code, archive, place, expected, found, "Download the archive again, or do not trust it.");
  }
}
