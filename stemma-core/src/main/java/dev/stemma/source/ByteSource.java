package dev.stemma.source;

import dev.stemma.artifact.ByteRange;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** Gives the bytes of ranges. Local files are mapped, so that nothing is copied; thread-safe. */
public interface ByteSource extends AutoCloseable {
  /**
   * The bytes of a range, read-only.
   *
   * @throws dev.stemma.artifact.ArtifactException if the file is not there, shorter than the range,
   *     or changed since it was first opened
   */
  MemorySegment read(ByteRange range);

  /**
   * Says what will be read soon. A source far away begins to fetch it, side by side and joined
   * where it lies together; returns at once.
   */
  default void prefetch(List<ByteRange> ranges) {}

  /** A file of this machine that holds exactly these bytes, for libraries that want one. */
  default Optional<URI> onDisk(ByteRange wholeFile) {
    return wholeFile.offsetBytes() == 0 && "file".equals(wholeFile.file().getScheme())
        ? Optional.of(wholeFile.file())
        : Optional.empty();
  }

  /** Releases all mappings. Segments given out must no longer be used. */
  @Override
  void close();
}
