package dev.stemma.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * Stands between client and server, over real HTTP, and spoils answers: each question's first
 * answer by turns, and some questions' every answer.
 */
final class FaultyProxy implements AutoCloseable {
  /** What it does to an answer. */
  enum Fault {
    NONE,
    TOO_MANY_REQUESTS,
    SERVER_ERROR,
    CUT,
    MALFORMED,
    /** A whole answer with nothing in it, however often it is asked. */
    EMPTY,
  }

  private final HttpServer server;
  private final String upstream;
  private final List<Fault> faults;
  private final UnaryOperator<String> change;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, Integer> askedBefore = new ConcurrentHashMap<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger spoiled = new AtomicInteger();
  private final AtomicInteger authorised = new AtomicInteger();

  /**
   * Starts.
   *
   * @param faults taken by turns, by the question's text
   * @param change what else is done to every request's body
   */
  FaultyProxy(String upstream, List<Fault> faults, UnaryOperator<String> change)
      throws IOException {
    this.upstream = upstream;
    this.faults = List.copyOf(faults);
    this.change = change;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  String reference() {
    return "openai:http://127.0.0.1:" + server.getAddress().getPort() + "/v1#";
  }

  int requests() {
    return requests.get();
  }

  int spoiled() {
    return spoiled.get();
  }

  int authorised() {
    return authorised.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.incrementAndGet();
      if (exchange.getRequestHeaders().getFirst("Authorization") != null) {
        authorised.incrementAndGet();
      }
      Fault fault = faults.get(Math.floorMod(body.hashCode(), faults.size()));
      boolean first = askedBefore.merge(body, 1, Integer::sum) == 1;
      if (fault == Fault.EMPTY) {
        spoiled.incrementAndGet();
        send(exchange, 200, "{\"choices\":[{\"text\":\"\"}]}");
      } else if (first && fault != Fault.NONE) {
        spoiled.incrementAndGet();
        spoil(exchange, fault);
      } else {
        pass(exchange, body);
      }
    }
  }

  private void spoil(HttpExchange exchange, Fault fault) throws IOException {
    switch (fault) {
      case TOO_MANY_REQUESTS -> {
        exchange.getResponseHeaders().set("Retry-After", "0");
        send(exchange, 429, "{\"error\":\"slow down\"}");
      }
      case SERVER_ERROR ->
          send(exchange, 500, "broken " + exchange.getRequestHeaders().getFirst("Authorization"));
      case CUT -> {
        exchange.sendResponseHeaders(200, 5000);
        exchange
            .getResponseBody()
            .write("{\"choices\":[{\"text\":".getBytes(StandardCharsets.UTF_8));
      }
      case MALFORMED -> send(exchange, 200, "{\"choices\":[{\"te");
      case EMPTY, NONE -> throw new IllegalStateException();
    }
  }

  private void pass(HttpExchange exchange, String body) throws IOException {
    try {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(upstream + exchange.getRequestURI().getPath()))
                  .POST(HttpRequest.BodyPublishers.ofString(change.apply(body)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      send(exchange, answer.statusCode(), answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    client.shutdownNow();
  }
}
