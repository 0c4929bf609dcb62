package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What in a configuration contradicts itself, or speaks of something that its family's file does
 * not have: the official code would stop, or the counts mean less than they seem to.
 */
final class ContradictionNotes {
  /** Words in keys of kinds of layers that a plain decoder does not have. */
  private static final List<String> OTHER_LAYERS =
      List.of("lora_rank", "mamba", "ssm_", "linear_num_", "linear_key", "rwkv", "hyena");

  private ContradictionNotes() {}

  static List<String> of(Architecture architecture) {
    Values values = architecture.values();
    List<String> notes = new ArrayList<>();
    long heads = values.whole("num_attention_heads").orElse(0L);
    long keyValueHeads = values.whole("num_key_value_heads").orElse(heads);
    if (heads > 0 && keyValueHeads > 0 && !values.truth("mla") && heads % keyValueHeads != 0) {
      notes.add(
          heads
              + " heads cannot share "
              + keyValueHeads
              + " key-value heads evenly: no such model"
              + " runs.");
    }
    long experts = values.whole("experts").orElse(0L);
    long active = values.whole("active_experts").orElse(0L);
    if (experts > 0 && active > experts) {
      notes.add(
          "num_experts_per_tok "
              + active
              + " is more than the "
              + experts
              + " experts there are:"
              + " all are counted as active.");
    }
    long hidden = values.whole("hidden_size").orElse(0L);
    boolean isUneven = heads > 0 && hidden % heads != 0 && values.stated("head_dim") == null;
    if (isUneven && !values.truth("mla")) {
      notes.add(
          "hidden_size "
              + hidden
              + " is no multiple of "
              + heads
              + " heads and head_dim is not"
              + " stated.");
    }
    if (!architecture.stated()) {
      unread(architecture, notes);
    }
    return notes;
  }

  private static void unread(Architecture architecture, List<String> notes) {
    List<String> unread =
        architecture.config().stream()
            .flatMap(config -> config.json().propertyNames().stream())
            .filter(key -> OTHER_LAYERS.stream().anyMatch(key.toLowerCase(Locale.ROOT)::contains))
            .sorted()
            .limit(8)
            .toList();
    if (!unread.isEmpty()) {
      notes.add(
          "Keys of layers that a plain decoder does not have, so the counts are wrong for them: "
              + String.join(", ", unread)
              + ".");
    }
  }
}
