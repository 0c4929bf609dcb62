package dev.stemma.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.cli.CompletionRequest.BadRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model behind an OpenAI-compatible API on loopback: models, completions and chat completions,
 * whole or as server-sent events.
 */
final class CompletionServer implements AutoCloseable {
  private static final int MAXIMUM_BODY_BYTES = 4 << 20;

  private static final long MOST_DISCARDED_BYTES = 1L << 30;

  private final LoadedModel model;
  private final Completions completions;
  private final HttpServer server;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);

  private CompletionServer(LoadedModel model, HttpServer server) {
    this.model = model;
    this.completions = new Completions(model);
    this.server = server;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
  }

  /** Listens on loopback; port 0 takes a free one. */
  static CompletionServer start(LoadedModel model, int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    CompletionServer running = new CompletionServer(model, server);
    server.createContext("/", running::handle);
    server.setExecutor(running.threads);
    server.start();
    return running;
  }

  String baseUrl() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  void await() throws InterruptedException {
    closed.await();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
    completions.close();
    closed.countDown();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      switch (path) {
        case "/v1/models" -> {
          if (isMethod(exchange, "GET")) {
            send(exchange, 200, models());
          }
        }
        case "/v1/completions", "/v1/chat/completions" -> {
          if (isMethod(exchange, "POST")) {
            complete(exchange, path.contains("chat"));
          }
        }
        default -> {
          if (path.equals("/v1/models/" + completions.name())) {
            send(exchange, 200, describe(JsonMapper.shared().createObjectNode()));
          } else {
            String served = "/v1/models, /v1/completions and /v1/chat/completions are served";
            send(exchange, 404, error("not_found_error", null, "no such address; " + served));
          }
        }
      }
    }
  }

  private boolean isMethod(HttpExchange exchange, String method) throws IOException {
    boolean is = exchange.getRequestMethod().equals(method);
    if (!is) {
      exchange.getResponseHeaders().set("Allow", method);
      send(exchange, 405, error("invalid_request_error", null, "use " + method));
    }
    return is;
  }

  private void complete(HttpExchange exchange, boolean chat) throws IOException {
    CompletionRequest request;
    try {
      byte[] body;
      try (InputStream in = exchange.getRequestBody()) {
        body = in.readNBytes(MAXIMUM_BODY_BYTES + 1);
        if (body.length > MAXIMUM_BODY_BYTES) {
          discard(in);
        }
      }
      if (body.length > MAXIMUM_BODY_BYTES) {
        String most = "a request has at most " + MAXIMUM_BODY_BYTES + " bytes";
        exchange.getResponseHeaders().set("Connection", "close");
        send(exchange, 413, error("invalid_request_error", null, most));
        return;
      }
      JsonNode json = JsonMapper.shared().readTree(body);
      request =
          chat ? CompletionRequest.chat(json, model) : CompletionRequest.completion(json, model);
    } catch (JacksonException e) {
      send(exchange, 400, error("invalid_request_error", "body", "the body is no JSON"));
      return;
    } catch (BadRequest e) {
      send(exchange, 400, error("invalid_request_error", e.parameter(), e.getMessage()));
      return;
    } catch (ArtifactException e) {
      send(exchange, 400, error("invalid_request_error", "messages", e.getMessage()));
      return;
    }
    if (request.stream()) {
      stream(exchange, request);
      return;
    }
    try {
      Completions.Timed answer = completions.whole(request);
      exchange
          .getResponseHeaders()
          .set("Server-Timing", String.format(Locale.ROOT, "model;dur=%.3f", answer.nanos() / 1e6));
      send(exchange, 200, answer.json());
    } catch (RuntimeException e) {
      send(exchange, 500, error("server_error", null, String.valueOf(e.getMessage())));
    }
  }

  /** A client that is still writing would see a reset in place of the answer. */
  private static void discard(InputStream in) throws IOException {
    byte[] part = new byte[1 << 16];
    long left = MOST_DISCARDED_BYTES;
    int read = in.read(part);
    while (read >= 0 && left > 0) {
      left -= read;
      read = in.read(part);
    }
  }

  /** A client that goes away ends its generation: the next chunk cannot be written. */
  private void stream(HttpExchange exchange, CompletionRequest request) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
    exchange.getResponseHeaders().set("Cache-Control", "no-cache");
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      try {
        completions.chunks(request, chunk -> event(out, chunk.toString()));
      } catch (UncheckedIOException e) {
        throw e;
      } catch (RuntimeException e) {
        event(out, error("server_error", null, String.valueOf(e.getMessage())).toString());
      }
      event(out, "[DONE]");
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void event(OutputStream out, String data) {
    try {
      out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void send(HttpExchange exchange, int status, ObjectNode json) throws IOException {
    byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private static ObjectNode error(
      String type, @Nullable String parameter, @Nullable String message) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.putObject("error")
        .put("message", message)
        .put("type", type)
        .put("param", parameter)
        .putNull("code");
    return json;
  }

  private ObjectNode models() {
    ObjectNode json = JsonMapper.shared().createObjectNode().put("object", "list");
    describe(json.putArray("data").addObject());
    return json;
  }

  private ObjectNode describe(ObjectNode node) {
    return node.put("id", completions.name())
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "stemma")
        .put("max_model_len", model.decoder().maximumPositions());
  }
}
