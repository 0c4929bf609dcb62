package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Sha256;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
 * uses/KEY         empty, shared by every process that uses the reference until it ends
 * filling          empty, shared by every process that fills a reference
 * </pre>
 *
 * What was used longest ago makes room, see {@link CacheLimit}.
 */
final class Cache {
  private static final long MAXIMUM_INDEX_BYTES = 256L << 20;

  /** Blobs carry this time; one that does not was touched, and its digest is computed again. */
  private static final FileTime SEALED = FileTime.fromMillis(1_000_000_000_000L);

  /** A file lock holds for the whole process: these keep its threads apart. */
  private static final ConcurrentHashMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

  /** What this process uses until it ends. */
  private static final Set<Path> USED = ConcurrentHashMap.newKeySet();

  private final Path folder;
  private final CacheLimit limit;

  Cache(Path folder) {
    this(folder, CacheLimit.STANDARD);
  }

  Cache(Path folder, CacheLimit limit) {
    this.folder = folder.toAbsolutePath().normalize();
    this.limit = limit;
  }

  /** Puts the files of a reference into the cache. */
  interface Filler {
    void fill(Filling filling) throws IOException;
  }

  /** The files of a reference, if they are all here and unchanged. */
  Optional<List<SourceFile>> lookup(String key) {
    Path index = index(key);
    try {
      if (!Files.isRegularFile(index)) {
        return Optional.empty();
      }
      use(Sha256.hex(key));
      Optional<CacheIndex> parsed = CacheIndex.parse(readIndex(index), key);
      return parsed.isPresent() && isIntact(parsed.get())
          ? Optional.of(files(parsed.get()))
          : Optional.empty();
    } catch (IOException e) {
      // Unreadable or being damaged: as good as not there. Filling says so if it cannot write.
      return Optional.empty();
    }
  }

  /** An index's text; empty if it is longer than any that was written here. */
  static String readIndex(Path index) throws IOException {
    return Files.size(index) > MAXIMUM_INDEX_BYTES ? "" : Files.readString(index);
  }

  /** From now until this process ends, nobody removes the reference; it is the last one used. */
  private void use(String name) {
    Path use = CacheLimit.use(folder, name);
    try {
      if (USED.add(use)) {
        CacheLocks.share(use);
      }
      Files.setLastModifiedTime(
          folder.resolve("index").resolve(name), FileTime.fromMillis(System.currentTimeMillis()));
    } catch (IOException e) {
      // A cache that may only be read, or the first use: there is nothing to keep in order.
    }
  }

  /** Makes room, unless another process is filling; that one will. */
  private void makeRoom() throws IOException {
    Optional<CacheLocks.Release> alone = CacheLocks.alone(folder.resolve("filling"));
    if (alone.isPresent()) {
      try {
        limit.enforce(folder);
      } finally {
        alone.get().close();
      }
    }
  }

  /** The files of a reference, from the cache or put there by the filler. */
  List<SourceFile> fill(String key, Filler filler) {
    List<SourceFile> files = fillLocked(key, filler);
    try {
      makeRoom();
    } catch (IOException e) {
      throw cannotWrite(folder, e);
    }
    return files;
  }

  private List<SourceFile> fillLocked(String key, Filler filler) {
    String name = Sha256.hex(key);
    Path lockFile = folder.resolve("locks").resolve(name);
    ReentrantLock thread = THREADS.computeIfAbsent(lockFile, path -> new ReentrantLock());
    thread.lock();
    try {
      Path scratch = folder.resolve("scratch").resolve(name);
      for (String part : List.of("blobs", "index", "locks", "scratch")) {
        Files.createDirectories(folder.resolve(part));
      }
      use(name);
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        Optional<List<SourceFile>> filledMeanwhile = lookup(key);
        if (filledMeanwhile.isPresent() && held.isValid()) {
          return filledMeanwhile.get();
        }
        CacheLocks.Release filling = CacheLocks.share(folder.resolve("filling"));
        try {
          delete(scratch);
          Files.createDirectories(scratch);
          Filling files = new Filling(this, scratch);
          filler.fill(files);
          CacheIndex filled = files.index(key);
          Path written = scratch.resolve("index");
          Files.writeString(written, filled.text());
          force(written);
          publish(written, index(key));
          return files(filled);
        } finally {
          filling.close();
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
    MessageDigest digest = Sha256.start();
    try (InputStream in = new DigestInputStream(Files.newInputStream(blob), digest)) {
      byte[] buffer = new byte[1 << 18];
      while (in.read(buffer) >= 0) {
        // Only the digest is wanted.
      }
    }
    if (!Sha256.hex(digest).equals(sha256)) {
      return false;
    }
    Files.setLastModifiedTime(blob, SEALED);
    return true;
  }

  private Path index(String key) {
    return folder.resolve("index").resolve(Sha256.hex(key));
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
