package dev.stemma.format;

import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;

/**
 * Reads one file format's headers. Adding a format is one class, one line in {@link Formats}, its
 * corpus of attacks and its fuzz run (see {@code FormatContract} in the tests). Every length, count
 * and offset is bounded before it is used.
 */
public interface Format {
  /** Short stable name, as in {@code safetensors}. */
  String id();

  /** Whether a file's name says that it is of this format; nothing is read. */
  boolean recognises(SourceFile file);

  /**
   * Reads what the file's headers say; tensor data stays unread.
   *
   * @param file the file
   * @param siblings all files beside it, for formats that refer to others by name
   * @throws dev.stemma.artifact.ArtifactException for whatever is wrong with the file
   */
  Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes);
}
