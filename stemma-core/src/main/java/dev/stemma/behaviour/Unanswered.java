package dev.stemma.behaviour;

/** A question without an answer: a missing value. */
public final class Unanswered extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why there is no answer. */
  public enum Reason {
    /** The endpoint does not take such a question. */
    REFUSED,
    /** The endpoint failed, and failed again. */
    FAILED,
    /** Nothing answers at the address. */
    UNREACHABLE,
    /** The budget is used up. */
    BUDGET,
    /** The transcript holds no answer, and nothing is to be asked. */
    OFFLINE
  }

  private final Reason reason;

  /** Creates it with what was seen, without any key. */
  public Unanswered(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }

  /** Whether the endpoint is the cause, and not the question or our own bounds. */
  boolean isFailure() {
    return reason == Reason.FAILED || reason == Reason.UNREACHABLE;
  }
}
