package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The files in a folder and below it, hidden ones left out. Links are refused, but for those of a
 * Hugging Face cache, from {@code snapshots/REVISION} to its own {@code blobs}.
 */
final class Folder {
  private static final int MAXIMUM_DEPTH = 8;
  private static final int MAXIMUM_ENTRIES = 50_000;
  private static final int REVISION_CHARACTERS = 200;

  private final Path root;
  private final String name;

  private Folder(Path root, String name) {
    this.root = root;
    this.name = name;
  }

  /**
   * A folder of files, or a repository in a Hugging Face cache, whose main snapshot is taken.
   *
   * @param path a real path: the user may have typed a link
   */
  static Folder at(Path path) {
    Path root = isRepository(path) ? snapshot(path) : path;
    Path repository = repositoryOf(root);
    Path named = (repository == null ? root : repository).getFileName();
    String raw = named == null ? root.toString() : named.toString();
    return new Folder(
        root,
        repository != null && raw.startsWith("models--")
            ? raw.substring("models--".length()).replace("--", "/")
            : raw);
  }

  /** Short, for people. */
  String name() {
    return name;
  }

  /** All files, in no order. */
  List<SourceFile> files() {
    List<SourceFile> found = new ArrayList<>();
    list(root, "", 0, found, new int[1]);
    return found;
  }

  private void list(
      Path folder, String prefix, int depth, List<SourceFile> found, int[] entriesSeen) {
    if (depth > MAXIMUM_DEPTH) {
      throw tooMany(folder, "at most " + MAXIMUM_DEPTH + " folders inside each other", "more");
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        String entryName = entry.getFileName().toString();
        if (++entriesSeen[0] > MAXIMUM_ENTRIES) {
          throw tooMany(folder, "at most " + MAXIMUM_ENTRIES + " entries", "more");
        }
        if (entryName.startsWith(".")) {
          continue;
        }
        BasicFileAttributes attributes =
            Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        Path target = entry;
        if (attributes.isSymbolicLink()) {
          target = blob(entry);
          attributes = Files.readAttributes(target, BasicFileAttributes.class);
        }
        String path = prefix + entryName;
        if (attributes.isDirectory()) {
          list(entry, path + "/", depth + 1, found, entriesSeen);
        } else if (attributes.isRegularFile()) {
          EntryNames.check(root.toString(), path);
          found.add(new SourceFile(path, target.toUri(), attributes.size()));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw Sources.unreadable(folder.toString(), e);
    }
  }

  /** Where a link in a folder leads, if it is one of a Hugging Face cache. */
  static Path linked(Path folder, Path link) {
    try {
      return new Folder(folder, "").blob(link);
    } catch (IOException e) {
      throw Sources.unreadable(link.toString(), e);
    }
  }

  /** Where a link leads, if it is one of a Hugging Face cache. */
  private Path blob(Path link) throws IOException {
    Path repository = repositoryOf(root);
    if (repository != null) {
      try {
        Path target = link.toRealPath();
        if (target.startsWith(repository.resolve("blobs")) && Files.isRegularFile(target)) {
          return target;
        }
      } catch (NoSuchFileException e) {
        throw new ArtifactException(
            ErrorCode.NOT_FOUND,
            link.toString(),
            "",
            "a link to a downloaded file",
            "a link to nothing",
            "Download the model again: the download was interrupted.",
            e);
      }
    }
    throw new ArtifactException(
        ErrorCode.LINK_REFUSED,
        link.toString(),
        "",
        "a file",
        "a link to " + Files.readSymbolicLink(link),
        "Links inside a model's folder are not followed: put the file itself there.");
  }

  /** The repository's folder of a snapshot in a Hugging Face cache, or null. */
  private static @Nullable Path repositoryOf(Path snapshot) {
    Path snapshots = snapshot.getParent();
    if (snapshots == null || !snapshots.endsWith("snapshots")) {
      return null;
    }
    Path repository = snapshots.getParent();
    return repository != null && isRepository(repository) ? repository : null;
  }

  private static boolean isRepository(Path path) {
    return Files.isDirectory(path.resolve("snapshots"), LinkOption.NOFOLLOW_LINKS)
        && Files.isDirectory(path.resolve("blobs"), LinkOption.NOFOLLOW_LINKS);
  }

  /** The snapshot that refs/main names, else the only one. */
  private static Path snapshot(Path repository) {
    Path snapshots = repository.resolve("snapshots");
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(snapshots)) {
      entries.forEach(all::add);
      Path main = repository.resolve("refs").resolve("main");
      if (Files.isRegularFile(main) && Files.size(main) <= REVISION_CHARACTERS) {
        String revision = Files.readString(main).strip();
        for (Path snapshot : all) {
          if (snapshot.endsWith(revision)) {
            return snapshot;
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      throw Sources.unreadable(snapshots.toString(), e);
    }
    if (all.size() != 1) {
      throw new ArtifactException(
          ErrorCode.AMBIGUOUS_FILES,
          repository.toString(),
          "snapshots",
          "one snapshot, or refs/main naming one",
          all.size() + " snapshots",
          "Give the folder of one snapshot.");
    }
    return all.getFirst();
  }

  private static ArtifactException tooMany(Path folder, String expected, String found) {
    return new ArtifactException(
        ErrorCode.TOO_MANY_ENTRIES,
        folder.toString(),
        "",
        expected,
        found,
        "Give the folder that holds only the model.");
  }
}
