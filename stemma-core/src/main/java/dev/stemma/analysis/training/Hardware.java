package dev.stemma.analysis.training;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An accelerator's dense peaks, from the data file {@code hardware.json}.
 *
 * @param bf16 FLOP a second
 * @param fp8 FLOP a second, empty where it has no such unit
 * @param watts board power
 * @param source where the figures stand
 */
public record Hardware(
    String name,
    List<String> aliases,
    double bf16,
    OptionalDouble fp8,
    OptionalDouble watts,
    String source) {
  private static final Pattern NOISE = Pattern.compile("nvidia|amd|google|[^a-z0-9]");
  private static final List<Hardware> ALL = load();

  /** Keeps the list unmodifiable. */
  public Hardware {
    aliases = List.copyOf(aliases);
  }

  /** All that are known. */
  public static List<Hardware> all() {
    return ALL;
  }

  /**
   * By name or alias.
   *
   * @throws ArtifactException BAD_ARGUMENT if it is not known
   */
  public static Hardware named(String name) {
    String wanted = normal(name);
    for (Hardware hardware : ALL) {
      if (normal(hardware.name()).equals(wanted)
          || hardware.aliases().stream().anyMatch(alias -> normal(alias).equals(wanted))) {
        return hardware;
      }
    }
    throw new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        "hardware",
        "",
        "one of " + String.join(", ", ALL.stream().map(Hardware::name).toList()),
        name,
        "Name one of these, or give --peak in FLOP a second.");
  }

  private static String normal(String name) {
    return NOISE.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
  }

  private static List<Hardware> load() {
    try (InputStream input =
        Objects.requireNonNull(Hardware.class.getResourceAsStream("hardware.json"))) {
      List<Hardware> all = new ArrayList<>();
      for (JsonNode entry : new JsonMapper().readTree(input).path("hardware")) {
        List<String> aliases = new ArrayList<>();
        entry.path("aliases").forEach(alias -> aliases.add(alias.asString()));
        all.add(
            new Hardware(
                entry.path("name").asString(),
                aliases,
                entry.path("bf16TeraFlops").asDouble() * 1e12,
                entry.has("fp8TeraFlops")
                    ? OptionalDouble.of(entry.path("fp8TeraFlops").asDouble() * 1e12)
                    : OptionalDouble.empty(),
                entry.has("watts")
                    ? OptionalDouble.of(entry.path("watts").asDouble())
                    : OptionalDouble.empty(),
                entry.path("source").asString()));
      }
      return List.copyOf(all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
