package dev.stemma.lab.bench;

import java.util.Locale;

/** What the tree says of two models. */
public enum TruePair {
  /** One descends from the other. */
  DESCENT,
  /** Neither descends from the other; both from a third. */
  SIBLINGS,
  /** Only the initial weights are shared: neither positive nor negative. */
  SAME_INITIALISATION,
  /** No weights in common. */
  INDEPENDENT;

  /** The name in results. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The one with this name in results. */
  static TruePair of(String key) {
    return valueOf(key.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Whether trained weights are shared. */
  public boolean related() {
    return this == DESCENT || this == SIBLINGS;
  }
}
