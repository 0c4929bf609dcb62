package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.Sampling;
import dev.stemma.runtime.Sequence;
import dev.stemma.runtime.TextCodec;
import dev.stemma.runtime.TextGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma run MODEL}: the executable reference architecture. */
@Command(
    name = "run",
    description = {
      "Runs a model by the reference architecture: text, logits at every position, or a server.",
      "Sampling that is not stated is the model's own (generation_config.json), else the likeliest."
    },
    footer = {
      "",
      "Examples:",
      "  stemma run ./model --prompt \"Once upon a time\" --max-tokens 50",
      "  stemma run ./model --chat \"Why is the sky blue?\" --temperature 0.7 --seed 3",
      "  stemma run ./model --ids 5,6,7 --logits --json",
      "  stemma run ./model --ids 5,6,7 --greedy 16 --json",
      "  stemma run ./mixture --router --text essay.txt --report experts.html",
      "  stemma run ./model --server 8080"
    })
final class RunCommand implements Callable<Integer> {
  private static final double NANOS = 1e9;
  private static final int USUAL_TOKENS = 100;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A path or reference with weights and config.json.")
  String model = "";

  @Option(names = "--prompt", paramLabel = "TEXT", description = "Continue this text.")
  @Nullable String prompt;

  @Option(
      names = "--chat",
      paramLabel = "TEXT",
      description = {
        "Answer this message, put into the model's chat template; a JSON list of messages",
        "([{\"role\":\"user\",\"content\":\"...\"}]) is taken as the whole conversation."
      })
  @Nullable String chat;

  @Option(names = "--system", paramLabel = "TEXT", description = "System message before --chat.")
  @Nullable String system;

  @Option(
      names = "--ids",
      split = ",",
      paramLabel = "N",
      description = "Token ids of the prompt, as 5,6,7.")
  List<Integer> ids = new ArrayList<>();

  @Option(names = "--logits", description = "Print the logits at every position of the ids.")
  boolean logits;

  @Option(
      names = "--greedy",
      paramLabel = "N",
      description = "Continue the ids by so many tokens, always the likeliest.")
  int greedy;

  @Option(
      names = "--server",
      paramLabel = "PORT",
      description = "Serve an OpenAI-compatible API on 127.0.0.1 (0: any free port).")
  @Nullable Integer server;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "New tokens at most (default: " + USUAL_TOKENS + ").")
  @Nullable Integer maximumTokens;

  @Option(names = "--temperature", description = "0 takes the likeliest token.")
  @Nullable Double temperature;

  @Option(names = "--top-k", description = "Only so many tokens; 0 for all.")
  @Nullable Integer topK;

  @Option(names = "--top-p", description = "Nucleus sampling.")
  @Nullable Double topP;

  @Option(names = "--min-p", description = "Only tokens this likely beside the likeliest.")
  @Nullable Double minP;

  @Option(names = "--repetition-penalty", description = "Above 1 discourages repeats.")
  @Nullable Double repetitionPenalty;

  @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text. Repeatable.")
  List<String> stops = new ArrayList<>();

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the sampling (default: ${DEFAULT-VALUE}).")
  long seed = 1;

  @Mixin RouterOptions experts = new RouterOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    experts.check();
    if (!experts.router
        && prompt == null
        && chat == null
        && server == null
        && (ids.isEmpty() || (!logits && greedy <= 0))) {
      throw new ParameterException(
          spec.commandLine(),
          "say what to do: --prompt TEXT, --chat TEXT, --ids N,.. with --logits or --greedy N,"
              + " --router, or"
              + " --server PORT");
    }
    // Stated values out of range are told before a model is opened.
    sampling(Sampling.GREEDY);
    try (Investigation investigation = common.investigation()) {
      LoadedModel loaded = LoadedModel.open(investigation, model);
      if (experts.router) {
        return experts.show(loaded, prompt, ids, common, spec.commandLine().getOut());
      }
      if (server != null) {
        return serve(loaded, server);
      }
      if (prompt != null) {
        return text(loaded, prompt, loaded.requireCodec().encode(prompt));
      }
      if (chat != null) {
        return text(loaded, "", loaded.chat(messages(chat), Map.of()));
      }
      check(loaded.decoder(), ids, Math.max(0, greedy));
      onIds(loaded.decoder());
    }
    return Main.OK;
  }

  private List<Map<String, Object>> messages(String given) {
    List<Map<String, Object>> messages = new ArrayList<>();
    if (system != null) {
      messages.add(Map.of("role", "system", "content", system));
    }
    if (!given.stripLeading().startsWith("[")) {
      messages.add(Map.of("role", "user", "content", given));
      return messages;
    }
    try {
      for (JsonNode message : JsonMapper.shared().readTree(given)) {
        messages.add(Json.map(message));
      }
    } catch (JacksonException | IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--chat takes a text or a JSON list of messages", e);
    }
    return messages;
  }

  private Sampling sampling(Sampling own) {
    try {
      return new Sampling(
          repetitionPenalty == null ? own.repetitionPenalty() : repetitionPenalty,
          temperature == null ? own.temperature() : temperature,
          topK == null ? own.topK() : topK,
          topP == null ? own.topP() : topP,
          minP == null ? own.minP() : minP);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private int serve(LoadedModel loaded, int port) throws IOException, InterruptedException {
    try (CompletionServer running = CompletionServer.start(loaded, port)) {
      spec.commandLine()
          .getErr()
          .println("serving " + model + " at " + running.baseUrl() + " (Ctrl-C stops)");
      running.await();
    }
    return Main.OK;
  }

  private int text(LoadedModel loaded, String shown, List<Integer> encoded) {
    TextCodec codec = loaded.requireCodec();
    if (encoded.isEmpty()) {
      throw wrong("a text of at least one token", "none");
    }
    check(loaded.decoder(), encoded, maximumTokens == null ? 0 : Math.max(0, maximumTokens));
    PrintWriter out = spec.commandLine().getOut();
    boolean streaming = !common.json;
    if (streaming) {
      out.print(shown);
      out.flush();
    }
    Clock clock = new Clock(streaming ? out : null);
    TextGenerator.Completion completion =
        new TextGenerator(loaded.decoder(), codec, loaded.endTokens())
            .generate(
                encoded,
                new TextGenerator.Wish(
                    maximumTokens == null ? USUAL_TOKENS : Math.max(0, maximumTokens),
                    sampling(loaded.sampling()),
                    stops),
                new Random(seed),
                clock);
    long end = System.nanoTime();
    double reading = encoded.size() * NANOS / Math.max(1, clock.first - clock.start);
    double writing =
        Math.max(0, completion.ids().size() - 1) * NANOS / Math.max(1, end - clock.first);
    if (streaming) {
      out.println();
      if (!common.quiet) {
        spec.commandLine()
            .getErr()
            .printf(
                "%d tokens read at %.1f tokens/s, %d written at %.1f tokens/s%n",
                encoded.size(), reading, completion.ids().size(), writing);
      }
    } else {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      json.put("text", completion.text());
      completion.ids().forEach(json.putArray("ids")::add);
      json.put("ended", completion.ended());
      json.put("promptTokens", encoded.size());
      json.put("promptTokensPerSecond", reading);
      json.put("tokensPerSecond", writing);
      out.println(json);
    }
    return Main.OK;
  }

  /** Prints pieces as they come, and notes when the first token was there. */
  private static final class Clock implements TextGenerator.Listener {
    private final @Nullable PrintWriter out;
    private final long start = System.nanoTime();
    private long first = start;

    Clock(@Nullable PrintWriter out) {
      this.out = out;
    }

    @Override
    public void token(int id, boolean fresh, float @Nullable [] logits) {
      if (first == start && fresh) {
        first = System.nanoTime();
      }
    }

    @Override
    public void text(String piece) {
      if (out != null) {
        out.print(piece);
        out.flush();
      }
    }
  }

  private void check(Decoder decoder, List<Integer> tokens, int more) {
    for (int id : tokens) {
      if (id < 0 || id >= decoder.embedding().rows()) {
        throw wrong("an id from 0 to " + (decoder.embedding().rows() - 1), String.valueOf(id));
      }
    }
    if ((long) tokens.size() + more > decoder.maximumPositions()) {
      throw wrong(
          "at most " + decoder.maximumPositions() + " positions",
          tokens.size() + " ids and " + more + " new ones");
    }
  }

  private ArtifactException wrong(String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT, model, "token ids", expected, found, "Give another prompt.");
  }

  /** Rows are printed as they come: a large vocabulary times many ids would fill the memory. */
  private void onIds(Decoder decoder) {
    PrintWriter out = spec.commandLine().getOut();
    ObjectWriter writer =
        common.json
            ? JsonMapper.shared().writer()
            : JsonMapper.shared().writerWithDefaultPrettyPrinter();
    Sequence sequence = decoder.begin();
    List<float[]> last = new ArrayList<>();
    try (JsonGenerator json =
        writer.without(StreamWriteFeature.AUTO_CLOSE_TARGET).createGenerator(out)) {
      if (logits) {
        sequence.readAll(
            ids,
            (layersDone, position, hidden) -> {},
            some -> {
              if (last.isEmpty()) { // not before: an error has no output
                json.writeStartObject();
                json.writeArrayPropertyStart("logits");
              }
              last.clear();
              last.add(some.getLast());
              some.forEach(row -> write(json, row));
            });
        json.writeEndArray();
      } else {
        last.add(sequence.readPrompt(ids));
        json.writeStartObject();
      }
      if (greedy > 0) {
        json.writeArrayPropertyStart("ids");
        List<Integer> seen = new ArrayList<>(ids);
        for (int i = 0; i < greedy; i++) {
          int token = Sampling.GREEDY.choose(last.getFirst(), seen, new Random(0));
          json.writeNumber(token);
          seen.add(token);
          if (i + 1 < greedy) {
            last.set(0, sequence.read(token, 0));
          }
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    }
    out.println();
  }

  private static void write(JsonGenerator json, float[] row) {
    json.writeStartArray();
    for (float logit : row) {
      json.writeNumber(logit);
    }
    json.writeEndArray();
  }
}
