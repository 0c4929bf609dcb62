package dev.stemma.analysis.training.reading;

import dev.stemma.analysis.training.TrainingLog;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads training logs of any known form; the form is told from the content. */
public final class TrainingLogs {
  private TrainingLogs() {}

  /**
   * The runs that a file or folder holds; most hold one.
   *
   * @throws ArtifactException if it cannot be read or holds nothing that is a log
   */
  public static List<TrainingLog> read(Path path) {
    try {
      if (Files.isDirectory(path)) {
        return folder(path);
      }
      if (!Files.isRegularFile(path)) {
        throw failure(ErrorCode.NOT_FOUND, path, "a training log", "nothing", null);
      }
      List<TrainingLog> logs = file(path, path.getFileName().toString());
      if (logs.isEmpty()) {
        throw failure(
            ErrorCode.WRONG_MAGIC,
            path,
            "rows with a step and a loss (trainer_state.json, TensorBoard events, CSV, JSON lines"
                + " or text like 'step:1 loss:10.9')",
            "none",
            null);
      }
      return logs;
    } catch (IOException e) {
      throw failure(ErrorCode.UNREADABLE, path, "a readable training log", e.toString(), e);
    }
  }

  private static List<TrainingLog> file(Path path, String name) throws IOException {
    if (isEventFile(path)) {
      return new EventLogReader().read(List.of(path), name);
    }
    String first = firstLine(path);
    if (first.startsWith("[") || first.startsWith("{")) {
      boolean line = first.startsWith("{") && first.endsWith("}") && first.length() > 2;
      boolean python = first.startsWith("{'");
      if (!python && line && !first.contains("\"log_history\"")) {
        return new JsonLogReader().readLines(path, name);
      }
      boolean json =
          first.startsWith("{\"") || first.equals("{") || first.equals("[") || isJsonName(path);
      if (!python && json) {
        return new JsonLogReader().readDocument(path, name);
      }
    }
    if (CsvLogReader.isHead(first)) {
      return new CsvLogReader().read(path, name);
    }
    return new TextLogReader().read(path, name);
  }

  private static boolean isJsonName(Path path) {
    return path.getFileName().toString().endsWith(".json");
  }

  private static boolean isEventFile(Path path) throws IOException {
    if (path.getFileName().toString().contains("tfevents")) {
      return true;
    }
    try (RecordFile records = new RecordFile(path)) {
      return records.beginsWithFrame();
    }
  }

  private static String firstLine(Path path) throws IOException {
    try (BoundedLines lines = new BoundedLines(path)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!line.isBlank()) {
          return line.strip();
        }
      }
      return "";
    }
  }

  private static List<TrainingLog> folder(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder, 3)) {
      files = walk.filter(Files::isRegularFile).limit(100_000).sorted().toList();
    }
    String name = folder.getFileName().toString();
    List<Path> events =
        files.stream().filter(file -> file.getFileName().toString().contains("tfevents")).toList();
    if (!events.isEmpty()) {
      return new EventLogReader().read(events, name);
    }
    Optional<TrainingLog> longest =
        files.stream()
            .filter(file -> file.getFileName().toString().equals("trainer_state.json"))
            .flatMap(file -> read(file).stream())
            .max(
                Comparator.comparingLong(
                    log -> log.rows().isEmpty() ? -1 : log.rows().getLast().step()));
    if (longest.isPresent()) {
      return List.of(longest.get());
    }
    throw failure(
        ErrorCode.NOT_FOUND,
        folder,
        "trainer_state.json or TensorBoard event files in the folder",
        files.size() + " other files",
        null);
  }

  private static ArtifactException failure(
      ErrorCode code, Path path, String expected, String found, @Nullable Throwable cause) {
    return new ArtifactException(
        code, path.toString(), "", expected, found, "Give the log of one training run.", cause);
  }
}
