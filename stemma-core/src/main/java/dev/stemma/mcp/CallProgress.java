package dev.stemma.mcp;

import dev.stemma.source.Progress;
import java.util.concurrent.atomic.AtomicLong;

/** Progress as notifications: a number that only grows, and the step's name; not too often. */
final class CallProgress implements Progress {
  private static final long LEAST_BETWEEN_NANOSECONDS = 200_000_000;

  /** Takes one notification. */
  @FunctionalInterface
  interface Sink {
    void tell(double progress, String message);
  }

  private final Sink sink;
  private final AtomicLong last = new AtomicLong(System.nanoTime() - LEAST_BETWEEN_NANOSECONDS);
  private int steps;
  private double told;

  CallProgress(Sink sink) {
    this.sink = sink;
  }

  private synchronized void tell(double progress, String message) {
    if (progress > told) {
      told = progress;
      sink.tell(progress, message);
    }
  }

  @Override
  public synchronized Step begin(String what, long total, Unit unit) {
    int number = ++steps;
    later(number - 1 + 1e-3, what);
    AtomicLong done = new AtomicLong();
    return new Step() {
      @Override
      public void advance(long amount) {
        long now = done.addAndGet(amount);
        if (total > 0) {
          later(number - 1 + Math.min(0.999, (double) now / total), what);
        }
      }

      @Override
      public void close() {
        later(number, what);
      }
    };
  }

  private void later(double progress, String message) {
    long now = System.nanoTime();
    long before = last.get();
    if (now - before >= LEAST_BETWEEN_NANOSECONDS && last.compareAndSet(before, now)) {
      tell(progress, message);
    }
  }
}
