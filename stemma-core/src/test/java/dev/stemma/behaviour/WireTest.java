package dev.stemma.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stemma.artifact.ArtifactException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults on the wire, over real HTTP; the prompt tells the server what to do the first time. */
class WireTest {
  private static final String KEY = "sk-secret-0123456789";
  private static final Retries QUICK = new Retries(4, Duration.ofMillis(5), Duration.ofSeconds(3));

  @TempDir Path folder;
  private final AtomicInteger requests = new AtomicInteger();
  private HttpServer server;
  private OpenAiTarget target;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    Endpoint endpoint =
        Endpoint.parse("openai:http://127.0.0.1:" + server.getAddress().getPort() + "/v1#m");
    target =
        new OpenAiTarget(
            endpoint,
            ApiKey.of(Map.of("OPENAI_API_KEY", KEY), endpoint.base(), true),
            new OpenAiTarget.Manners(QUICK, Duration.ofMillis(700), 4));
  }

  @AfterEach
  void stop() {
    target.close();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean first = requests.incrementAndGet() == 1;
    String good =
        "{\"choices\":[{\"text\":\" fine\"}],\"usage\":{\"prompt_tokens\":2,"
            + "\"completion_tokens\":1}}";
    if (body.contains("redirect")) {
      exchange.getResponseHeaders().set("Location", "/v1/elsewhere");
      send(exchange, 302, "");
    } else if (body.contains("denied")) {
      send(exchange, 401, "wrong key " + exchange.getRequestHeaders().getFirst("Authorization"));
    } else if (body.contains("unknown option")) {
      send(exchange, 400, "no such option");
    } else if (body.contains("empty")) {
      send(exchange, 200, "{\"choices\":[{\"text\":\"\"}]}");
    } else if (body.contains("always")) {
      send(exchange, 500, "broken " + KEY);
    } else if (!first) {
      send(exchange, 200, good);
    } else if (body.contains("429")) {
      exchange.getResponseHeaders().set("Retry-After", "1");
      send(exchange, 429, "slow down");
    } else if (body.contains("slow")) {
      try {
        Thread.sleep(2000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      send(exchange, 200, good);
    } else if (body.contains("cut")) {
      exchange.sendResponseHeaders(200, 1000);
      exchange.getResponseBody().write(good.getBytes(StandardCharsets.UTF_8));
      exchange.close();
    } else if (body.contains("malformed")) {
      send(exchange, 200, good.substring(0, 30));
    } else if (body.contains("no completion")) {
      send(exchange, 200, "{\"ok\":true}");
    } else if (body.contains("500")) {
      send(exchange, 500, "broken");
    } else {
      send(exchange, 200, good);
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static Interview interview(Transcript transcript, long requests, long tokens) {
    return new Interview(transcript, new Budget(requests, tokens), false);
  }

  private static Interview interview() {
    return interview(Transcript.none(), Long.MAX_VALUE, Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"429", "500", "slow", "cut", "malformed", "no completion"})
  void aFaultThatPassesIsAskedAgain(String fault) throws Unanswered {
    long start = System.nanoTime();
    Answer answer = interview().one(target, Question.greedy(fault, 1), 0);
    assertThat(answer.text()).isEqualTo(" fine");
    assertThat(requests).hasValue(2);
    if (fault.equals("429")) {
      assertThat(System.nanoTime() - start).isGreaterThan(900_000_000L);
    }
  }

  @Test
  void aServerThatStaysBrokenIsLeftAloneAfterSomeTries() {
    Interview interview = interview();
    assertThatThrownBy(() -> interview.one(target, Question.greedy("always", 1), 0))
        .isInstanceOf(Unanswered.class)
        .hasMessageContaining("4 tries")
        .hasMessageNotContaining(KEY);
    assertThat(requests).hasValue(4);
    List<Question> many = java.util.Collections.nCopies(30, Question.greedy("always", 1));
    assertThatThrownBy(() -> interview.ask(target, many, 0, done -> {}))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("in a row");
    assertThat(requests.get()).isLessThan(30 * 4);
  }

  @Test
  void anAddressWhereNothingAnswersEndsTheRunAtOnce() {
    server.stop(0);
    assertThatThrownBy(() -> Capabilities.probe(target, interview()))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("no connection")
        .hasMessageContaining("Start the server");
  }

  @Test
  void aServerThatTakesNoQuestionSaysWhy() {
    server.removeContext("/");
    assertThatThrownBy(() -> Capabilities.probe(target, interview()))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("404")
        .hasMessageContaining("BASE_URL/models");
  }

  @Test
  void whatTheServerDoesNotTakeIsAskedOnce() {
    assertThatThrownBy(() -> interview().one(target, Question.greedy("unknown option", 1), 0))
        .isInstanceOfSatisfying(
            Unanswered.class,
            problem -> assertThat(problem.reason()).isEqualTo(Unanswered.Reason.REFUSED));
    assertThatThrownBy(() -> interview().one(target, Question.greedy("redirect", 1), 0))
        .isInstanceOf(Unanswered.class)
        .hasMessageContaining("302");
    assertThat(requests).hasValue(2);
  }

  @Test
  void theKeyStandsNowhere() throws IOException {
    Path file = folder.resolve("transcript.jsonl");
    try (Transcript transcript = Transcript.open(file)) {
      Interview interview = interview(transcript, Long.MAX_VALUE, Long.MAX_VALUE);
      assertThatThrownBy(() -> interview.one(target, Question.greedy("denied", 1), 0))
          .isInstanceOf(ArtifactException.class)
          .hasMessageContaining("STEMMA_API_KEY")
          .hasMessageNotContaining(KEY);
      assertThatThrownBy(() -> interview.one(target, Question.greedy("always", 1), 0))
          .hasMessageNotContaining(KEY);
    }
    assertThat(Files.readString(file)).contains("[key]").doesNotContain(KEY);
    assertThat(ApiKey.of(Map.of("OPENAI_API_KEY", KEY), URI.create("https://a.b"), true).toString())
        .doesNotContain(KEY);
  }

  @Test
  void aKeyGoesToOneHostAndNeverInTheClear() {
    Map<String, String> environment =
        Map.of("OPENAI_API_KEY", KEY, "STEMMA_API_KEY_A_B", "its own");
    assertThat(authorization(environment, "https://c.d", true)).contains("Bearer " + KEY);
    assertThat(authorization(environment, "https://c.d", false)).isEmpty();
    assertThat(authorization(environment, "http://c.d", true)).isEmpty();
    assertThat(authorization(environment, "https://a.b", false)).contains("Bearer its own");
    assertThatThrownBy(() -> Endpoint.parse("openai:https://me:pw@host/v1#m"))
        .isInstanceOf(ArtifactException.class)
        .hasMessageNotContaining("pw@");
  }

  private static Optional<String> authorization(
      Map<String, String> environment, String base, boolean first) {
    return ApiKey.of(environment, URI.create(base), first).authorization();
  }

  @Test
  void aKilledRunGoesOnWithoutAskingAgain() throws Exception {
    Path file = folder.resolve("transcript.jsonl");
    List<Question> questions =
        List.of(Question.greedy("a", 1), Question.greedy("b", 1), Question.greedy("c", 1));
    try (Transcript transcript = Transcript.open(file)) {
      interview(transcript, 2, Long.MAX_VALUE).ask(target, questions.subList(0, 2), 0, done -> {});
      assertThatThrownBy(() -> Transcript.open(file)).isInstanceOf(ArtifactException.class);
    }
    Files.writeString(file, "{\"key\":\"half a li", StandardOpenOption.APPEND);
    assertThat(requests).hasValue(2);
    try (Transcript transcript = Transcript.open(file)) {
      assertThat(transcript.unreadable()).isEqualTo(1);
      assertThat(
              interview(transcript, Long.MAX_VALUE, Long.MAX_VALUE)
                  .ask(target, questions, 0, done -> {}))
          .allMatch(Optional::isPresent);
    }
    assertThat(requests).hasValue(3);
    server.stop(0);
    try (Transcript transcript = Transcript.open(file)) {
      Interview offline = new Interview(transcript, new Budget(0, 0), true);
      assertThat(offline.ask(target, questions, 0, done -> {})).allMatch(Optional::isPresent);
      assertThat(offline.ask(target, questions, 1, done -> {})).allMatch(Optional::isEmpty);
    }
  }

  @Test
  void theBudgetHolds() {
    List<Question> many = new java.util.ArrayList<>();
    for (int i = 0; i < 40; i++) {
      many.add(Question.greedy("question " + i, 1));
    }
    Interview interview = interview(Transcript.none(), 10, Long.MAX_VALUE);
    List<Optional<Answer>> answers = interview.ask(target, many, 0, done -> {});
    assertThat(answers.stream().filter(Optional::isPresent)).hasSize(10);
    assertThat(requests).hasValue(10);
    assertThat(interview.budget().exhausted()).isTrue();
    Interview frugal = interview(Transcript.none(), Long.MAX_VALUE, 100);
    frugal.ask(target, many, 0, done -> {});
    assertThat(frugal.budget().tokens()).isBetween(60L, 100L);
  }

  @Test
  void anEmptyReplyIsNoText() throws Unanswered {
    assertThat(interview().one(target, Question.greedy("empty", 1), 0).text()).isEmpty();
  }
}
