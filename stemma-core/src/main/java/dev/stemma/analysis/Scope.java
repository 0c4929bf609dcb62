package dev.stemma.analysis;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How much of the models is compared.
 *
 * @param layers only these layers; all when empty
 * @param thorough everything instead of the planned part
 * @param texts what both models are run on; they are not run when empty
 */
public record Scope(SortedSet<Integer> layers, boolean thorough, List<String> texts) {
  /** All layers, planned part. */
  public static final Scope PLANNED = new Scope(new TreeSet<>(), false);

  /** Keeps the collections unmodifiable. */
  public Scope {
    layers = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(layers));
    texts = List.copyOf(texts);
  }

  /** A comparison that runs no model. */
  public Scope(SortedSet<Integer> layers, boolean thorough) {
    this(layers, thorough, List.of());
  }

  /** Whether a layer is asked for. */
  public boolean includes(int layer) {
    return layers.isEmpty() || layers.contains(layer);
  }
}
