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
 * @param bound which models are too large to be read by the usual plan, and how little then is
 */
public record Scope(SortedSet<Integer> layers, boolean thorough, List<String> texts, Bound bound) {
  /**
   * When and how little is read.
   *
   * @param largeBytes a model of more bytes is large
   * @param share of both models' bytes that is read at most where one is large
   */
  public record Bound(long largeBytes, double share) implements java.io.Serializable {
    /** Under 3% of what is over 20 GB. */
    public static final Bound USUAL = new Bound(20_000_000_000L, 0.03);
  }

  /** All layers, planned part. */
  public static final Scope PLANNED = new Scope(new TreeSet<>(), false);

  /** Keeps the collections unmodifiable. */
  public Scope {
    layers = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(layers));
    texts = List.copyOf(texts);
  }

  /** The usual bound for large models. */
  public Scope(SortedSet<Integer> layers, boolean thorough, List<String> texts) {
    this(layers, thorough, texts, Bound.USUAL);
  }

  /** A comparison that runs no model. */
  public Scope(SortedSet<Integer> layers, boolean thorough) {
    this(layers, thorough, List.of());
  }

  /** The same with another bound. */
  public Scope bounded(long largeBytes, double share) {
    return new Scope(layers, thorough, texts, new Bound(largeBytes, share));
  }

  /** Whether a layer is asked for. */
  public boolean includes(int layer) {
    return layers.isEmpty() || layers.contains(layer);
  }
}
