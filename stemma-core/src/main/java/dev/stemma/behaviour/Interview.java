package dev.stemma.behaviour;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * Asks questions, each once: what the transcript knows is not asked again, what the budget forbids
 * stays without an answer, and an endpoint that keeps failing is left alone.
 */
public final class Interview {
  private static final int PATIENCE = 10;

  private final Transcript transcript;
  private final Budget budget;
  private final boolean offline;
  private final Map<String, AtomicInteger> failures = new TreeMap<>();
  private final Map<String, String> lastFailure = new TreeMap<>();

  /**
   * An interview.
   *
   * @param offline whether only the transcript answers
   */
  public Interview(Transcript transcript, Budget budget, boolean offline) {
    this.transcript = transcript;
    this.budget = budget;
    this.offline = offline;
  }

  /**
   * The answers in the order of the questions; nothing where there is none.
   *
   * @param time tells the first asking of a question from the second
   * @param done is told of each question
   */
  public List<Optional<Answer>> ask(
      Target target, List<Question> questions, int time, LongConsumer done) {
    Semaphore places = new Semaphore(target.concurrency());
    List<Future<Optional<Answer>>> under = new ArrayList<>();
    try (ExecutorService threads =
        target.runsHere()
            ? Executors.newFixedThreadPool(target.concurrency())
            : Executors.newVirtualThreadPerTaskExecutor()) {
      for (Question question : questions) {
        under.add(
            threads.submit(() -> {
              places.acquire();
              try {
                return Optional.of(one(target, question, time));
              } catch (Unanswered e) {
                return Optional.empty();
              } finally {
                places.release();
                done.accept(1);
              }
            }));
      }
      List<Optional<Answer>> answers = new ArrayList<>();
      for (Future<Optional<Answer>> future : under) {
        try {
          answers.add(future.get());
        } catch (ExecutionException e) {
          threads.shutdownNow();
          if (e.getCause() instanceof RuntimeException problem) {
            throw problem;
          }
          throw new IllegalStateException(e.getCause());
        }
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  /**
   * The answers of several models to the same questions: places are asked side by side, the models
   * of one place one after the other, so that a host never gets more requests at once than allowed.
   */
  public Map<Target, List<Optional<Answer>>> askAll(
      List<Target> targets, List<Question> questions, int time, LongConsumer done) {
    Map<String, List<Target>> places = new LinkedHashMap<>();
    for (Target target : targets) {
      places.computeIfAbsent(target.place(), any -> new ArrayList<>()).add(target);
    }
    Map<Target, List<Optional<Answer>>> answers = new ConcurrentHashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> under = new ArrayList<>();
      for (List<Target> place : places.values()) {
        under.add(
            threads.submit(() -> {
              for (Target target : place) {
                answers.put(target, ask(target, questions, time, done));
              }
            }));
      }
      try {
        for (Future<?> one : under) {
          one.get();
        }
      } finally {
        threads.shutdownNow();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException problem) {
        throw problem;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    return answers;
  }

  /**
   * One answer.
   *
   * @throws Unanswered if there is none
   * @throws ArtifactException if the endpoint lets nobody ask or failed too often
   */
  public Answer one(Target target, Question question, int time) throws Unanswered {
    String key = target.reference() + " " + time + " " + question.json("");
    Optional<Answer> known = transcript.known(key);
    if (known.isPresent()) {
      return known.get();
    }
    Optional<String> refused = transcript.refusal(key);
    if (refused.isPresent()) {
      throw new Unanswered(Unanswered.Reason.REFUSED, refused.get());
    }
    if (offline) {
      throw new Unanswered(Unanswered.Reason.OFFLINE, "not in the transcript");
    }
    if (target.runsHere()) {
      long start = System.nanoTime();
      Answer answer = target.ask(question, ExchangeLog.NONE);
      long millis = (System.nanoTime() - start) / 1_000_000;
      transcript.answered(key, target, question.json(target.name()), answer, millis);
      return answer;
    }
    return overTheWire(target, question, key);
  }

  private Answer overTheWire(Target target, Question question, String key) throws Unanswered {
    long most = question.tokensAtMost();
    try {
      budget.setAside(most);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    long used = 0;
    try {
      long start = System.nanoTime();
      Answer answer = target.ask(question, log(key, target));
      int counted = answer.promptTokens() + answer.completionTokens();
      used = counted > 0 ? counted : most;
      long millis = (System.nanoTime() - start) / 1_000_000;
      transcript.answered(key, target, question.json(target.name()), answer, millis);
      failed(target).set(0);
      return answer;
    } catch (Unanswered e) {
      if (e.isFailure()) {
        giveUpAfterMany(target, e);
      }
      throw e;
    } finally {
      budget.settle(most, used);
    }
  }

  private ExchangeLog log(String key, Target target) {
    return new ExchangeLog() {
      @Override
      public void beforeRequest() throws Unanswered {
        budget.request();
      }

      @Override
      public void exchanged(Exchange exchange) {
        transcript.exchanged(key, target, exchange);
      }
    };
  }

  private synchronized AtomicInteger failed(Target target) {
    return failures.computeIfAbsent(target.reference(), any -> new AtomicInteger());
  }

  private void giveUpAfterMany(Target target, Unanswered problem) {
    synchronized (this) {
      lastFailure.put(target.reference(), String.valueOf(problem.getMessage()));
    }
    if (failed(target).incrementAndGet() >= PATIENCE) {
      throw new ArtifactException(
          ErrorCode.DOWNLOAD_FAILED,
          target.reference(),
          "",
          "an endpoint that answers",
          PATIENCE + " questions in a row without an answer, the last " + problem.getMessage(),
          "Look at the server; with --transcript the run goes on where it stopped.");
    }
  }

  /** The last failure of a target, where there was one. */
  public synchronized Optional<String> lastFailure(Target target) {
    return Optional.ofNullable(lastFailure.get(target.reference()));
  }

  /** What was spent. */
  public Budget budget() {
    return budget;
  }
}
