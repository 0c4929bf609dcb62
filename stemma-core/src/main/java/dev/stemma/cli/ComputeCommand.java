package dev.stemma.cli;

import dev.stemma.analysis.training.Chinchilla;
import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.Claims.ClaimKey;
import dev.stemma.analysis.training.Compute;
import dev.stemma.analysis.training.Problem;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma compute}: what claims about parameters, tokens, hardware and time mean. */
@Command(
    name = "compute",
    description = "Checks claims about a training's compute against each other.",
    footer = {
      "",
      "FLOP = 6 x active parameters x tokens; MFU is that over the dense bf16 peak.",
      "Examples:",
      "  stemma compute --active 12e9 --tokens 19.7e12 --hardware B200 --count 480 --days 51",
      "  stemma compute --active 37e9 --tokens 14.8T --hardware H800 --gpu-hours 2.664e6 --json",
      "  stemma compute --claims claims.yaml",
      "  stemma compute --model ./my-model --tokens 2T --hardware H100 --count 512 --days 30"
    })
final class ComputeCommand implements Callable<Integer> {
  private static final double EU_SHARE = 1.0 / 3;

  @Mixin TrainingOptions options = new TrainingOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Claims claims =
        options
            .model(common.progress())
            .map(model -> TrainingOptions.counted(options.read(), model))
            .orElseGet(options::read);
    if (!common.quiet) {
      for (Problem note : claims.notes()) {
        spec.commandLine().getErr().println("note: " + note);
      }
    }
    Compute compute = Compute.of(claims);
    if (compute.flop().isEmpty()) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "compute",
          "",
          "active parameters and tokens (or flop in the claims)",
          "neither",
          "Give --active and --tokens.");
    }
    ObjectNode json = json(claims, compute);
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(json);
    } else {
      print(out, claims, compute);
    }
    return Main.OK;
  }

  private static ObjectNode json(Claims claims, Compute compute) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", "stemma.compute/1");
    put(json, "flop", compute.flop());
    put(json, "mfu", compute.mfu());
    put(json, "gpuHours", compute.gpuHours());
    put(json, "days", compute.days());
    put(json, "mfuOfFp8Peak", compute.mfuOfFp8Peak());
    compute.mfu().ifPresent(mfu -> json.put("plausibility", Compute.plausibility(mfu).key()));
    OptionalDouble count = claims.number(ClaimKey.COUNT);
    if (count.isPresent()) {
      ObjectNode days = json.putObject("daysAtMfu");
      for (int percent = 20; percent <= 60; percent += 10) {
        OptionalDouble at = compute.daysAt(percent / 100.0, count.getAsDouble());
        if (at.isPresent()) {
          days.put(String.format(Locale.ROOT, "%.1f", percent / 100.0), at.getAsDouble());
        }
      }
    }
    put(json, "tokensPerActiveParameter", compute.tokensPerActive());
    put(json, "tokensPerParameter", compute.tokensPerTotal());
    put(json, "energyMegawattHours", compute.energyMegawattHours());
    put(json, "originalFlop", compute.originalFlop());
    put(json, "shareOfOriginal", compute.shareOfOriginal());
    ObjectNode optima = json.putObject("chinchilla");
    double flop = compute.flop().orElse(0);
    for (Chinchilla law : Chinchilla.ALL) {
      ObjectNode optimum = optima.putObject(law.name());
      optimum.put("parameters", law.optimalParameters(flop));
      optimum.put("tokens", law.optimalTokens(flop));
      optimum.put("tokensPerParameter", law.optimalTokens(flop) / law.optimalParameters(flop));
      optimum.put("source", law.source());
    }
    compute
        .hardware()
        .ifPresent(hardware -> {
          ObjectNode node = json.putObject("hardware");
          node.put("name", hardware.name());
          node.put("bf16FlopPerSecond", hardware.bf16());
          put(node, "fp8FlopPerSecond", hardware.fp8());
          node.put("source", hardware.source());
        });
    compute.contradictions().forEach(json.putArray("contradictions")::add);
    return json;
  }

  private static void put(ObjectNode json, String key, OptionalDouble value) {
    if (value.isPresent()) {
      json.put(key, value.getAsDouble());
    } else {
      json.putNull(key);
    }
  }

  private static void print(PrintWriter out, Claims claims, Compute compute) {
    line(out, "FLOP (6 x active x tokens)", "%.3g", compute.flop(), 1);
    line(out, "accelerator-hours", "%,.0f", compute.gpuHours(), 1);
    line(out, "days", "%.1f", compute.days(), 1);
    line(out, "MFU of the dense bf16 peak", "%.1f%%", compute.mfu(), 100);
    line(out, "share of the dense fp8 peak", "%.1f%%", compute.mfuOfFp8Peak(), 100);
    line(out, "tokens per active parameter", "%.0f", compute.tokensPerActive(), 1);
    line(out, "tokens per parameter", "%.0f", compute.tokensPerTotal(), 1);
    line(out, "energy (MWh)", "%,.0f", compute.energyMegawattHours(), 1);
    OptionalDouble count = claims.number(ClaimKey.COUNT);
    for (double utilisation : new double[] {0.3, 0.4, 0.5}) {
      if (count.isPresent()) {
        line(
            out,
            String.format(Locale.ROOT, "days at %.0f%% MFU", 100 * utilisation),
            "%.1f",
            compute.daysAt(utilisation, count.getAsDouble()),
            1);
      }
    }
    double flop = compute.flop().orElse(0);
    for (Chinchilla law : Chinchilla.ALL) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %-30s %.3g parameters on %.3g tokens (%.0f a parameter)",
              "optimum, " + law.name(),
              law.optimalParameters(flop),
              law.optimalTokens(flop),
              law.optimalTokens(flop) / law.optimalParameters(flop)));
    }
    if (compute.shareOfOriginal().isPresent()) {
      double share = compute.shareOfOriginal().getAsDouble();
      out.println(
          String.format(
              Locale.ROOT,
              "  %-30s %.3g: %s a third (the EU's rule for a modifier who becomes a provider)",
              "share of the original compute",
              share,
              share > EU_SHARE ? "above" : "below"));
      out.println(
          String.format(
              Locale.ROOT,
              "  %-30s %.3g times (the documents' rule: from scratch takes 10 to 100 times more)",
              "original over this training",
              1 / share));
    }
    compute
        .mfu()
        .ifPresent(mfu ->
            out.println(
                switch (Compute.plausibility(mfu)) {
                  case CONSISTENT -> "The utilisation is usual (25-50%).";
                  case WARNING -> "Ask: 15-25% and 50-60% are unusual utilisations.";
                  case CONTRADICTION -> "Not plausible: below 10% or above 65% utilisation.";
                  case NOT_APPLICABLE -> "";
                }));
    compute.contradictions().forEach(text -> out.println("Contradiction: " + text));
  }

  private static void line(
      PrintWriter out, String name, String format, OptionalDouble value, double factor) {
    if (value.isPresent()) {
      out.println(
          String.format(Locale.ROOT, "  %-30s " + format, name, factor * value.getAsDouble()));
    }
  }
}
