package dev.stemma.source;

/** Where long work tells how far it is. Faces draw it; the rest of the code only reports. */
public interface Progress {
  /** Draws nothing. */
  Progress NONE = (what, total, unit) -> Step.NONE;

  /**
   * Begins a step.
   *
   * @param what for people, as in "reading weights"
   * @param total amount of work, or -1 where it is not known
   * @param unit what is counted
   */
  Step begin(String what, long total, Unit unit);

  /** What a step counts. */
  enum Unit {
    BYTES,
    ITEMS
  }

  /** A step under way; {@code advance} may be called by several threads. */
  interface Step extends AutoCloseable {
    /** Draws nothing. */
    Step NONE =
        new Step() {
          @Override
          public void advance(long amount) {}

          @Override
          public void close() {}
        };

    /** Tells that so much more is done. */
    void advance(long amount);

    @Override
    void close();
  }
}
