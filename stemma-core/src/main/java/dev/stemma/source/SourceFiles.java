package dev.stemma.source;

import java.util.List;
import java.util.Optional;

/**
 * A resolved model reference: the files found there, sorted by name.
 *
 * @param reference as the user gave it
 * @param name short, for people
 * @param surroundings where a file that one of these refers to by name may lie besides
 * @param notes what the user should know of how the files were chosen
 */
public record SourceFiles(
    String reference,
    String name,
    List<SourceFile> files,
    Surroundings surroundings,
    List<String> notes) {
  /** Keeps the lists unmodifiable. */
  public SourceFiles {
    files = List.copyOf(files);
    notes = List.copyOf(notes);
  }

  /** Files with nothing around them. */
  public SourceFiles(String reference, String name, List<SourceFile> files) {
    this(reference, name, files, new Surroundings.Listed(List.of()), List.of());
  }

  /** The file of a plain name in the same folder as another of these. */
  public Optional<SourceFile> beside(SourceFile file, String plainName) {
    String path = file.name().substring(0, file.name().lastIndexOf('/') + 1) + plainName;
    return files.stream()
        .filter(other -> other.name().equals(path))
        .findFirst()
        .or(() -> surroundings.find(path));
  }
}
