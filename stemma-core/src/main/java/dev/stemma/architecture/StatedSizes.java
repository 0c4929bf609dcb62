package dev.stemma.architecture;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which sizes a configuration leaves to the defaults of its family's official class, and which it
 * seems to have misspelt: the official code would take the default there without a word.
 */
public final class StatedSizes {
  private static final List<String> SIZES =
      List.of(
          "vocab_size",
          "hidden_size",
          "num_hidden_layers",
          "num_attention_heads",
          "num_key_value_heads",
          "intermediate_size",
          "num_experts",
          "moe_intermediate_size");

  private static final int MOST_EDITS = 2;
  private static final int LONGEST_KEY = 64;

  private StatedSizes() {}

  /** A key that is nearly the name of a size that is not stated. */
  public record Misspelling(String found, String meant) {}

  /** Sizes that are not stated and have a fixed default, as in {@code vocab_size 32000}. */
  public static List<String> defaulted(Architecture architecture) {
    Values values = architecture.values();
    List<String> defaulted = new ArrayList<>();
    for (String size : SIZES) {
      boolean isFixed = architecture.family().defaults().get(size) instanceof Expression.Literal;
      if (isFixed && values.stated(size) == null) {
        defaulted.add(size + " " + values.known(size));
      }
    }
    return defaulted;
  }

  /** Sizes that every decoder needs and that are neither stated nor have a default. */
  public static List<String> missing(Architecture architecture) {
    return List.of("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads").stream()
        .filter(size -> architecture.values().known(size) == null)
        .toList();
  }

  /** The first key that seems to be a misspelt size. */
  public static Optional<Misspelling> misspelt(Architecture architecture) {
    Set<String> known = new HashSet<>(architecture.family().defaults().keySet());
    Families.aliases()
        .forEach((name, others) -> {
          known.add(name);
          known.addAll(others);
        });
    for (String size : SIZES) {
      if (architecture.values().stated(size) != null) {
        continue;
      }
      for (String key : keys(architecture)) {
        if (!known.contains(key) && isNear(key, size)) {
          return Optional.of(new Misspelling(key, size));
        }
      }
    }
    return Optional.empty();
  }

  private static Set<String> keys(Architecture architecture) {
    Set<String> keys = new TreeSet<>();
    architecture
        .config()
        .ifPresent(config -> {
          keys.addAll(config.json().propertyNames());
          for (String section : architecture.family().mainStack().sections()) {
            if (config.json().get(section) instanceof ObjectNode inner) {
              keys.addAll(inner.propertyNames());
            }
          }
        });
    return keys;
  }

  /** At most two letters put in, left out or changed. */
  private static boolean isNear(String a, String b) {
    if (a.length() > LONGEST_KEY || Math.abs(a.length() - b.length()) > MOST_EDITS) {
      return false;
    }
    int[] edits = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      edits[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = edits[0];
      edits[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = edits[j];
        edits[j] = Math.min(changed, 1 + Math.min(edits[j], edits[j - 1]));
      }
    }
    return edits[b.length()] <= MOST_EDITS;
  }
}
