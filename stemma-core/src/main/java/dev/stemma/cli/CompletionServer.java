package dev.stemma.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.Sampling;
import dev.stemma.runtime.Sequence;
import dev.stemma.runtime.TextCodec;
import dev.stemma.runtime.TextGenerator;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model behind an OpenAI-compatible API on loopback: models and completions, with
 * log-probabilities and echo.
 */
final class CompletionServer implements AutoCloseable {
  private static final int MAXIMUM_BODY_BYTES = 4 << 20;
  private static final int MAXIMUM_LOGPROBS = 20;

  private final LoadedModel model;
  private final TextCodec codec;
  private final HttpServer server;
  private final ExecutorService threads;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** One generation at a time: a matrix product already uses all cores. */
  private final ReentrantLock turn = new ReentrantLock();

  private CompletionServer(LoadedModel model, HttpServer server) {
    this.model = model;
    this.codec = model.requireCodec();
    this.server = server;
    this.threads = Executors.newVirtualThreadPerTaskExecutor();
  }

  /** Listens on loopback; port 0 takes a free one. */
  static CompletionServer start(LoadedModel model, int port) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    CompletionServer running = new CompletionServer(model, server);
    server.createContext(
        "/v1/models", exchange -> running.answer(exchange, "GET", body -> running.models()));
    server.createContext(
        "/v1/completions", exchange -> running.answer(exchange, "POST", running::completions));
    server.createContext(
        "/",
        exchange ->
            running.send(
                exchange,
                404,
                error("no such address; /v1/models and /v1/completions are served")));
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
    closed.countDown();
  }

  private interface Answer {
    ObjectNode to(JsonNode request);
  }

  private static final class BadRequest extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BadRequest(String message) {
      super(message);
    }
  }

  private void answer(HttpExchange exchange, String method, Answer answer) throws IOException {
    if (!exchange.getRequestMethod().equals(method)) {
      send(exchange, 405, error("use " + method));
      return;
    }
    try (InputStream in = exchange.getRequestBody()) {
      byte[] body = in.readNBytes(MAXIMUM_BODY_BYTES + 1);
      if (body.length > MAXIMUM_BODY_BYTES) {
        send(exchange, 413, error("a request of at most " + MAXIMUM_BODY_BYTES + " bytes"));
        return;
      }
      JsonNode request =
          body.length == 0
              ? JsonMapper.shared().createObjectNode()
              : JsonMapper.shared().readTree(body);
      send(exchange, 200, answer.to(request));
    } catch (JacksonException e) {
      send(exchange, 400, error("the body is no JSON"));
    } catch (BadRequest | IllegalArgumentException e) {
      send(exchange, 400, error(String.valueOf(e.getMessage())));
    }
  }

  private void send(HttpExchange exchange, int status, ObjectNode json) throws IOException {
    byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static ObjectNode error(String message) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.putObject("error").put("message", message).put("type", "invalid_request_error");
    return json;
  }

  private ObjectNode models() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("object", "list");
    json.putArray("data")
        .addObject()
        .put("id", name())
        .put("object", "model")
        .put("owned_by", "stemma");
    return json;
  }

  private String name() {
    return model.model().model().name();
  }

  private ObjectNode completions(JsonNode request) {
    List<List<Integer>> prompts = prompts(request.get("prompt"));
    int maximum = request.path("max_tokens").asInt(16);
    boolean echo = request.path("echo").asBoolean(false);
    int logprobs = request.path("logprobs").isNumber() ? request.path("logprobs").asInt(0) : -1;
    int choices = Math.clamp(request.path("n").asInt(1), 1, 64);
    if (maximum < 0 || logprobs > MAXIMUM_LOGPROBS) {
      throw new BadRequest("max_tokens is at least 0 and logprobs at most " + MAXIMUM_LOGPROBS);
    }
    if (request.path("stream").asBoolean(false)) {
      throw new BadRequest("streaming is not served; leave stream out");
    }
    Sampling sampling =
        new Sampling(
            request.path("repetition_penalty").asDouble(1),
            request.path("temperature").asDouble(1),
            request.path("top_k").asInt(0),
            request.path("top_p").asDouble(1),
            request.path("min_p").asDouble(0));
    List<String> stops = new ArrayList<>();
    JsonNode stop = request.path("stop");
    if (stop.isString()) {
      stops.add(stop.stringValue());
    } else {
      stop.forEach(one -> stops.add(one.asString()));
    }
    Random random = request.has("seed") ? new Random(request.path("seed").asLong(0)) : new Random();
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("id", "cmpl-" + Long.toHexString(random.nextLong()));
    json.put("object", "text_completion");
    json.put("created", System.currentTimeMillis() / 1000);
    json.put("model", name());
    ArrayNode list = json.putArray("choices");
    int read = 0;
    int written = 0;
    for (List<Integer> prompt : prompts) {
      for (int choice = 0; choice < choices; choice++) {
        TextGenerator.Completion completion = generate(prompt, maximum, sampling, stops, random);
        read += prompt.size();
        written += completion.ids().size();
        ObjectNode one = list.addObject();
        one.put("index", list.size() - 1);
        one.put("text", (echo ? codec.decode(prompt) : "") + completion.text());
        one.put("finish_reason", completion.ended() ? "stop" : "length");
        if (logprobs >= 0) {
          one.set("logprobs", logprobs(completion, echo, logprobs));
        } else {
          one.putNull("logprobs");
        }
      }
    }
    json.putObject("usage")
        .put("prompt_tokens", read)
        .put("completion_tokens", written)
        .put("total_tokens", read + written);
    return json;
  }

  private List<List<Integer>> prompts(@org.jspecify.annotations.Nullable JsonNode prompt) {
    List<List<Integer>> prompts = new ArrayList<>();
    if (prompt == null || prompt.isNull()) {
      throw new BadRequest("prompt is missing");
    }
    if (prompt.isString()) {
      prompts.add(codec.encode(prompt.stringValue()));
    } else if (prompt.isArray() && prompt.size() > 0 && prompt.get(0).isInt()) {
      List<Integer> ids = new ArrayList<>();
      prompt.forEach(id -> ids.add(id.asInt()));
      prompts.add(ids);
    } else {
      prompt.forEach(one -> prompts.addAll(prompts(one)));
    }
    Decoder decoder = model.decoder();
    for (List<Integer> ids : prompts) {
      if (ids.isEmpty() || ids.size() > decoder.maximumPositions()) {
        throw new BadRequest(
            "a prompt has 1 to " + decoder.maximumPositions() + " tokens, not " + ids.size());
      }
      for (int id : ids) {
        if (id < 0 || id >= decoder.embedding().rows()) {
          throw new BadRequest(
              "token id " + id + " is outside the vocabulary of " + decoder.embedding().rows());
        }
      }
    }
    return prompts;
  }

  private TextGenerator.Completion generate(
      List<Integer> prompt, int maximum, Sampling sampling, List<String> stops, Random random) {
    turn.lock();
    try {
      return new TextGenerator(model.decoder(), codec, model.endTokens())
          .generate(prompt, maximum, sampling, stops, random, piece -> {});
    } finally {
      turn.unlock();
    }
  }

  private ObjectNode logprobs(TextGenerator.Completion completion, boolean echo, int count) {
    List<Integer> all = new ArrayList<>(completion.prompt());
    all.addAll(completion.ids());
    ObjectNode json = JsonMapper.shared().createObjectNode();
    ArrayNode tokens = json.putArray("tokens");
    ArrayNode chosen = json.putArray("token_logprobs");
    ArrayNode top = json.putArray("top_logprobs");
    ArrayNode offsets = json.putArray("text_offset");
    int from = echo ? 0 : completion.prompt().size();
    int offset = 0;
    turn.lock();
    try {
      Sequence sequence = model.decoder().begin();
      double[] previous = new double[0];
      for (int i = 0; i < all.size(); i++) {
        if (i >= from) {
          String text = codec.decode(List.of(all.get(i)));
          tokens.add(text);
          offsets.add(offset);
          offset += text.length();
          if (i == 0) {
            chosen.addNull();
            top.addNull();
          } else {
            chosen.add(previous[all.get(i)]);
            best(top.addObject(), previous, count);
          }
        }
        if (i + 1 < all.size()) {
          previous = logSoftmax(sequence.read(all.get(i), all.size()));
        }
      }
    } finally {
      turn.unlock();
    }
    return json;
  }

  private void best(ObjectNode json, double[] logprobs, int count) {
    IntStream.range(0, logprobs.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -logprobs[i]))
        .limit(count)
        .forEach(token -> json.put(codec.decode(List.of(token)), logprobs[token]));
  }

  private static double[] logSoftmax(float[] logits) {
    double maximum = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      maximum = Math.max(maximum, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - maximum);
    }
    double logSum = maximum + Math.log(sum);
    double[] result = new double[logits.length];
    for (int i = 0; i < logits.length; i++) {
      result[i] = logits[i] - logSum;
    }
    return result;
  }
}
