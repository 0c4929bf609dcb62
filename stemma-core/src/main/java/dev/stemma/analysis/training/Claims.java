package dev.stemma.analysis.training;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a model's makers claim about its training.
 *
 * @param numbers counts, FLOP, days, watts
 * @param texts everything as written
 * @param notes keys that mean nothing to us, and values that could not be read
 */
public record Claims(
    Map<ClaimKey, Double> numbers, Map<ClaimKey, String> texts, List<Problem> notes) {
  /** No claims. */
  public static final Claims NONE = new Claims(Map.of(), Map.of(), List.of());

  /** Keeps the collections unmodifiable. */
  public Claims {
    numbers = Map.copyOf(numbers);
    texts = Map.copyOf(texts);
    notes = List.copyOf(notes);
  }

  /** What can be claimed, and the names that mean it. */
  public enum ClaimKey {
    PARAMETERS("parameters", "total", "total_parameters", "params"),
    ACTIVE("active", "active_parameters", "activated_parameters"),
    TOKENS("tokens", "training_tokens"),
    HARDWARE("hardware", "accelerator", "gpu", "chip"),
    COUNT("count", "gpus", "accelerators", "gpu_count", "devices"),
    DAYS("days", "training_days"),
    GPU_HOURS("gpu_hours", "accelerator_hours"),
    MFU("mfu"),
    FLOP("flop", "flops", "training_flop", "compute"),
    POWER("power", "power_watts", "watts"),
    FROM_SCRATCH("from_scratch", "fromscratch", "scratch"),
    VOCABULARY("vocabulary", "vocab_size", "vocabulary_size", "vocab"),
    BATCH_TOKENS("batch_tokens", "tokens_per_step", "global_batch_tokens"),
    BATCH_SIZE("batch_size", "global_batch_size"),
    SEQUENCE_LENGTH("sequence_length", "seq_len", "seq_length", "context_length"),
    STEPS("steps", "max_steps", "training_steps"),
    INITIALISATION("initializer_range", "initialisation", "initialization", "init_std"),
    ORIGINAL_FLOP("original_flop", "base_flop", "original_compute"),
    ORIGINAL_ACTIVE("original_active", "base_active", "original_parameters", "base_parameters"),
    ORIGINAL_TOKENS("original_tokens", "base_tokens"),
    LOSS("loss", "objective"),
    CUTOFF("cutoff", "knowledge_cutoff"),
    DATA("data", "dataset", "datasets"),
    NAME("name", "model");

    private final String names;

    ClaimKey(String... names) {
      this.names = " " + String.join(" ", names) + " ";
    }

    /** The key of a name in lower case with underscores. */
    public static Optional<ClaimKey> of(String name) {
      for (ClaimKey key : values()) {
        if (key.names.contains(" " + name + " ")) {
          return Optional.of(key);
        }
      }
      return Optional.empty();
    }
  }

  /** A claimed number. */
  public OptionalDouble number(ClaimKey key) {
    Double value = numbers.get(key);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** A claim as written, in lower case where it is compared. */
  public Optional<String> text(ClaimKey key) {
    return Optional.ofNullable(texts.get(key));
  }

  /** Whether "from scratch" is claimed; empty where nothing is said. */
  public Optional<Boolean> fromScratch() {
    return text(ClaimKey.FROM_SCRATCH)
        .map(text -> text.equalsIgnoreCase("true") || text.equalsIgnoreCase("yes"));
  }

  /** These claims with further numbers that take precedence. */
  public Claims with(Map<ClaimKey, Double> more) {
    Map<ClaimKey, Double> all = new EnumMap<>(ClaimKey.class);
    all.putAll(numbers);
    all.putAll(more);
    return new Claims(all, texts, notes);
  }

  /** These claims with a text that takes precedence. */
  public Claims with(ClaimKey key, String text) {
    Map<ClaimKey, String> all = new EnumMap<>(ClaimKey.class);
    all.putAll(texts);
    all.put(key, text);
    return new Claims(numbers, all, notes);
  }
}
