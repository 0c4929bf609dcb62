package dev.stemma.behaviour;

/**
 * How much may be asked of endpoints, tries included. What an answer may cost at most is set aside
 * before it is asked for, so that the bound also holds with many requests under way.
 */
public final class Budget {
  private final long maximumRequests;
  private final long maximumTokens;
  private long requests;
  private long tokens;
  private long setAside;
  private boolean exhausted;

  /** A budget; the largest long for no bound. */
  public Budget(long maximumRequests, long maximumTokens) {
    this.maximumRequests = maximumRequests;
    this.maximumTokens = maximumTokens;
  }

  /** Takes one request; the tokens were set aside before. */
  synchronized void request() throws Unanswered {
    if (requests >= maximumRequests) {
      exhausted = true;
      throw new Unanswered(
          Unanswered.Reason.BUDGET, "the budget of " + maximumRequests + " requests is used up");
    }
    requests++;
  }

  /** Sets tokens aside, after a wait for others' leftovers where they may suffice. */
  synchronized void setAside(long most) throws Unanswered, InterruptedException {
    while (setAside > 0 && tokens + setAside + most > maximumTokens) {
      wait();
    }
    if (tokens + setAside + most > maximumTokens) {
      exhausted = true;
      throw new Unanswered(
          Unanswered.Reason.BUDGET, "the budget of " + maximumTokens + " tokens is used up");
    }
    setAside += most;
  }

  /** Puts back what was set aside and counts what was used. */
  synchronized void settle(long most, long used) {
    setAside -= most;
    tokens += used;
    notifyAll();
  }

  /** Requests so far. */
  public synchronized long requests() {
    return requests;
  }

  /** Tokens so far. */
  public synchronized long tokens() {
    return tokens;
  }

  /** Whether something was not asked for want of budget. */
  public synchronized boolean exhausted() {
    return exhausted;
  }
}
