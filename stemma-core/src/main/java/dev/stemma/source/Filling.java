package dev.stemma.source;

import dev.stemma.artifact.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files of one reference on their way into the cache. */
final class Filling {
  private final Cache cache;
  private final Path scratch;
  private final List<CacheIndex.Entry> entries = new ArrayList<>();
  private CacheIndex.@Nullable Container container;

  Filling(Cache cache, Path scratch) {
    this.cache = cache;
    this.scratch = scratch;
  }

  /** Writes one file's content; an IOException is one of reading. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** A folder for what is needed only now; removed afterwards. */
  Path scratchFolder() throws IOException {
    return Files.createDirectories(scratch.resolve("work"));
  }

  /** Refuses, before anything is written, what the disk has no room for. */
  void expect(long totalBytes) throws IOException {
    long usableBytes = cache.usableBytes();
    if (usableBytes < totalBytes) {
      throw new IOException(totalBytes + " bytes to unpack, room for " + usableBytes);
    }
  }

  /** An entry that is read where it is. */
  void inPlace(CacheIndex.Container archive, String name, long offsetBytes, long sizeBytes) {
    container = archive;
    entries.add(new CacheIndex.InPlace(name, offsetBytes, sizeBytes));
  }

  /** A file that is stored under its digest. */
  void blob(String name, Content content) throws IOException {
    Path written = scratch.resolve("blob");
    MessageDigest digest = Sha256.start();
    long sizeBytes;
    try (OutputStream file = Files.newOutputStream(written)) {
      Writer writer = new Writer(written, file, digest);
      content.writeTo(writer);
      sizeBytes = writer.sizeBytes;
    }
    String sha256 = Sha256.hex(digest);
    cache.adopt(written, sha256);
    entries.add(new CacheIndex.Blob(name, sha256, sizeBytes));
  }

  CacheIndex index(String key) {
    return new CacheIndex(key, container, entries);
  }

  /** Tells failures of the cache's disk from failures of what is read. */
  private static final class Writer extends OutputStream {
    private final Path path;
    private final OutputStream file;
    private final MessageDigest digest;
    private long sizeBytes;

    Writer(Path path, OutputStream file, MessageDigest digest) {
      this.path = path;
      this.file = file;
      this.digest = digest;
    }

    @Override
    public void write(int value) {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      try {
        file.write(bytes, offset, length);
      } catch (IOException e) {
        throw Cache.cannotWrite(path, e);
      }
      digest.update(bytes, offset, length);
      sizeBytes += length;
    }
  }
}
