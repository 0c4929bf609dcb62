package dev.stemma.architecture;

import java.util.List;
import java.util.Map;

/**
 * A family of architectures, as its data file states it.
 *
 * @param id stable name, the file's name
 * @param title for people
 * @param modelTypes what {@code model_type} says in its configurations
 * @param isBase true for a file that others extend and no model is
 * @param defaults what an absent key means, as the official code has it
 * @param definitions names that its expressions use
 * @param facts what the runtime, the card and the drawing need to know; a text that begins with =
 *     is an expression
 * @param notes one line each, for people
 * @param runs whether its facts are enough for the runtime, as golden logits prove
 * @param stacks its stacks of layers, the main one first
 */
public record Family(
    String id,
    String title,
    List<String> modelTypes,
    boolean isBase,
    Map<String, Expression> defaults,
    Map<String, Expression> definitions,
    Map<String, Expression> facts,
    List<String> notes,
    boolean runs,
    List<LayerStack> stacks) {
  /** The id of a model that no family's file describes. */
  public static final String UNKNOWN = "unknown";

  /** Keeps the collections unmodifiable. */
  public Family {
    modelTypes = List.copyOf(modelTypes);
    defaults = Map.copyOf(defaults);
    definitions = Map.copyOf(definitions);
    facts = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(facts));
    notes = List.copyOf(notes);
    stacks = List.copyOf(stacks);
  }

  /** The main stack. */
  public LayerStack mainStack() {
    return stacks.getFirst();
  }
}
