package dev.stemma.lab.bench;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Pairs that were measured, a line of JSON each, so that an interrupted run goes on. */
public final class Journal {
  /** Keeps nothing. */
  public static final Journal NONE = new Journal(null, Map.of());

  private final @org.jspecify.annotations.Nullable Path file;
  private final Map<String, PairResult> known;

  private Journal(@org.jspecify.annotations.Nullable Path file, Map<String, PairResult> known) {
    this.file = file;
    this.known = known;
  }

  /** Reads what is there; a last line that was cut off is dropped. */
  public static Journal open(Path file) {
    Map<String, PairResult> known = new HashMap<>();
    if (Files.exists(file)) {
      try {
        StringBuilder whole = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
          try {
            PairResult pair = BenchJson.pair(JsonMapper.shared().readTree(line));
            known.put(key(pair.a(), pair.b()), pair);
            whole.append(line).append('\n');
          } catch (JacksonException e) {
            // Cut off by the interruption: that pair is measured again.
          }
        }
        Files.writeString(file, whole);
      } catch (IOException e) {
        throw failed(file, e);
      }
    }
    return new Journal(file, known);
  }

  private static String key(String a, String b) {
    return a + "\n" + b;
  }

  /**
   * The pair's result, measured now unless it is known.
   *
   * @param completed adds what an older run did not measure
   */
  PairResult get(
      String a, String b, Supplier<PairResult> measure, UnaryOperator<PairResult> completed) {
    PairResult found = known.get(key(a, b));
    PairResult whole = completed.apply(found == null ? measure.get() : found);
    if (file != null && !whole.equals(found)) {
      try {
        Files.writeString(
            file,
            BenchJson.pair(whole) + "\n",
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw failed(file, e);
      }
    }
    return whole;
  }

  private static ArtifactException failed(Path file, IOException e) {
    return new ArtifactException(
        ErrorCode.CANNOT_WRITE,
        file.toString(),
        "",
        "a journal that can be read and written",
        String.valueOf(e.getMessage()),
        "Give --journal a path in a folder that exists.",
        e);
  }
}
