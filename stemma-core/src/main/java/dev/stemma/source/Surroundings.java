package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What lies around the files that a user chose: the rest of an archive or folder, or the folder of
 * a single file. Nothing of it is read unless a chosen file needs it.
 */
public sealed interface Surroundings {
  /** The file of this path, relative to the model. */
  Optional<SourceFile> find(String path);

  /** Files that are known. */
  record Listed(List<SourceFile> files) implements Surroundings {
    /** Keeps the list unmodifiable. */
    public Listed {
      files = List.copyOf(files);
    }

    @Override
    public Optional<SourceFile> find(String path) {
      return files.stream().filter(file -> file.name().equals(path)).findFirst();
    }
  }

  /** What lies beside a file far away: asked for by name. */
  record Asked(Function<String, Optional<SourceFile>> place) implements Surroundings {
    @Override
    public Optional<SourceFile> find(String path) {
      return path.contains("/") ? Optional.empty() : place.apply(path);
    }
  }

  /** A folder of this machine, of which plain names are looked up. */
  record InFolder(Path folder) implements Surroundings {
    /** The file, if it is one: links are refused as in {@link Folder}. */
    @Override
    public Optional<SourceFile> find(String path) {
      Path place;
      try {
        place = folder.resolve(path);
      } catch (InvalidPathException e) {
        return Optional.empty();
      }
      if (!folder.equals(place.getParent()) || !place.normalize().equals(place)) {
        throw new ArtifactException(
            ErrorCode.PATH_TRAVERSAL,
            path,
            "",
            "the plain name of a file in the same folder",
            "a path that leads elsewhere",
            "Do not trust the file that names it.");
      }
      if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      Path target = Files.isSymbolicLink(place) ? Folder.linked(folder, place) : place;
      return Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS)
          ? Optional.of(new SourceFile(path, target.toUri(), Sources.attributes(target).size()))
          : Optional.empty();
    }
  }
}
