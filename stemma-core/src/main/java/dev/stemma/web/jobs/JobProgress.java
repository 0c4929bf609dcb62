package dev.stemma.web.jobs;

import dev.stemma.source.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How far a job is: the steps so far, and who waits to hear of the next. */
public final class JobProgress implements Progress {
  private static final int MOST_STEPS = 500;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Line> lines = new ArrayList<>();
  private long version = 1;
  private boolean ended;

  /**
   * One step.
   *
   * @param total -1 where it is not known
   */
  public record Line(String what, long done, long total, boolean isOver) {}

  /**
   * What is known at a moment.
   *
   * @param version greater after each change
   * @param steps how many have begun
   * @param last the newest of them, the newest last
   */
  public record Seen(long version, int steps, List<Line> last, boolean ended) {}

  private final class Counting implements Step {
    private final int index;
    private final long total;
    private final String what;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong told = new AtomicLong();

    Counting(int index, String what, long total) {
      this.index = index;
      this.what = what;
      this.total = total;
    }

    @Override
    public void advance(long amount) {
      long now = done.addAndGet(amount);
      long last = told.get();
      long worthTelling = total > 0 ? Math.max(1, total / 50) : 1 << 20;
      if (now - last >= worthTelling && told.compareAndSet(last, now)) {
        put(now, false);
      }
    }

    @Override
    public void close() {
      put(done.get(), true);
    }

    private void put(long amount, boolean isOver) {
      change(() -> {
        if (index < lines.size()) {
          lines.set(index, new Line(what, amount, total, isOver));
        }
      });
    }
  }

  private void change(Runnable work) {
    lock.lock();
    try {
      work.run();
      version++;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Step begin(String what, long total, Unit unit) {
    lock.lock();
    try {
      Counting step = new Counting(lines.size(), what, total);
      change(() -> {
        if (lines.size() < MOST_STEPS) {
          lines.add(new Line(what, 0, total, false));
        }
      });
      return step;
    } finally {
      lock.unlock();
    }
  }

  /** A step without an amount. */
  public void say(String what) {
    begin(what, -1, Unit.ITEMS).close();
  }

  /** Nothing more will come. */
  void end() {
    change(() -> ended = true);
  }

  /** What is known now. */
  public Seen now(int lastLines) {
    lock.lock();
    try {
      int from = Math.max(0, lines.size() - lastLines);
      return new Seen(version, lines.size(), List.copyOf(lines.subList(from, lines.size())), ended);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is something newer than a version, the end, or the time is over. */
  public Seen await(long afterVersion, int lastLines, long milliseconds)
      throws InterruptedException {
    lock.lock();
    try {
      long nanoseconds = TimeUnit.MILLISECONDS.toNanos(milliseconds);
      while (version <= afterVersion && !ended && nanoseconds > 0) {
        nanoseconds = changed.awaitNanos(nanoseconds);
      }
      return now(lastLines);
    } finally {
      lock.unlock();
    }
  }
}
