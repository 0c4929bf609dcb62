package dev.stemma.web;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.web.jobs.JobStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Models that guests brought: one folder each, under a number that nobody can guess, whole or not
 * at all. The oldest that no job needs make room.
 */
public final class Uploads {
  private static final int MOST_FILES = 64;
  private static final int LONGEST_LABEL = 80;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,120}");
  private static final Pattern ENDING =
      Pattern.compile(
          ".*\\.(?:json|jsonl|safetensors|gguf|onnx|onnx_data|model|tiktoken|txt|jinja|bin|pt|pth"
              + "|csv|log|yaml|yml)");
  private static final Pattern OUTSIDE_LABEL = Pattern.compile("[^\\p{L}\\p{N} ._-]");

  private final Path folder;
  private final long mostBytes;
  private final long mostBytesOfAll;
  private final Predicate<String> inUse;

  /** One file that comes in. */
  public record Incoming(String name, InputStream content) {}

  /** One upload. */
  public record Upload(String id, String name, int files, long bytes) {}

  /**
   * In a folder, whose unfinished uploads of an earlier process are removed.
   *
   * @param inUse whether a job that has not ended needs an upload
   */
  public Uploads(Path folder, long mostBytes, long mostBytesOfAll, Predicate<String> inUse) {
    this.folder = folder;
    this.mostBytes = mostBytes;
    this.mostBytesOfAll = mostBytesOfAll;
    this.inUse = inUse;
    try {
      Files.createDirectories(folder);
      try (Stream<Path> left = Files.list(folder)) {
        for (Path path : left.filter(path -> path.toString().endsWith(".part")).toList()) {
          delete(path);
        }
      }
    } catch (IOException e) {
      throw cannotKeep(e);
    }
  }

  /**
   * Keeps files as one model.
   *
   * @param label for people; what is no letter, digit, dot or blank is left out
   */
  public Upload accept(String label, List<Incoming> files) {
    if (files.isEmpty() || files.size() > MOST_FILES) {
      throw wrong("1 to " + MOST_FILES + " files", files.size() + " files");
    }
    String id = JobStore.secret();
    Path part = folder.resolve(id + ".part");
    try {
      Files.createDirectories(part);
      try {
        long bytes = 0;
        Set<String> names = new HashSet<>();
        for (Incoming file : files) {
          String name = checked(file.name());
          if (!names.add(name)) {
            throw wrong("files of different names", name + " twice");
          }
          bytes += copy(file.content(), part.resolve(name), mostBytes - bytes);
        }
        makeRoom(bytes);
        String clean = OUTSIDE_LABEL.matcher(label).replaceAll("").strip();
        String shown =
            clean.isEmpty()
                ? files.getFirst().name()
                : clean.substring(0, Math.min(LONGEST_LABEL, clean.length()));
        Files.writeString(folder.resolve(id + ".name"), shown);
        Files.move(part, folder.resolve(id), StandardCopyOption.ATOMIC_MOVE);
        return new Upload(id, shown, files.size(), bytes);
      } finally {
        delete(part);
      }
    } catch (IOException e) {
      throw cannotKeep(e);
    }
  }

  private static String checked(String raw) {
    String name = raw.substring(Math.max(raw.lastIndexOf('/'), raw.lastIndexOf('\\')) + 1);
    if (!NAME.matcher(name).matches() || !ENDING.matcher(name.toLowerCase(Locale.ROOT)).matches()) {
      throw wrong(
          "a model's file: .safetensors, .gguf, .onnx, .json, .model, .tiktoken, .txt, .bin, .pt",
          name.length() > 130 ? "a name of " + name.length() + " characters" : name);
    }
    return name;
  }

  private long copy(InputStream in, Path to, long room) throws IOException {
    long copied = 0;
    byte[] buffer = new byte[1 << 16];
    try (in;
        OutputStream out = Files.newOutputStream(to)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        copied += n;
        if (copied > room) {
          throw wrong("at most " + (mostBytes >> 20) + " MB", "more");
        }
        out.write(buffer, 0, n);
      }
    }
    return copied;
  }

  /** Removes the oldest uploads that nobody needs until so many bytes fit. */
  private synchronized void makeRoom(long bytes) throws IOException {
    List<Path> kept;
    try (Stream<Path> all = Files.list(folder)) {
      kept =
          all.filter(path -> NAME.matcher(path.getFileName().toString()).matches())
              .filter(path -> path.getFileName().toString().length() == 32)
              .sorted(Comparator.comparing(Uploads::time))
              .toList();
    }
    long sum = bytes;
    for (Path path : kept) {
      sum += size(path);
    }
    for (Path path : kept) {
      String id = path.getFileName().toString();
      if (sum > mostBytesOfAll && !inUse.test(id)) {
        sum -= size(path);
        remove(id);
      }
    }
    if (sum > mostBytesOfAll) {
      throw wrong("room for " + (bytes >> 20) + " MB more", "a full server");
    }
  }

  /** Removes an upload. */
  void remove(String id) throws IOException {
    delete(folder.resolve(id));
    Files.deleteIfExists(folder.resolve(id + ".name"));
  }

  private static FileTime time(Path path) {
    try {
      return Files.getLastModifiedTime(path);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  private static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      long sum = 0;
      for (Path file : files.toList()) {
        sum += Files.size(file);
      }
      return sum;
    }
  }

  private static void delete(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      try (Stream<Path> files = Files.list(path)) {
        for (Path file : files.toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
    Files.deleteIfExists(path);
  }

  private static ArtifactException wrong(String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        "upload",
        "",
        expected,
        found,
        "Upload a tokenizer, a configuration or small weights; name a reference for larger ones.");
  }

  private static ArtifactException cannotKeep(IOException e) {
    return new ArtifactException(
        ErrorCode.CANNOT_WRITE,
        "uploads",
        "",
        "a folder that can be written",
        e.getClass().getSimpleName(),
        "Tell the server's operator.",
        e);
  }
}
