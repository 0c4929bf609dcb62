package dev.stemma.source;

import java.util.List;

/**
 * A resolved model reference: the files found there, sorted by name.
 *
 * @param reference as the user gave it
 * @param name short, for people
 */
public record SourceFiles(String reference, String name, List<SourceFile> files) {
  /** Keeps the list unmodifiable. */
  public SourceFiles {
    files = List.copyOf(files);
  }
}
