package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;

/**
 * Opens archives: entries that are stored are read in place, all others are unpacked once into the
 * cache.
 */
final class Archives {
  private static final int PIECE_BYTES = 1 << 18;

  /** In no model; a jar may hold thousands. */
  private static final String CLASS_FILE = ".class";

  private final Cache cache;
  private final ArchiveLimits limits;

  Archives(Cache cache, ArchiveLimits limits) {
    this.cache = cache;
    this.limits = limits;
  }

  /** Gets an archive that is not here yet. */
  interface Fetcher {
    Path fetch(Path scratchFolder) throws IOException;
  }

  static boolean isZip(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".zip") || lower.endsWith(".jar") || lower.endsWith(".whl");
  }

  static boolean isTar(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".tgz") || lower.endsWith(".tar.gz") || lower.endsWith(".tar");
  }

  /** A zip of this machine; nothing is written where every entry is stored. */
  List<SourceFile> zip(Path path, Progress progress) {
    String key = key(path);
    Optional<List<SourceFile>> unpacked = cache.lookup(key);
    if (unpacked.isPresent()) {
      return unpacked.get();
    }
    try (LocalBytes bytes = new LocalBytes()) {
      List<ZipDirectory.Entry> entries = entries(path, bytes);
      if (entries.stream().allMatch(ZipDirectory.Entry::stored)) {
        return entries.stream()
            .map(e -> new SourceFile(e.name(), path.toUri(), e.offsetBytes(), e.sizeBytes()))
            .toList();
      }
      return cache.fill(key, filling -> unzip(path, entries, bytes, filling, progress));
    }
  }

  /** A zip that may have to be fetched first; an index of a former time spares even that. */
  List<SourceFile> fetchedZip(String key, Fetcher fetcher, Progress progress) {
    return cache
        .lookup(key)
        .orElseGet(() ->
            cache.fill(
                key,
                filling -> {
                  Path path = fetcher.fetch(filling.scratchFolder());
                  try (LocalBytes bytes = new LocalBytes()) {
                    unzip(path, entries(path, bytes), bytes, filling, progress);
                  }
                }));
  }

  /** A tar of this machine, compressed or not. */
  List<SourceFile> tar(Path path, Progress progress) {
    String key = key(path);
    return cache
        .lookup(key)
        .orElseGet(() -> cache.fill(key, filling -> untar(path, 0, filling, progress)));
  }

  /** An npm package: everything lies in one folder, whose name says nothing. */
  List<SourceFile> fetchedTar(String key, Fetcher fetcher, Progress progress) {
    return cache
        .lookup(key)
        .orElseGet(() ->
            cache.fill(
                key,
                filling -> untar(fetcher.fetch(filling.scratchFolder()), 1, filling, progress)));
  }

  /** How to tell later that an archive is still the same. */
  static CacheIndex.Container container(Path path) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
    return new CacheIndex.Container(
        path.toString(),
        attributes.size(),
        attributes.lastModifiedTime() + " " + attributes.fileKey());
  }

  private static String key(Path path) {
    if (path.toString().chars().anyMatch(Character::isISOControl)) {
      throw EntryNames.bad(path.toString(), path.toString(), "a path of visible characters");
    }
    try {
      CacheIndex.Container container = container(path);
      return "file:" + path + " " + container.sizeBytes() + " " + container.modified();
    } catch (IOException e) {
      throw Sources.unreadable(path.toString(), e);
    }
  }

  private List<ZipDirectory.Entry> entries(Path path, LocalBytes bytes) {
    SourceFile archive;
    try {
      archive = new SourceFile(path.toString(), path.toUri(), Files.size(path));
    } catch (IOException e) {
      throw Sources.unreadable(path.toString(), e);
    }
    return ZipDirectory.read(archive, bytes, limits).stream()
        .filter(entry -> !entry.name().endsWith(CLASS_FILE))
        .toList();
  }

  private void unzip(
      Path path,
      List<ZipDirectory.Entry> entries,
      LocalBytes bytes,
      Filling filling,
      Progress progress)
      throws IOException {
    long totalBytes =
        entries.stream().filter(e -> !e.stored()).mapToLong(ZipDirectory.Entry::sizeBytes).sum();
    filling.expect(totalBytes);
    try (Progress.Step step =
        progress.begin("unpacking " + path.getFileName(), totalBytes, Progress.Unit.BYTES)) {
      for (ZipDirectory.Entry entry : entries) {
        if (entry.stored()) {
          filling.inPlace(container(path), entry.name(), entry.offsetBytes(), entry.sizeBytes());
        } else {
          filling.blob(entry.name(), out -> inflate(path, entry, bytes, out, step));
        }
      }
    }
  }

  /**
   * Copies a piece at a time to the heap: a file that shrinks under native code would end the JVM.
   */
  private static void inflate(
      Path path, ZipDirectory.Entry entry, LocalBytes bytes, OutputStream out, Progress.Step step)
      throws IOException {
    Inflater inflater = new Inflater(true);
    CRC32 crc32 = new CRC32();
    byte[] packed = new byte[PIECE_BYTES];
    byte[] unpacked = new byte[PIECE_BYTES];
    long read = 0;
    long written = 0;
    try {
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          int pieceBytes = (int) Math.min(PIECE_BYTES, entry.packedBytes() - read);
          if (pieceBytes == 0 || inflater.needsDictionary()) {
            throw damaged(path, entry, "a whole deflate stream", "one that is cut");
          }
          long from = entry.offsetBytes() + read;
          LocalBytes.guarding(
              path.toString(),
              () -> {
                MemorySegment piece = bytes.read(new ByteRange(path.toUri(), from, pieceBytes));
                MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, packed, 0, pieceBytes);
                return pieceBytes;
              });
          inflater.setInput(packed, 0, pieceBytes);
          read += pieceBytes;
        }
        int got = inflater.inflate(unpacked);
        if (got == 0 && inflater.needsDictionary()) {
          throw damaged(path, entry, "a deflate stream", "one that needs a dictionary");
        }
        written += got;
        if (written > entry.sizeBytes()) {
          throw new ArtifactException(
              ErrorCode.ZIP_BOMB,
              path.toString(),
              "entry " + entry.name(),
              entry.sizeBytes() + " bytes, as the directory says",
              "more",
              "Do not trust this file.");
        }
        crc32.update(unpacked, 0, got);
        out.write(unpacked, 0, got);
        step.advance(got);
      }
      if (written != entry.sizeBytes() || inflater.getBytesRead() != entry.packedBytes()) {
        throw damaged(path, entry, entry.sizeBytes() + " bytes", written + " bytes");
      }
      if ((int) crc32.getValue() != entry.crc32()) {
        throw damaged(path, entry, "the checksum of the directory", "another");
      }
    } catch (DataFormatException e) {
      throw damaged(path, entry, "a deflate stream", String.valueOf(e.getMessage()));
    } finally {
      inflater.end();
    }
  }

  private void untar(Path path, int foldersToStrip, Filling filling, Progress progress) {
    String archive = path.getFileName().toString();
    try (InputStream file = Files.newInputStream(path);
        Progress.Step step =
            progress.begin("unpacking " + archive, Files.size(path), Progress.Unit.BYTES);
        Meter packed = new Meter(file, step);
        InputStream content =
            archive.endsWith(".tar") ? packed : new GZIPInputStream(packed, PIECE_BYTES)) {
      long[] unpackedBytes = new long[1];
      InputStream bounded =
          new FilterInputStream(content) {
            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
              int got = super.read(buffer, offset, length);
              unpackedBytes[0] += Math.max(0, got);
              if (!limits.allowsRatio(packed.count, unpackedBytes[0])) {
                throw new ArtifactException(
                    ErrorCode.ZIP_BOMB,
                    archive,
                    "byte " + unpackedBytes[0] + " unpacked",
                    "at most " + limits.ratio() + " bytes from each packed one",
                    unpackedBytes[0] + " from " + packed.count,
                    "Do not trust this file.");
              }
              return got;
            }
          };
      new TarReader(archive, bounded, limits)
          .read((name, bytes) -> {
            int slash = foldersToStrip == 0 ? -1 : name.indexOf('/');
            filling.blob(name.substring(slash + 1), bytes);
          });
    } catch (UncheckedIOException | IOException e) {
      throw new ArtifactException(
          ErrorCode.MALFORMED_ARCHIVE,
          archive,
          "",
          "a gzip-compressed tar archive",
          e.toString(),
          "Download the archive again.",
          e);
    }
  }

  private static ArtifactException damaged(
      Path path, ZipDirectory.Entry entry, String expected, String found) {
    return new ArtifactException(
        ErrorCode.MALFORMED_ARCHIVE,
        path.toString(),
        "entry " + entry.name(),
        expected,
        found,
        "Download the archive again.");
  }

  /** Counts what is read from the disk. */
  private static final class Meter extends FilterInputStream {
    private final Progress.Step step;
    private long count;

    Meter(InputStream in, Progress.Step step) {
      super(in);
      this.step = step;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = super.read(buffer, offset, length);
      count += Math.max(0, got);
      step.advance(Math.max(0, got));
      return got;
    }
  }
}
