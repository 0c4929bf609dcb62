package dev.stemma.web.jobs;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs waiting jobs, a few at a time, and stops those that are cancelled or take too long. */
public final class JobQueue implements AutoCloseable {
  private static final int MOST_ATTEMPTS = 3;
  private static final String LIFETIMES =
      "The server ended " + MOST_ATTEMPTS + " times while this job ran.";

  /** Does a job's work. */
  @FunctionalInterface
  public interface Work {
    /** Returns what was found; told to stop by an interrupt. */
    Outcome run(Job job, JobProgress progress);
  }

  private final JobStore store;
  private final Work work;
  private final Duration limit;
  private final ThreadPoolExecutor workers;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("job-clock").factory());
  private final Map<String, Running> running = new ConcurrentHashMap<>();
  private volatile boolean closing;

  private static final class Running {
    private final JobProgress progress = new JobProgress();
    private @Nullable Thread thread;
    private @Nullable String stopped;

    synchronized void on(@Nullable Thread worker) {
      thread = worker;
      if (worker != null && stopped != null) {
        worker.interrupt();
      }
    }

    synchronized void stop(String why) {
      if (stopped == null) {
        stopped = why;
      }
      if (thread != null) {
        thread.interrupt();
      }
    }

    synchronized @Nullable String stopped() {
      return stopped;
    }
  }

  /**
   * Takes up what an earlier process left.
   *
   * @param parallel jobs at a time
   * @param limit after which a job is stopped
   */
  public JobQueue(JobStore store, Work work, int parallel, Duration limit) {
    this.store = store;
    this.work = work;
    this.limit = limit;
    this.workers =
        new ThreadPoolExecutor(
            parallel,
            parallel,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("job-", 0).factory());
    store.recover(
        MOST_ATTEMPTS,
        JobProblem.json(
            new ArtifactException(
                ErrorCode.UNREADABLE,
                "job",
                "",
                "a server that lives until the job's end",
                LIFETIMES,
                "Perhaps it needs more memory than the server has; ask its operator.")));
    store.waiting().forEach(this::enqueue);
  }

  /** Runs a job that the store has as waiting. */
  public void enqueue(Job job) {
    running.put(job.id(), new Running());
    workers.execute(() -> run(job.id()));
  }

  /** The progress of a job that waits or runs here. */
  public Optional<JobProgress> progress(String id) {
    return Optional.ofNullable(running.get(id)).map(found -> found.progress);
  }

  /** Stops a job, or takes it out of the queue; false if it has ended. */
  public boolean cancel(String id) {
    boolean ended = store.end(id, JobState.CANCELLED, null);
    Running found = running.get(id);
    if (found != null) {
      found.stop("cancelled");
    }
    return ended;
  }

  private void run(String id) {
    Running here = running.computeIfAbsent(id, key -> new Running());
    if (closing || !store.begin(id)) {
      forget(id, here);
      return;
    }
    ScheduledFuture<?> alarm =
        clock.schedule(() -> here.stop("too long"), limit.toMillis(), TimeUnit.MILLISECONDS);
    here.on(Thread.currentThread());
    try {
      Job job = store.find(id).orElseThrow();
      Outcome outcome = work.run(job, here.progress);
      here.on(null);
      boolean late = Thread.interrupted();
      if (!late || here.stopped() == null) {
        store.publish(id, outcome);
      } else {
        end(id, here, new IllegalStateException("stopped"));
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError | LinkageError e) {
      here.on(null);
      Thread.interrupted();
      end(id, here, e);
    } finally {
      alarm.cancel(false);
      here.on(null);
      Thread.interrupted();
      forget(id, here);
    }
  }

  private void end(String id, Running here, Throwable problem) {
    String stopped = here.stopped();
    if (closing) {
      store.again(id); // for the next process
      return;
    }
    if (stopped == null) {
      store.end(id, JobState.FAILED, JobProblem.json(problem));
    } else if (stopped.equals("cancelled")) {
      store.end(id, JobState.CANCELLED, null);
    } else {
      store.end(
          id,
          JobState.FAILED,
          JobProblem.json(
              new ArtifactException(
                  ErrorCode.BAD_ARGUMENT,
                  "job",
                  "",
                  "an end within " + limit.toMinutes() + " minutes",
                  "more work than that",
                  "Compare smaller models here, or run stemma on a machine of your own.")));
    }
  }

  private void forget(String id, Running here) {
    running.remove(id);
    here.progress.end();
  }

  /** Stops everything; what ran begins again with the next process. */
  @Override
  public void close() {
    closing = true;
    workers.shutdown();
    running.values().forEach(job -> job.stop("closing"));
    clock.shutdownNow();
    try {
      workers.awaitTermination(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
