package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.WeightComparison;
import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.engine.Engine;
import dev.stemma.report.Reports;
import dev.stemma.source.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma weights}: two models' weights, tensor by tensor. */
@Command(
    name = "weights",
    description =
        "Compares two models' weights tensor by tensor, layer by layer: cosine, mean absolute"
            + " difference, Pearson.",
    footer = {
      "",
      "Examples:",
      "  stemma weights --model1 ./a --model2 ./b --layers 10,20 --output results.json",
      "  stemma weights --model1 ./a --model2 ./b --control ./unrelated",
      "  stemma weights --model1 ./a-70b --model2 ./b-70b --thorough"
    })
public final class WeightsCommand implements Callable<Integer> {
  @Option(names = "--model1", required = true, paramLabel = "MODEL", description = "First model.")
  String model1 = "";

  @Option(names = "--model2", required = true, paramLabel = "MODEL", description = "Second model.")
  String model2 = "";

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "N",
      description = "Only these layers, from 0 (default: all, and what is outside the layers).")
  List<Integer> layers = new ArrayList<>();

  @Option(
      names = "--thorough",
      description = "Compare all of models over 20 GB too, of which else under 3%% is read.")
  boolean thorough;

  @Option(
      names = "--control",
      paramLabel = "MODEL",
      description = "A third model, unrelated to both, to see what unrelated looks like.")
  @Nullable String control;

  @Option(names = "--output", paramLabel = "FILE", description = "Write the results as JSON.")
  @Nullable Path output;

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Progress progress = common.progress();
    try (Investigation investigation = common.investigation()) {
      WeightsOutput results = compare(investigation, investigation.engine(), progress);
      ObjectNode json = results.json();
      if (output != null) {
        String text = json.toPrettyString();
        Reports.whole(output, file -> file.append(text).append(System.lineSeparator()));
      }
      PrintWriter out = spec.commandLine().getOut();
      if (common.json) {
        out.println(json);
      } else {
        results.print(out);
      }
    }
    return Main.OK;
  }

  private WeightsOutput compare(Investigation investigation, Engine engine, Progress progress) {
    CanonicalModel first = investigation.open(model1);
    CanonicalModel second = investigation.open(model2);
    Scope scope = new Scope(new TreeSet<>(layers), thorough);
    checkLayers(first, second);
    WarmUp.await();
    WeightComparison direct = limited(engine, first, second, scope, progress);
    if (control == null) {
      return new WeightsOutput(model1, model2, direct, null);
    }
    CanonicalModel third = investigation.open(control);
    return new WeightsOutput(
        model1,
        model2,
        direct,
        new WeightsOutput.Control(
            control,
            limited(engine, first, third, scope, progress),
            limited(engine, second, third, scope, progress)));
  }

  /** With --layers, what is outside the layers is not read. */
  private WeightComparison limited(
      Engine engine, CanonicalModel a, CanonicalModel b, Scope scope, Progress progress) {
    return WeightComparison.of(engine, asked(a), asked(b), scope, progress);
  }

  private CanonicalModel asked(CanonicalModel model) {
    if (layers.isEmpty()) {
      return model;
    }
    var tensors = new java.util.TreeMap<>(model.tensors());
    tensors.keySet().removeIf(role -> role.layer() < 0);
    return new CanonicalModel(model.model(), model.family(), tensors, model.unmapped());
  }

  private void checkLayers(CanonicalModel first, CanonicalModel second) {
    for (int layer : layers) {
      check(model1, first, layer);
      check(model2, second, layer);
    }
  }

  private static void check(String reference, CanonicalModel model, int layer) {
    int deepest = model.tensors().keySet().stream().mapToInt(Role::layer).max().orElse(-1);
    if (layer < 0 || layer > deepest) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          reference,
          "--layers",
          deepest < 0 ? "a model with layers" : "layers from 0 to " + deepest,
          String.valueOf(layer),
          "Choose layers that both models have.");
    }
  }
}
