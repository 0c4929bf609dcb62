package dev.stemma.analysis.training;

/** What a check says, mildest first. */
public enum Outcome {
  NOT_APPLICABLE("not-applicable"),
  CONSISTENT("consistent"),
  WARNING("warning"),
  CONTRADICTION("contradiction");

  private final String key;

  Outcome(String key) {
    this.key = key;
  }

  /** The name in JSON, stable for scripts. */
  public String key() {
    return key;
  }
}
