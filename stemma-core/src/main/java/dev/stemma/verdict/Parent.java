package dev.stemma.verdict;

import java.util.Locale;

/** Which side the other came from. */
public enum Parent {
  A,
  B,
  UNDETERMINED;

  /** The name in reports. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
