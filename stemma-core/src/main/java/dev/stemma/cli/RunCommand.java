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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma run MODEL}: the executable reference architecture. */
@Command(
    name = "run",
    description =
        "Runs a model by the reference architecture: text, logits at every position, or a server.",
    footer = {
      "",
      "Examples:",
      "  stemma run ./model --prompt \"Once upon a time\" --max-tokens 50",
      "  stemma run ./model --ids 5,6,7 --logits --json",
      "  stemma run ./model --ids 5,6,7 --greedy 16 --json",
      "  stemma run ./mixture --router --text essay.txt --report experts.html",
      "  stemma run ./model --server 8080"
    })
final class RunCommand implements Callable<Integer> {
  private static final double NANOS = 1e9;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A path or reference with weights and config.json.")
  String model = "";

  @Option(names = "--prompt", paramLabel = "TEXT", description = "Continue this text.")
  @Nullable String prompt;

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
      description = "New tokens at most (default: ${DEFAULT-VALUE}).")
  int maximumTokens = 100;

  @Option(
      names = "--temperature",
      description = "0 takes the likeliest token (default: ${DEFAULT-VALUE}).")
  double temperature;

  @Option(
      names = "--top-k",
      description = "Only so many tokens; 0 for all (default: ${DEFAULT-VALUE}).")
  int topK;

  @Option(names = "--top-p", description = "Nucleus sampling (default: ${DEFAULT-VALUE}).")
  double topP = 1;

  @Option(
      names = "--min-p",
      description = "Only tokens this likely beside the likeliest (default: ${DEFAULT-VALUE}).")
  double minP;

  @Option(
      names = "--repetition-penalty",
      description = "Above 1 discourages repeats (default: ${DEFAULT-VALUE}).")
  double repetitionPenalty = 1;

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
        && server == null
        && (ids.isEmpty() || (!logits && greedy <= 0))) {
      throw new ParameterException(
          spec.commandLine(),
          "say what to do: --prompt TEXT, --ids N,.. with --logits or --greedy N, --router, or"
              + " --server PORT");
    }
    Sampling sampling = sampling();
    try (Investigation investigation = common.investigation()) {
      LoadedModel loaded = LoadedModel.open(investigation, model);
      if (experts.router) {
        return experts.show(
            loaded, prompt, ids, common, spec.commandLine().getOut(), spec.commandLine().getErr());
      }
      if (server != null) {
        return serve(loaded, server);
      }
      if (prompt != null) {
        return text(loaded, prompt, sampling);
      }
      check(loaded.decoder(), ids, Math.max(0, greedy));
      ObjectNode result = onIds(loaded.decoder());
      PrintWriter out = spec.commandLine().getOut();
      out.println(common.json ? result.toString() : result.toPrettyString());
    }
    return Main.OK;
  }

  private Sampling sampling() {
    try {
      return new Sampling(repetitionPenalty, temperature, topK, topP, minP);
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

  private int text(LoadedModel loaded, String text, Sampling sampling) {
    TextCodec codec = loaded.requireCodec();
    List<Integer> encoded = codec.encode(text);
    if (encoded.isEmpty()) {
      throw wrong("a text of at least one token", "none");
    }
    check(loaded.decoder(), encoded, 0);
    PrintWriter out = spec.commandLine().getOut();
    boolean streaming = !common.json;
    if (streaming) {
      out.print(text);
      out.flush();
    }
    long start = System.nanoTime();
    TextGenerator.Completion completion =
        new TextGenerator(loaded.decoder(), codec, loaded.endTokens())
            .generate(
                encoded,
                Math.max(0, maximumTokens),
                sampling,
                stops,
                new Random(seed),
                piece -> {
                  if (streaming) {
                    out.print(piece);
                    out.flush();
                  }
                });
    double seconds = (System.nanoTime() - start) / NANOS;
    double rate = (encoded.size() + completion.ids().size()) / seconds;
    if (streaming) {
      out.println();
      if (!common.quiet) {
        spec.commandLine()
            .getErr()
            .printf(
                "%d + %d tokens, %.1f tokens/s%n", encoded.size(), completion.ids().size(), rate);
      }
    } else {
      ObjectNode json = JsonMapper.shared().createObjectNode();
      json.put("text", completion.text());
      completion.ids().forEach(json.putArray("ids")::add);
      json.put("ended", completion.ended());
      json.put("tokensPerSecond", rate);
      out.println(json);
    }
    return Main.OK;
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

  private ObjectNode onIds(Decoder decoder) {
    ObjectNode result = JsonMapper.shared().createObjectNode();
    ArrayNode rows = JsonMapper.shared().createArrayNode();
    Sequence sequence = decoder.begin();
    float[] last = new float[0];
    for (int id : ids) {
      last = sequence.read(id, ids.size());
      if (logits) {
        ArrayNode row = rows.addArray();
        for (float logit : last) {
          row.add(logit);
        }
      }
    }
    if (logits) {
      result.set("logits", rows);
    }
    if (greedy > 0) {
      ArrayNode fresh = result.putArray("ids");
      List<Integer> seen = new ArrayList<>(ids);
      for (int i = 0; i < greedy; i++) {
        int token = Sampling.GREEDY.choose(last, seen, new Random(0));
        fresh.add(token);
        seen.add(token);
        if (i + 1 < greedy) {
          last = sequence.read(token, 0);
        }
      }
    }
    return result;
  }
}
