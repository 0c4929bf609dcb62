package dev.stemma.web.jobs;

/** How far a job is. */
public enum JobState {
  QUEUED("queued"),
  RUNNING("running"),
  DONE("done"),
  FAILED("failed"),
  CANCELLED("cancelled"),
  /** The server died several times while it ran; it is not tried again. */
  INTERRUPTED("interrupted");

  private final String key;

  JobState(String key) {
    this.key = key;
  }

  /** The name in JSON and in texts. */
  public String key() {
    return key;
  }

  /** Whether nothing will change any more. */
  public boolean isEnd() {
    return this != QUEUED && this != RUNNING;
  }

  static JobState of(String key) {
    for (JobState state : values()) {
      if (state.key.equals(key)) {
        return state;
      }
    }
    throw new IllegalArgumentException(key);
  }
}
