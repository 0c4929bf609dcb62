package dev.stemma.verdict;

/**
 * What the evidence says of two components, strongest first (the order that makes the overall
 * relation).
 */
public enum Relation {
  IDENTICAL("identical"),
  DERIVED("derived"),
  SHARED_ANCESTOR("shared-ancestor"),
  INCONCLUSIVE("inconclusive"),
  NO_EVIDENCE("no-evidence"),
  NOT_COMPARABLE("not-comparable"),
  /** Behaviour only: closer than every control. */
  AFFINITY("affinity");

  private final String key;

  Relation(String key) {
    this.key = key;
  }

  /** The name in reports, stable for scripts. */
  public String key() {
    return key;
  }
}
