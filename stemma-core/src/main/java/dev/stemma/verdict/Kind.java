package dev.stemma.verdict;

import java.util.Locale;

/** How one component came from another. */
public enum Kind {
  RE_EXPORTED,
  QUANTISED,
  FINE_TUNED,
  CONTINUED,
  LOW_RANK,
  MERGED,
  DEPTH_PRUNED,
  WIDTH_PRUNED,
  DEPTH_UP_SCALED,
  UPCYCLED,
  LAYERS_TRANSPLANTED,
  VOCABULARY_EXTENDED,
  VOCABULARY_REPLACED,
  VOCABULARY_REDUCED,
  PERMUTED,
  ROTATED,
  RESCALED,
  LAYERS_REORDERED,
  EXPERTS_PRUNED,
  SAME_INITIALISATION;

  /** The name in reports, stable for scripts: {@code depth-up-scaled}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
