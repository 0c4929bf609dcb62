package dev.stemma.analysis;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How much of the models is compared.
 *
 * @param layers only these layers; all when empty
 * @param thorough everything instead of the planned part
 */
public record Scope(SortedSet<Integer> layers, boolean thorough) {
  /** All layers, planned part. */
  public static final Scope PLANNED = new Scope(new TreeSet<>(), false);

  /** Keeps the set unmodifiable. */
  public Scope {
    layers = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(layers));
  }

  /** Whether a layer is asked for. */
  public boolean includes(int layer) {
    return layers.isEmpty() || layers.contains(layer);
  }
}
