package dev.stemma.source;

import dev.stemma.artifact.ByteRange;
import java.lang.foreign.MemorySegment;

/** Gives the bytes of ranges. Local files are mapped, so that nothing is copied; thread-safe. */
public interface ByteSource extends AutoCloseable {
  /**
   * The bytes of a range, read-only.
   *
   * @throws dev.stemma.artifact.ArtifactException if the file is not there, shorter than the range,
   *     or changed since it was first opened
   */
  MemorySegment read(ByteRange range);

  /** Releases all mappings. Segments given out must no longer be used. */
  @Override
  void close();
}
