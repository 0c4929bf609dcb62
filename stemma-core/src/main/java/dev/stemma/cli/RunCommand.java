package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.Sampling;
import dev.stemma.runtime.Sequence;
import dev.stemma.source.Sources;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
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
        "Runs a model by the reference architecture: logits at every position, or generation.",
    footer = {
      "",
      "Examples:",
      "  stemma run ./model --ids 5,6,7 --logits --json",
      "  stemma run ./model --ids 5,6,7 --greedy 16 --json"
    })
final class RunCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A path or reference with weights and config.json.")
  String model = "";

  @Option(
      names = "--ids",
      split = ",",
      required = true,
      paramLabel = "N",
      description = "Token ids of the prompt, as 5,6,7.")
  List<Integer> ids = new ArrayList<>();

  @Option(names = "--logits", description = "Print the logits at every position of the prompt.")
  boolean logits;

  @Option(
      names = "--greedy",
      paramLabel = "N",
      description = "Continue by so many tokens, always the likeliest.")
  int greedy;

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (!logits && greedy <= 0) {
      throw new ParameterException(spec.commandLine(), "say what to do: --logits, or --greedy N");
    }
    try (Investigation investigation =
        new Investigation(Sources.standard(), Math.max(1, common.threads), common.progress())) {
      CanonicalModel canonical = investigation.open(model);
      Decoder decoder = DecoderBuilder.build(canonical, investigation.tensors());
      check(decoder);
      ObjectNode result = run(decoder);
      PrintWriter out = spec.commandLine().getOut();
      out.println(common.json ? result.toString() : result.toPrettyString());
    }
    return Main.OK;
  }

  private void check(Decoder decoder) {
    for (int id : ids) {
      if (id < 0 || id >= decoder.embedding().rows()) {
        throw wrong("an id from 0 to " + (decoder.embedding().rows() - 1), String.valueOf(id));
      }
    }
    if ((long) ids.size() + Math.max(0, greedy) > decoder.maximumPositions()) {
      throw wrong(
          "at most " + decoder.maximumPositions() + " positions",
          ids.size() + " ids and " + greedy + " new ones");
    }
  }

  private ArtifactException wrong(String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT, model, "--ids", expected, found, "Give other ids.");
  }

  private ObjectNode run(Decoder decoder) {
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
