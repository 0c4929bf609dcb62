package dev.stemma.analysis.training.reading;

import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.Claims.ClaimKey;
import dev.stemma.analysis.training.Problem;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads claims.yaml (or JSON, which is YAML) as a stream of events: nothing is constructed, aliases
 * are refused, size and depth are bounded.
 */
public final class ClaimsReader {
  private static final int MAXIMUM_BYTES = 1 << 18;
  private static final int MAXIMUM_DEPTH = 16;
  private static final Set<ClaimKey> TEXTS =
      Set.of(
          ClaimKey.HARDWARE,
          ClaimKey.FROM_SCRATCH,
          ClaimKey.LOSS,
          ClaimKey.CUTOFF,
          ClaimKey.DATA,
          ClaimKey.NAME);

  private static final Set<String> TRUTHS = Set.of("true", "yes", "false", "no");

  private final String file;
  private final Map<ClaimKey, Double> numbers = new EnumMap<>(ClaimKey.class);
  private final Map<ClaimKey, String> texts = new EnumMap<>(ClaimKey.class);
  private final List<Problem> notes = new ArrayList<>();

  private ClaimsReader(String file) {
    this.file = file;
  }

  /**
   * Reads a file of claims.
   *
   * @throws ArtifactException if it is too long, too deep, no YAML, or no mapping
   */
  public static Claims read(Path path) {
    byte[] bytes;
    try (InputStream input = Files.newInputStream(path)) {
      bytes = input.readNBytes(MAXIMUM_BYTES + 1);
    } catch (NoSuchFileException e) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          path.toString(),
          "",
          "a file of claims",
          "nothing there",
          "Check the path.",
          e);
    } catch (IOException e) {
      throw failure(ErrorCode.UNREADABLE, path.toString(), "", "a readable file", e.toString(), e);
    }
    if (bytes.length > MAXIMUM_BYTES) {
      throw failure(
          ErrorCode.HEADER_TOO_LARGE,
          path.toString(),
          "",
          "at most " + MAXIMUM_BYTES + " bytes",
          "more",
          null);
    }
    return new ClaimsReader(path.toString()).parse(new String(bytes, StandardCharsets.UTF_8));
  }

  private Claims parse(String text) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAXIMUM_BYTES).build();
    Deque<Level> levels = new ArrayDeque<>();
    boolean mapping = false;
    try {
      for (Event event : new Parse(settings).parseString(text)) {
        switch (event.getEventId()) {
          case MappingStart, SequenceStart -> {
            boolean isMapping = event.getEventId() == Event.ID.MappingStart;
            mapping |= isMapping && levels.isEmpty();
            Level parent = levels.peek();
            levels.push(new Level(isMapping, parent == null ? null : parent.key));
            if (levels.size() > MAXIMUM_DEPTH) {
              throw malformed(event, "at most " + MAXIMUM_DEPTH + " levels", "more", null);
            }
          }
          case MappingEnd, SequenceEnd -> {
            levels.pop();
            Level parent = levels.peek();
            if (parent != null) {
              parent.key = null;
            }
          }
          case Scalar -> scalar((ScalarEvent) event, levels.peek());
          case Alias -> throw malformed(event, "no aliases", ((AliasEvent) event).toString(), null);
          case DocumentStart, DocumentEnd, StreamStart, StreamEnd, Comment -> {}
        }
      }
    } catch (MarkedYamlEngineException e) {
      String at = e.getProblemMark().map(mark -> "line " + (mark.getLine() + 1)).orElse("");
      String found = e.getProblem().lines().findFirst().orElse("something else");
      throw failure(ErrorCode.MALFORMED_HEADER, file, at, "YAML", found, e);
    } catch (YamlEngineException e) {
      throw malformed(null, "YAML", String.valueOf(e.getMessage()), e);
    }
    if (!mapping) {
      throw malformed(null, "a mapping of claims (active: 12e9)", "something else", null);
    }
    return new Claims(numbers, texts, notes);
  }

  private static final class Level {
    private final boolean isMapping;
    private final @Nullable String owner;
    private @Nullable String key;

    Level(boolean isMapping, @Nullable String owner) {
      this.isMapping = isMapping;
      this.owner = owner;
    }
  }

  private void scalar(ScalarEvent event, @Nullable Level level) {
    if (level == null) {
      return;
    }
    if (level.isMapping && level.key == null) {
      level.key =
          event.getValue().strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_');
      return;
    }
    String name = level.isMapping ? level.key : level.owner;
    if (level.isMapping) {
      level.key = null;
    }
    if (name != null) {
      claim(name, level.owner, event);
    }
  }

  private void claim(String name, @Nullable String owner, ScalarEvent event) {
    String value = event.getValue().strip();
    Optional<ClaimKey> known = owner == null ? Optional.empty() : ClaimKey.of(owner + "_" + name);
    Optional<ClaimKey> key = known.isPresent() ? known : ClaimKey.of(name);
    if (key.isEmpty()) {
      note(event, "a claim that is known", name);
      return;
    }
    if (key.get() == ClaimKey.FROM_SCRATCH && !TRUTHS.contains(value.toLowerCase(Locale.ROOT))) {
      note(event, "true or false as " + name, value);
      return;
    }
    if (TEXTS.contains(key.get())) {
      texts.merge(key.get(), value, (before, now) -> before + ", " + now);
      return;
    }
    texts.put(key.get(), value);
    Optional<Numbers.Quantity> quantity = Numbers.parse(value);
    if (quantity.isEmpty()
        || !Double.isFinite(quantity.get().value())
        || quantity.get().value() < 0) {
      note(event, "a number as " + name, value);
      return;
    }
    double number = quantity.get().value();
    String unit = quantity.get().unit();
    boolean isTime = unit.equals("d") || unit.equals("days") || unit.equals("h");
    if (key.get() == ClaimKey.DAYS && isTime) {
      number /= 86_400;
    } else if (key.get() == ClaimKey.GPU_HOURS && unit.equals("h")) {
      number /= 3600;
    } else if (key.get() == ClaimKey.MFU && number > 1.5) {
      number /= 100;
    }
    numbers.put(key.get(), number);
  }

  private void note(Event event, String expected, String found) {
    if (notes.size() < 100) {
      notes.add(new Problem(file, place(event), expected, found));
    }
  }

  private static String place(@Nullable Event event) {
    Optional<Mark> mark = event == null ? Optional.empty() : event.getStartMark();
    return mark.map(at -> "line " + (at.getLine() + 1)).orElse("");
  }

  private ArtifactException malformed(
      @Nullable Event event, String expected, String found, @Nullable Throwable cause) {
    return failure(ErrorCode.MALFORMED_HEADER, file, place(event), expected, found, cause);
  }

  private static ArtifactException failure(
      ErrorCode code,
      String file,
      String place,
      String expected,
      String found,
      @Nullable Throwable cause) {
    return new ArtifactException(
        code, file, place, expected, found, "Write claims as 'key: value' lines.", cause);
  }
}
