package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The part of a reference after {@code #}, which chooses among the files that the rest names: a
 * file's path, its name with or without extension, or a folder's name.
 *
 * @param whole what stands before, or all of it
 * @param chosen what stands after; empty where nothing is chosen
 */
record FileSelection(String whole, String chosen) {
  /** Takes a reference apart. A path that exists as it stands has no such part. */
  static FileSelection of(String reference) {
    int mark = reference.lastIndexOf('#');
    if (mark <= 0 || reference.startsWith("openai:") || exists(reference)) {
      return new FileSelection(reference, "");
    }
    return new FileSelection(reference.substring(0, mark), reference.substring(mark + 1));
  }

  /** The chosen files, under the reference as the user gave it. */
  SourceFiles among(SourceFiles all, String reference) {
    if (chosen.isEmpty()) {
      return all;
    }
    List<SourceFile> files =
        all.files().stream().filter(file -> file.name().equals(chosen)).toList();
    if (files.isEmpty()) {
      files = all.files().stream().filter(file -> isNamed(file.name())).toList();
    }
    if (files.isEmpty()) {
      files = all.files().stream().filter(file -> isInFolder(file.name())).toList();
    }
    if (files.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          reference,
          "",
          "a file or folder \"" + chosen + "\"",
          all.files().size()
              + " others: "
              + all.files().stream()
                  .limit(8)
                  .map(SourceFile::name)
                  .collect(Collectors.joining(", ")),
          "Write after # the name of a file there.");
    }
    String name = all.name() + "#" + chosen;
    Surroundings rest = new Surroundings.Listed(all.files());
    return files.size() == 1
        ? Companions.of(reference, name, files.getFirst(), rest)
        : new SourceFiles(reference, name, files, rest, List.of());
  }

  private boolean isNamed(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    return name.equals(chosen) || (dot > 0 && name.substring(0, dot).equals(chosen));
  }

  private boolean isInFolder(String path) {
    int end = path.lastIndexOf('/');
    return path.startsWith(chosen + "/")
        || (end > 0 && Arrays.asList(path.substring(0, end).split("/", -1)).contains(chosen));
  }

  private static boolean exists(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
