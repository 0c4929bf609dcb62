package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Unpacked files, each stored once under its SHA-256, and small indexes that say which files a
 * reference stands for. Whatever is visible is complete: blobs and indexes are written elsewhere,
 * forced to disk and renamed into place, an index after all its blobs. One process fills a
 * reference at a time, the others wait; a killed one leaves only scratch files, which the next to
 * fill the same reference removes.
 *
 * <pre>
 * blobs/SHA256     content, read-only
 * index/KEY        what a reference stands for, see {@link CacheIndex}
 * locks/KEY        empty, locked while the reference is filled
 * scratch/KEY/     under way
 * </pre>
 */
final class Cache {
  private static final long MAXIMUM_INDEX_BYTES = 256L << 20;

  /** Blobs carry this time; one that does not was touched, and its digest is computed again. */
  private static final FileTime SEALED = FileTime.fromMillis(1_000_000_000_000L);

  /** A file lock holds for the whole process: these keep its threads apart. */
  private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  private final Path folder;

  Cache(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /** Puts the files of a reference into the cache. */
  interface Filler {
    void fill(Filling filling) throws IOException;
  }

  /** The files of a reference, if they are all here and unchanged. */
  Optional<List<SourceFile>> lookup(String key) {
    Path index = index(key);
    try {
      if (!Files.isRegularFile(index) || Files.size(index) > MAXIMUM_INDEX_BYTES) {
        return Optional.empty();
      }
      Optional<CacheIndex> parsed = CacheIndex.parse(Files.readString(index), key);
      return parsed.isPresent() && isIntact(parsed.get())
          ? Optional.of(files(parsed.get()))
          : Optional.empty();
    } catch (IOException e) {
      // Unreadable or being damaged: as good as not there. Filling says so if it cannot write.
      return Optional.empty();
    }
  }

  /** The files of a reference, from the cache or put there by the filler. */
  List<SourceFile> fill(String key, Filler filler) {
    String name = CacheIndex.sha256(key);
    Path lockFile = folder.resolve("locks").resolve(name);
    ReentrantLock thread = THREADS.computeIfAbsent(lockFile, path -> new ReentrantLock());
    thread.lock();
    try {
      Path scratch = folder.resolve("scratch").resolve(name);
      for (String part : List.of("blobs", "index", "locks", "scratch")) {
        Files.createDirectories(folder.resolve(part));
      }
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        Optional<List<SourceFile>> filledMeanwhile = lookup(key);
        if (filledMeanwhile.isPresent() && held.isValid()) {
          return filledMeanwhile.get();
        }
        delete(scratch);
        Files.createDirectories(scratch);
        try {
          Filling filling = new Filling(this, scratch);
          filler.fill(filling);
          CacheIndex filled = filling.index(key);
          Path written = scratch.resolve("index");
          Files.writeString(written, filled.text());
          force(written);
          publish(written, index(key));
          return files(filled);
        } finally {
          delete(scratch);
        }
      }
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    } finally {
      thread.unlock();
    }
  }

  /** Seals a finished scratch file and moves it under its digest. */
  void adopt(Path scratchFile, String sha256) throws IOException {
    Path blob = blob(sha256);
    if (Files.exists(blob) && isIntact(blob, sha256, Files.size(scratchFile))) {
      Files.delete(scratchFile);
      return;
    }
    Files.setLastModifiedTime(scratchFile, SEALED);
    force(scratchFile);
    if (!scratchFile.toFile().setReadOnly()) {
      throw new IOException("cannot make " + scratchFile + " read-only");
    }
    publish(scratchFile, blob);
  }

  static ArtifactException cannotWrite(Path path, IOException cause) {
    return new ArtifactException(
        ErrorCode.CANNOT_WRITE,
        path.toString(),
        "",
        "a cache that can be written, with room for the unpacked files",
        cause.toString(),
        "Free some space, or set STEMMA_CACHE to another folder.",
        cause);
  }

  /** Room left on the cache's disk. */
  long usableBytes() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  private List<SourceFile> files(CacheIndex index) {
    List<SourceFile> files = new ArrayList<>();
    for (CacheIndex.Entry entry : index.entries()) {
      files.add(
          switch (entry) {
            case CacheIndex.Blob stored ->
                new SourceFile(stored.name(), blob(stored.sha256()).toUri(), stored.sizeBytes());
            case CacheIndex.InPlace at ->
                new SourceFile(
                    at.name(),
                    Path.of(java.util.Objects.requireNonNull(index.container()).path()).toUri(),
                    at.offsetBytes(),
                    at.sizeBytes());
          });
    }
    return files;
  }

  private boolean isIntact(CacheIndex index) throws IOException {
    CacheIndex.Container container = index.container();
    if (container != null && !Archives.container(Path.of(container.path())).equals(container)) {
      return false;
    }
    for (CacheIndex.Entry entry : index.entries()) {
      if (entry instanceof CacheIndex.Blob stored
          && !isIntact(blob(stored.sha256()), stored.sha256(), stored.sizeBytes())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isIntact(Path blob, String sha256, long sizeBytes) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(blob, BasicFileAttributes.class);
    if (!attributes.isRegularFile() || attributes.size() != sizeBytes) {
      return false;
    }
    if (attributes.lastModifiedTime().equals(SEALED)) {
      return true;
    }
    MessageDigest digest = CacheIndex.sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(blob), digest)) {
      byte[] buffer = new byte[1 << 18];
      while (in.read(buffer) >= 0) {
        // Only the digest is wanted.
      }
    }
    if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
      return false;
    }
    Files.setLastModifiedTime(blob, SEALED);
    return true;
  }

  private Path index(String key) {
    return folder.resolve("index").resolve(CacheIndex.sha256(key));
  }

  private Path blob(String sha256) {
    return folder.resolve("blobs").resolve(sha256);
  }

  private static void publish(Path written, Path place) throws IOException {
    Files.move(written, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel parent = FileChannel.open(place.getParent(), StandardOpenOption.READ)) {
      parent.force(true);
    } catch (IOException e) {
      // Some systems cannot force a folder; the digest in the index then finds what was lost.
    }
  }

  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    Files.walkFileTree(
        tree,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path visited, @org.jspecify.annotations.Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
