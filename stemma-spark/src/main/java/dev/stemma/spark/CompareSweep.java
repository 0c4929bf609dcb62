package dev.stemma.spark;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.report.JsonReport;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every analysis on many pairs. The driver reads headers, plans and concludes, several pairs at
 * once; executors read the weights.
 */
final class CompareSweep {
  private final SparkEngine engine;
  private final boolean allowPrivate;

  CompareSweep(SparkEngine engine, boolean allowPrivate) {
    this.engine = engine;
    this.allowPrivate = allowPrivate;
  }

  /** Two models. */
  record PairOf(String a, String b) {}

  /** Is told of every pair once, in their order. */
  interface Outcomes {
    void compared(PairOf pair, JsonNode report);

    void failed(PairOf pair, String error);
  }

  void run(List<PairOf> pairs, int atOnce, Outcomes outcomes) {
    try (ExecutorService drivers = Executors.newFixedThreadPool(atOnce)) {
      ArrayDeque<Future<JsonNode>> running = new ArrayDeque<>();
      int next = 0;
      for (PairOf pair : pairs) {
        while (next < pairs.size() && running.size() < 2 * atOnce) {
          PairOf begun = pairs.get(next++);
          running.add(drivers.submit(() -> compare(begun)));
        }
        tell(pair, running.remove(), outcomes);
      }
    }
  }

  private static void tell(PairOf pair, Future<JsonNode> running, Outcomes outcomes) {
    try {
      outcomes.compared(pair, running.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      outcomes.failed(
          pair,
          cause instanceof ArtifactException
              ? String.valueOf(cause.getMessage())
              : String.valueOf(cause));
    }
  }

  private JsonNode compare(PairOf pair) {
    StringBuilder text = new StringBuilder();
    try {
      new JsonReport().write(report(pair), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return JsonMapper.shared().readTree(text.toString());
  }

  Report report(PairOf pair) {
    Sources sources = SparkEngine.sources(allowPrivate);
    try (Investigation investigation =
        new Investigation(sources, sources.open(), engine, Progress.NONE)) {
      return investigation.compare(
          new Investigation.Request(
              pair.a(),
              pair.b(),
              List.of(),
              List.of(),
              Scope.PLANNED,
              "stemma compare " + pair.a() + " " + pair.b()));
    }
  }
}
