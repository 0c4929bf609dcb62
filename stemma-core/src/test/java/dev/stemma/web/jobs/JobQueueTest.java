package dev.stemma.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs outlive the process that ran them; cancelled and endless ones stop. */
class JobQueueTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final JobRequest REQUEST =
      new JobRequest(
          JobRequest.Kind.COMPARE, List.of("hf:a/a", "hf:b/b"), List.of(), List.of(), false);

  @TempDir Path folder;

  private JobStore store() {
    return JobStore.open(folder.resolve("jobs.db"));
  }

  private static Job ended(JobStore store, String id) throws InterruptedException {
    for (int tries = 0; tries < 600; tries++) {
      Job job = store.find(id).orElseThrow();
      if (job.state().isEnd()) {
        return job;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the job does not end");
  }

  private static Outcome outcome() {
    return new Outcome(
        "a / b",
        "derived",
        List.of(Document.of("json", "{\"x\":1}"), Document.of("en.html", "<p>ü")));
  }

  @Test
  void aResultIsThereAfterARestart() throws Exception {
    String id;
    try (JobStore store = store();
        JobQueue queue = new JobQueue(store, (job, progress) -> outcome(), 1, LONG)) {
      Job job = store.add(REQUEST, "a / b", "me");
      queue.enqueue(job);
      id = ended(store, job.id()).id();
    }
    try (JobStore store = store()) {
      assertThat(store.find(id).orElseThrow().state()).isEqualTo(JobState.DONE);
      assertThat(store.document(id, "en.html").orElseThrow().text()).isEqualTo("<p>ü");
      assertThat(store.documents(id)).containsExactly("en.html", "json");
    }
  }

  @Test
  void whatRanWhenTheProcessDiedRunsAgainAndIsMarkedAfterThreeDeaths() throws Exception {
    String again;
    String deadly;
    try (JobStore store = store()) { // as a killed process leaves it: nothing says goodbye
      again = store.add(REQUEST, "a / b", "me").id();
      deadly = store.add(REQUEST, "a / b", "me").id();
      for (int death = 0; death < 2; death++) {
        assertThat(store.begin(deadly)).isTrue();
        store.recover(3, "{}");
        assertThat(store.find(deadly).orElseThrow().state()).isEqualTo(JobState.QUEUED);
      }
      assertThat(store.begin(deadly)).isTrue();
      assertThat(store.begin(again)).isTrue();
    }
    AtomicInteger runs = new AtomicInteger();
    try (JobStore store = store();
        JobQueue queue =
            new JobQueue(
                store,
                (job, progress) -> {
                  runs.incrementAndGet();
                  return outcome();
                },
                1,
                LONG)) {
      assertThat(ended(store, again).state()).isEqualTo(JobState.DONE);
      Job marked = store.find(deadly).orElseThrow();
      assertThat(marked.state()).isEqualTo(JobState.INTERRUPTED);
      assertThat(marked.problem()).contains("ended 3 times");
      assertThat(runs).hasValue(1);
      assertThat(queue.progress(again)).isEmpty();
    }
  }

  @Test
  void aServerThatIsClosedLeavesItsJobToTheNext() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    String id;
    try (JobStore store = store()) {
      try (JobQueue queue = new JobQueue(store, waiting(begun), 1, LONG)) {
        Job job = store.add(REQUEST, "a / b", "me");
        queue.enqueue(job);
        id = job.id();
        assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(store.find(id).orElseThrow().state()).isEqualTo(JobState.QUEUED);
      assertThat(store.find(id).orElseThrow().attempts()).isZero();
    }
  }

  private static JobQueue.Work waiting(CountDownLatch begun) {
    return (job, progress) -> {
      begun.countDown();
      try {
        Thread.sleep(60_000);
        return outcome();
      } catch (InterruptedException e) {
        throw new CancellationException();
      }
    };
  }

  @Test
  void runningAndWaitingJobsAreCancelled() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    try (JobStore store = store();
        JobQueue queue = new JobQueue(store, waiting(begun), 1, LONG)) {
      Job running = store.add(REQUEST, "a / b", "me");
      Job waiting = store.add(REQUEST, "a / b", "me");
      queue.enqueue(running);
      queue.enqueue(waiting);
      assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(store.unfinished("me")).isEqualTo(2);
      assertThat(queue.cancel(waiting.id())).isTrue();
      assertThat(queue.cancel(running.id())).isTrue();
      assertThat(queue.cancel(running.id())).isFalse();
      for (Job job : List.of(running, waiting)) {
        assertThat(ended(store, job.id()).state()).isEqualTo(JobState.CANCELLED);
        assertThat(store.documents(job.id())).isEmpty();
      }
    }
  }

  @Test
  void aJobThatTakesTooLongFailsAndSaysSo() throws Exception {
    try (JobStore store = store();
        JobQueue queue =
            new JobQueue(store, waiting(new CountDownLatch(1)), 1, Duration.ofMillis(200))) {
      Job job = store.add(REQUEST, "a / b", "me");
      queue.enqueue(job);
      Job failed = ended(store, job.id());
      assertThat(failed.state()).isEqualTo(JobState.FAILED);
      assertThat(failed.problem()).contains("more work than that");
    }
  }

  @Test
  void aDefectFailsTheJobWithoutItsText() throws Exception {
    try (JobStore store = store();
        JobQueue queue =
            new JobQueue(
                store,
                (job, progress) -> {
                  throw new IllegalStateException("/home/somebody/secret");
                },
                1,
                LONG)) {
      Job job = store.add(REQUEST, "a / b", "me");
      queue.enqueue(job);
      assertThat(ended(store, job.id()).problem()).contains("DEFECT").doesNotContain("secret");
    }
  }
}
