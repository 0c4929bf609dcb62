package dev.stemma.behaviour;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Printable;
import dev.stemma.behaviour.ExchangeLog.Exchange;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model behind an OpenAI-compatible API. Redirects are not followed, answers are bounded, and a
 * server that wants time gets it from every thread.
 */
public final class OpenAiTarget implements Target {
  private static final int MAXIMUM_ANSWER_BYTES = 32 << 20;
  private static final int SHOWN = 300;
  private static final String UNREACHABLE = "no connection to this host and port";

  /**
   * How to ask.
   *
   * @param timeout for one answer, its body included
   * @param concurrency requests at once
   */
  public record Manners(Retries retries, Duration timeout, int concurrency) {}

  private final Endpoint endpoint;
  private final ApiKey key;
  private final Manners manners;
  private final HttpClient client;

  /** Until when the server wants to be left alone, as {@link System#nanoTime}. */
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());

  /** Nothing is asked yet. */
  public OpenAiTarget(Endpoint endpoint, ApiKey key, Manners manners) {
    this.endpoint = endpoint;
    this.key = key;
    this.manners = manners;
    this.client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(min(manners.timeout(), Duration.ofSeconds(20)))
            .build();
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  @Override
  public String reference() {
    return endpoint.toString();
  }

  @Override
  public String name() {
    return endpoint.model();
  }

  @Override
  public int concurrency() {
    return manners.concurrency();
  }

  @Override
  public boolean runsHere() {
    return false;
  }

  @Override
  public String place() {
    return endpoint.origin();
  }

  @Override
  public Answer ask(Question question, ExchangeLog log) throws Unanswered {
    ObjectNode body = question.json(endpoint.model());
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(
                endpoint.address(question.chat() ? "/chat/completions" : "/completions"))
            .timeout(manners.timeout())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8));
    key.authorization().ifPresent(value -> builder.header("Authorization", value));
    HttpRequest request = builder.build();
    for (int done = 1; ; done++) {
      waitUntilQuietEnds();
      log.beforeRequest();
      Try result = send(request, body, log);
      if (result.answer().isPresent()) {
        return result.answer().get();
      }
      if (!result.mayPass()) {
        throw refused(result);
      }
      Optional<Duration> wait =
          manners
              .retries()
              .next(done, result.retryAfter(), Instant.now(), ThreadLocalRandom.current());
      if (wait.isEmpty()) {
        throw new Unanswered(
            result.reached() ? Unanswered.Reason.FAILED : Unanswered.Reason.UNREACHABLE,
            "after " + done + " tries: " + result.problem());
      }
      if (result.status() == 429 || result.retryAfter().isPresent()) {
        long until = System.nanoTime() + wait.get().toNanos();
        quietUntil.accumulateAndGet(until, (a, b) -> a - b > 0 ? a : b);
      } else {
        pause(wait.get().toNanos());
      }
    }
  }

  private record Try(
      Optional<Answer> answer,
      int status,
      boolean mayPass,
      boolean reached,
      Optional<String> retryAfter,
      String problem) {
    static Try failed(boolean reached, String problem) {
      return new Try(Optional.empty(), 0, true, reached, Optional.empty(), problem);
    }
  }

  private Try send(HttpRequest request, JsonNode body, ExchangeLog log) {
    long start = System.nanoTime();
    CompletableFuture<HttpResponse<byte[]>> under =
        client.sendAsync(
            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAXIMUM_ANSWER_BYTES));
    HttpResponse<byte[]> response;
    try {
      response = under.get(manners.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      under.cancel(true);
      return lost(
          body, "no whole answer within " + manners.timeout().toSeconds() + " s", start, log);
    } catch (ExecutionException e) {
      return lost(body, said(e.getCause()), start, log);
    } catch (InterruptedException e) {
      under.cancel(true);
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    String text = key.redacted(new String(response.body(), StandardCharsets.UTF_8));
    int status = response.statusCode();
    log.exchanged(new Exchange(body, status, headers(response), text, millis(start)));
    if (status != 200) {
      return new Try(
          Optional.empty(),
          status,
          Retries.mayPass(status),
          true,
          response.headers().firstValue("Retry-After"),
          "status " + status + " " + shown(text));
    }
    try {
      return new Try(
          Optional.of(AnswerJson.read(JsonMapper.shared().readTree(text))),
          status,
          false,
          true,
          Optional.empty(),
          "");
    } catch (JacksonException | IllegalArgumentException e) {
      return Try.failed(true, "an answer that is no completion: " + shown(text));
    }
  }

  private Try lost(JsonNode body, String problem, long start, ExchangeLog log) {
    String told = key.redacted(problem);
    log.exchanged(new Exchange(body, 0, Map.of(), told, millis(start)));
    return Try.failed(!told.equals(UNREACHABLE), told);
  }

  /** The client gives no message where a connection is refused or a name is not known. */
  private static String said(@Nullable Throwable cause) {
    return cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
        ? UNREACHABLE
        : String.valueOf(cause);
  }

  private static long millis(long start) {
    return (System.nanoTime() - start) / 1_000_000;
  }

  private Map<String, List<String>> headers(HttpResponse<?> response) {
    Map<String, List<String>> kept = new java.util.TreeMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> {
          if (!name.equalsIgnoreCase("set-cookie")) {
            kept.put(name, values.stream().map(key::redacted).toList());
          }
        });
    return kept;
  }

  private static String shown(String text) {
    String line = Printable.text(text.strip());
    return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
  }

  /** A wrong key or address ends everything; another refusal is about this question alone. */
  private Unanswered refused(Try result) {
    if (result.status() == 401 || result.status() == 403) {
      throw new ArtifactException(
          ErrorCode.DOWNLOAD_FAILED,
          reference(),
          "",
          "an endpoint that lets us ask",
          result.problem() + " with " + key,
          "Set STEMMA_API_KEY or OPENAI_API_KEY; over plain http a key goes to this machine only.");
    }
    return new Unanswered(Unanswered.Reason.REFUSED, result.problem());
  }

  private void waitUntilQuietEnds() {
    long left = quietUntil.get() - System.nanoTime();
    while (left > 0) {
      pause(left);
      left = quietUntil.get() - System.nanoTime();
    }
  }

  private static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
