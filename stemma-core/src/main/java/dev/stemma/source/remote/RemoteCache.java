package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Sha256;
import dev.stemma.source.CacheLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder of pieces: who uses what, and what makes room. */
record RemoteCache(Path folder, long limitBytes) {
  private static final int PIN_BYTES = 10_000;

  private Path pinFile(Origin origin) {
    return folder.resolve("pins").resolve(Sha256.hex(origin.uri().toString()));
  }

  /** Which content the address had, if its pieces are still here. */
  Optional<Pin> pin(Origin origin) {
    Path file = pinFile(origin);
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > PIN_BYTES) {
        return Optional.empty();
      }
      return Pin.parse(Files.readString(file))
          .filter(pin -> Files.exists(content(pin.key(origin)).resolve("data")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  void keep(Origin origin, Pin pin) throws IOException {
    Path file = pinFile(origin);
    Files.createDirectories(file.getParent());
    Path written = Files.createTempFile(file.getParent(), "pin", "");
    Files.writeString(written, pin.text());
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Path content(String key) {
    return folder.resolve("content").resolve(key);
  }

  /** The folder of a content, kept until it is given back; what does not last goes then. */
  Path use(String key, List<AutoCloseable> until, boolean lasting) throws IOException {
    Path place = content(key);
    Files.createDirectories(place);
    until.add(CacheLocks.share(folder.resolve("uses").resolve(key)));
    Files.setLastModifiedTime(place, FileTime.fromMillis(System.currentTimeMillis()));
    if (!lasting) {
      until.add(() -> delete(place));
    }
    return place;
  }

  /** A file that comes whole or not at all must fit. */
  void makeRoom(Pin pin, String key) {
    if (!pin.ranges() && pin.sizeBytes() > limitBytes) {
      throw new ArtifactException(
          ErrorCode.DOWNLOAD_FAILED,
          key,
          "",
          "a server that gives parts of files, or a file within the cache's limit of "
              + limitBytes
              + " bytes",
          "one that gives the whole file, of " + pin.sizeBytes() + " bytes",
          "Raise STEMMA_CACHE_LIMIT, or download the model and give its folder.");
    }
  }

  private record Content(Path folder, FileTime last, long bytes) {}

  /** Deletes what was used longest ago until the rest fits; nothing that a process uses. */
  void enforce() throws IOException {
    Path contents = folder.resolve("content");
    if (!Files.isDirectory(contents, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Content> all = new ArrayList<>();
    try (Stream<Path> entries = Files.list(contents)) {
      for (Path entry : entries.toList()) {
        all.add(new Content(entry, Files.getLastModifiedTime(entry), bytes(entry)));
      }
    }
    all.sort(Comparator.comparing(Content::last));
    long total = all.stream().mapToLong(Content::bytes).sum();
    for (Content one : all) {
      if (total <= limitBytes) {
        return;
      }
      Path lock = folder.resolve("uses").resolve(one.folder().getFileName().toString());
      Optional<CacheLocks.Release> unused = CacheLocks.alone(lock);
      if (unused.isPresent()) {
        try {
          delete(one.folder());
          total -= one.bytes();
        } finally {
          unused.get().close();
        }
      }
    }
  }

  private static long bytes(Path content) throws IOException {
    return SparseFile.stored(content, Long.MAX_VALUE).stream()
        .mapToLong(SparseFile.Stored::length)
        .sum();
  }

  private static void delete(Path content) throws IOException {
    for (String name : List.of("pieces", "data")) {
      Files.deleteIfExists(content.resolve(name));
    }
    Files.deleteIfExists(content);
  }
}
