package dev.stemma.cli;

import dev.stemma.runtime.Pieces;
import dev.stemma.runtime.TextCodec;
import dev.stemma.runtime.TextGenerator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers checked requests, whole or chunk by chunk, in the shapes of OpenAI's API. */
final class Completions implements AutoCloseable {
  private final LoadedModel model;
  private final TextCodec codec;

  /**
   * One generation at a time, in the order of arrival: a matrix product already uses all cores. All
   * on one thread, because handing a lock on lets them idle between short answers.
   */
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("model").factory());

  Completions(LoadedModel model) {
    this.model = model;
    this.codec = model.requireCodec();
  }

  String name() {
    return model.model().model().name();
  }

  /**
   * An answer.
   *
   * @param nanos that the model worked on it, without waiting for its turn
   */
  record Timed(ObjectNode json, long nanos) {}

  /** The whole answer. */
  Timed whole(CompletionRequest request) {
    ObjectNode json = head(request, false, id(request));
    ArrayNode choices = json.putArray("choices");
    int[] usage = new int[2];
    long nanos =
        each(
            request,
            usage,
            (index, listener, completion) -> {
              ObjectNode choice = choices.addObject().put("index", index);
              String text = (request.echo() ? listener.prompt : "") + completion.text();
              if (request.chat()) {
                choice.putObject("message").put("role", "assistant").put("content", text);
              } else {
                choice.put("text", text);
              }
              logprobs(choice, listener);
              choice.put("finish_reason", completion.ended() ? "stop" : "length");
            },
            null);
    usage(json, usage);
    return new Timed(json, nanos);
  }

  /** The answer's chunks, each given to the consumer as it is ready. */
  void chunks(CompletionRequest request, Consumer<ObjectNode> send) {
    String id = id(request);
    int[] usage = new int[2];
    each(
        request,
        usage,
        (index, listener, completion) -> {
          ObjectNode last = chunk(request, id, index, "", listener);
          ((ObjectNode) last.get("choices").get(0))
              .put("finish_reason", completion.ended() ? "stop" : "length");
          send.accept(last);
        },
        (index, listener, text) -> send.accept(chunk(request, id, index, text, listener)));
    if (request.streamUsage()) {
      ObjectNode json = head(request, true, id);
      json.putArray("choices");
      usage(json, usage);
      send.accept(json);
    }
  }

  private interface End {
    void of(int index, Gathering gathered, TextGenerator.Completion completion);
  }

  private interface Piece {
    void of(int index, Gathering gathered, String text);
  }

  /** Returns the nanoseconds that the model worked. */
  private long each(CompletionRequest request, int[] usage, End end, @Nullable Piece piece) {
    Random random =
        request.seed().isPresent() ? new Random(request.seed().getAsLong()) : new Random();
    TextGenerator generator = new TextGenerator(model.decoder(), codec, model.endTokens());
    int index = 0;
    long nanos = 0;
    for (List<Integer> prompt : request.prompts()) {
      usage[0] += prompt.size();
      for (int choice = 0; choice < request.choices(); choice++) {
        int number = index++;
        nanos +=
            inTurn(() -> {
              long start = System.nanoTime();
              Gathering gathering = new Gathering(request, number, piece);
              TextGenerator.Completion completion =
                  generator.generate(prompt, request.wish(), random, gathering);
              usage[1] += completion.ids().size();
              end.of(number, gathering, completion);
              return System.nanoTime() - start;
            });
      }
    }
    return nanos;
  }

  private long inTurn(Callable<Long> generation) {
    Future<Long> under = worker.submit(generation);
    try {
      return under.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException problem) {
        throw problem;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      under.cancel(true);
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }

  /** What one choice gathers while it is generated. */
  private final class Gathering implements TextGenerator.Listener {
    private final CompletionRequest request;
    private final int index;
    private final @Nullable Piece piece;
    private final @Nullable LogProbabilities logprobs;
    private final Pieces echoed = new Pieces(codec);
    private String prompt = "";
    private boolean started;

    Gathering(CompletionRequest request, int index, @Nullable Piece piece) {
      this.request = request;
      this.index = index;
      this.piece = piece;
      this.logprobs =
          request.logprobs() < 0
              ? null
              : new LogProbabilities(request.chat(), request.logprobs(), codec);
    }

    @Override
    public boolean wantsPrompt() {
      return request.echo() && logprobs != null;
    }

    @Override
    public void token(int id, boolean fresh, float @Nullable [] logits) {
      if (!fresh && request.echo()) {
        prompt += echoed.add(id);
      }
      if (logprobs != null && (fresh || request.echo())) {
        logprobs.add(id, logits);
      } else if (logprobs != null) {
        logprobs.skip(id);
      }
    }

    @Override
    public void text(String text) {
      if (piece != null) {
        boolean first = !started && request.echo();
        started = true;
        piece.of(index, this, (first ? prompt : "") + text);
      }
    }
  }

  private static String id(CompletionRequest request) {
    return (request.chat() ? "chatcmpl-" : "cmpl-") + UUID.randomUUID();
  }

  private ObjectNode head(CompletionRequest request, boolean chunk, String id) {
    String kind = request.chat() ? "chat.completion" + (chunk ? ".chunk" : "") : "text_completion";
    return JsonMapper.shared()
        .createObjectNode()
        .put("id", id)
        .put("object", kind)
        .put("created", System.currentTimeMillis() / 1000)
        .put("model", name());
  }

  private ObjectNode chunk(
      CompletionRequest request, String id, int index, String text, Gathering gathered) {
    ObjectNode json = head(request, true, id);
    ObjectNode choice = json.putArray("choices").addObject().put("index", index);
    if (request.chat()) {
      ObjectNode delta = choice.putObject("delta");
      delta.put("role", "assistant").put("content", text);
    } else {
      choice.put("text", text);
    }
    logprobs(choice, gathered);
    choice.putNull("finish_reason");
    return json;
  }

  private static void logprobs(ObjectNode choice, Gathering gathered) {
    if (gathered.logprobs == null) {
      choice.putNull("logprobs");
    } else {
      choice.set("logprobs", gathered.logprobs.take());
    }
  }

  private static void usage(ObjectNode json, int[] usage) {
    json.putObject("usage")
        .put("prompt_tokens", usage[0])
        .put("completion_tokens", usage[1])
        .put("total_tokens", usage[0] + usage[1]);
  }
}
