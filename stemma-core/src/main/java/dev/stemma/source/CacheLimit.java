package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps the cache below a size: what was not used for longest goes first, and nothing goes that a
 * running process uses.
 */
record CacheLimit(long bytes) {
  /** The limit where the user sets none. */
  static final CacheLimit STANDARD = new CacheLimit(20_000_000_000L);

  private static final Pattern SIZE = Pattern.compile("(\\d{1,15})\\s*([KMGT]?)B?");
  private static final Map<String, Long> UNITS =
      Map.of("", 1L, "K", 1_000L, "M", 1_000_000L, "G", 1_000_000_000L, "T", 1_000_000_000_000L);

  /** A size as people write it: {@code 20GB}, {@code 500 MB}, {@code 1000000}. */
  static CacheLimit parse(String text) {
    Matcher size = SIZE.matcher(text.strip().toUpperCase(Locale.ROOT));
    try {
      if (size.matches()) {
        return new CacheLimit(
            Math.multiplyExact(
                Long.parseLong(size.group(1)), UNITS.getOrDefault(size.group(2), 1L)));
      }
    } catch (ArithmeticException e) {
      // More than any disk: refused below.
    }
    throw new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        "STEMMA_CACHE_LIMIT",
        "",
        "a size such as 20GB or 500MB",
        text,
        "Correct or unset STEMMA_CACHE_LIMIT.");
  }

  /** One reference in the cache. */
  private record Use(Path index, FileTime last, CacheIndex content) {}

  /**
   * Removes the references that were used longest ago until the rest fits, and every blob that no
   * reference names any more. The caller has the cache's filling lock for himself.
   */
  void enforce(Path folder) throws IOException {
    List<Path> blobs = list(folder.resolve("blobs"));
    long total = 0;
    for (Path blob : blobs) {
      total += Files.size(blob);
    }
    if (total <= bytes) {
      return;
    }
    List<Use> uses = uses(folder.resolve("index"));
    List<CacheLocks.Release> locks = new ArrayList<>();
    try {
      Set<String> kept = new HashSet<>();
      long keptBytes = 0;
      for (Use use : uses.reversed()) {
        long more = newBytes(use, kept);
        Optional<CacheLocks.Release> unused = Optional.empty();
        if (keptBytes + more > bytes) {
          unused = CacheLocks.alone(use(folder, use.index().getFileName().toString()));
        }
        if (unused.isPresent()) {
          locks.add(unused.get());
          Files.deleteIfExists(use.index());
        } else {
          keptBytes += more;
          blobsOf(use).forEach(blob -> kept.add(blob.sha256()));
        }
      }
      for (Path blob : blobs) {
        if (!kept.contains(blob.getFileName().toString())) {
          Files.deleteIfExists(blob);
        }
      }
    } finally {
      for (CacheLocks.Release lock : locks) {
        lock.close();
      }
    }
  }

  /** The file that whoever uses a reference shares. */
  static Path use(Path folder, String name) {
    return folder.resolve("uses").resolve(name);
  }

  private static long newBytes(Use use, Set<String> kept) {
    return blobsOf(use).stream()
        .filter(blob -> !kept.contains(blob.sha256()))
        .mapToLong(CacheIndex.Blob::sizeBytes)
        .sum();
  }

  private static List<CacheIndex.Blob> blobsOf(Use use) {
    return use.content().entries().stream()
        .flatMap(entry ->
            entry instanceof CacheIndex.Blob blob ? Stream.of(blob) : Stream.<CacheIndex.Blob>of())
        .toList();
  }

  /** All references that can be read, longest unused first; damaged ones hold nothing. */
  private static List<Use> uses(Path indexes) throws IOException {
    List<Use> uses = new ArrayList<>();
    for (Path index : list(indexes)) {
      FileTime last = Files.getLastModifiedTime(index);
      CacheIndex.parse(Cache.readIndex(index))
          .ifPresent(content -> uses.add(new Use(index, last, content)));
    }
    uses.sort(Comparator.comparing(Use::last));
    return uses;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    }
  }
}
