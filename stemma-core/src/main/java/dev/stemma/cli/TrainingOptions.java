package dev.stemma.cli;

import dev.stemma.analysis.architecture.Inspection;
import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.Claims.ClaimKey;
import dev.stemma.analysis.training.reading.ClaimsReader;
import dev.stemma.analysis.training.reading.Numbers;
import dev.stemma.artifact.Model;
import dev.stemma.format.ModelReader;
import dev.stemma.source.ByteSource;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is claimed of a training: options, and a file below them. */
final class TrainingOptions {
  @Option(
      names = "--claims",
      paramLabel = "FILE",
      description = "claims.yaml: active, parameters, tokens, hardware, count, days, mfu, ...")
  @Nullable Path claims;

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "The model: its files give active and all parameters and the vocabulary where nothing"
              + " is claimed, and check what is.")
  @Nullable String model;

  @Option(names = "--active", paramLabel = "N", description = "Active parameters (12e9, 12B).")
  @Nullable String active;

  @Option(names = "--total", paramLabel = "N", description = "All parameters.")
  @Nullable String total;

  @Option(names = "--tokens", paramLabel = "N", description = "Training tokens (19.7e12, 19.7T).")
  @Nullable String tokens;

  @Option(
      names = "--hardware",
      paramLabel = "NAME",
      description = "Accelerator (H100, H800, B200, TPU v5p, ...).")
  @Nullable String hardware;

  @Option(names = "--count", paramLabel = "N", description = "Number of accelerators.")
  @Nullable String count;

  @Option(names = "--days", paramLabel = "N", description = "Days of training.")
  @Nullable String days;

  @Option(
      names = "--gpu-hours",
      paramLabel = "N",
      description = "Accelerator-hours, instead of count and days.")
  @Nullable String gpuHours;

  @Option(names = "--mfu", paramLabel = "X", description = "Claimed utilisation (0.4 or 40%%).")
  @Nullable String mfu;

  @Option(
      names = "--power",
      paramLabel = "WATTS",
      description = "Power drawn for each accelerator, everything included.")
  @Nullable String power;

  @Option(
      names = "--original-flop",
      paramLabel = "N",
      description = "FLOP of the model that this training modified (for the one-third rule).")
  @Nullable String originalFlop;

  /** The claims of the file, with the options above them. */
  Claims read() {
    Claims read = claims == null ? Claims.NONE : ClaimsReader.read(claims);
    Map<ClaimKey, Double> numbers = new EnumMap<>(ClaimKey.class);
    put(numbers, ClaimKey.ACTIVE, "--active", active);
    put(numbers, ClaimKey.PARAMETERS, "--total", total);
    put(numbers, ClaimKey.TOKENS, "--tokens", tokens);
    put(numbers, ClaimKey.COUNT, "--count", count);
    put(numbers, ClaimKey.DAYS, "--days", days);
    put(numbers, ClaimKey.GPU_HOURS, "--gpu-hours", gpuHours);
    put(numbers, ClaimKey.MFU, "--mfu", mfu);
    put(numbers, ClaimKey.POWER, "--power", power);
    put(numbers, ClaimKey.ORIGINAL_FLOP, "--original-flop", originalFlop);
    if (numbers.getOrDefault(ClaimKey.MFU, 0.0) > 1.5) {
      numbers.computeIfPresent(ClaimKey.MFU, (key, value) -> value / 100);
    }
    Claims all = read.with(numbers);
    return hardware == null ? all : all.with(ClaimKey.HARDWARE, hardware);
  }

  /** The model's headers, if one is named. */
  Optional<Model> model(Progress progress) {
    if (model == null) {
      return Optional.empty();
    }
    Sources sources = Sources.standard();
    try (ByteSource bytes = sources.open()) {
      return Optional.of(new ModelReader().read(sources.resolve(model, progress), bytes));
    }
  }

  /** The claims, with what the model's files count where nothing is claimed. */
  static Claims counted(Claims claims, Model model) {
    Inspection inspection = Inspection.of(model);
    Map<ClaimKey, Double> counted = new EnumMap<>(ClaimKey.class);
    counted.put(ClaimKey.ACTIVE, (double) inspection.parameters().active());
    counted.put(ClaimKey.PARAMETERS, (double) inspection.parameters().total());
    model
        .config()
        .map(config -> config.number("vocab_size"))
        .orElse(OptionalDouble.empty())
        .ifPresent(size -> counted.put(ClaimKey.VOCABULARY, size));
    counted.keySet().removeAll(claims.numbers().keySet());
    return claims.with(counted);
  }

  private static void put(
      Map<ClaimKey, Double> numbers, ClaimKey key, String option, @Nullable String text) {
    if (text != null) {
      numbers.put(key, Numbers.option(option, text));
    }
  }
}
