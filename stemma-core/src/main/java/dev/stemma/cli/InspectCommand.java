package dev.stemma.cli;

import dev.stemma.analysis.architecture.Card;
import dev.stemma.analysis.architecture.ConfigComparison;
import dev.stemma.analysis.architecture.Inspection;
import dev.stemma.analysis.architecture.InspectionJson;
import dev.stemma.analysis.architecture.LayerDrawing;
import dev.stemma.analysis.architecture.NearestModels;
import dev.stemma.analysis.architecture.Sampling;
import dev.stemma.analysis.architecture.Serving;
import dev.stemma.evidence.Figure;
import dev.stemma.format.ModelReader;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFiles;
import dev.stemma.source.Sources;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma inspect}: architecture cards; several models side by side. */
@Command(
    name = "inspect",
    description =
        "Architecture card: parameters by component, memory, attention, experts, serving."
            + " Several models are put side by side.",
    footer = {
      "",
      "Examples:",
      "  stemma inspect ./my-model",
      "  stemma inspect --config config.json --json",
      "  stemma inspect ./solar ./glm ./mixtral"
    })
public final class InspectCommand implements Callable<Integer> {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @Parameters(arity = "0..*", paramLabel = "MODEL", description = "Models to inspect.")
  List<String> models = new ArrayList<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A config.json, without weights. May be given several times.")
  List<String> configs = new ArrayList<>();

  @Option(
      names = "--svg",
      paramLabel = "FILE",
      description = "Write the drawing of one layer as SVG besides.")
  java.nio.file.@org.jspecify.annotations.Nullable Path svg;

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    List<String> references = new ArrayList<>(configs);
    references.addAll(models);
    if (references.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "Give a MODEL, or a configuration with --config FILE.");
    }
    List<Inspection> inspections = new ArrayList<>();
    List<Sampling> samplings = new ArrayList<>();
    for (String reference : references) {
      SourceFiles files = Sources.standard().resolve(reference, common.progress());
      try (LocalBytes bytes = new LocalBytes()) {
        inspections.add(Inspection.of(new ModelReader().read(files, bytes)));
        samplings.add(Sampling.beside(files, bytes));
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(JSON.writeValueAsString(json(inspections, samplings)));
    } else if (inspections.size() == 1) {
      card(out, inspections.getFirst(), samplings.getFirst());
    } else {
      sideBySide(out, inspections);
    }
    writeSvg(inspections.getFirst());
    return Main.OK;
  }

  private static ObjectNode json(List<Inspection> inspections, List<Sampling> samplings) {
    List<ObjectNode> cards = new ArrayList<>();
    for (int i = 0; i < inspections.size(); i++) {
      ObjectNode card = InspectionJson.of(inspections.get(i));
      samplings.get(i).addTo(card);
      cards.add(card);
    }
    if (cards.size() == 1) {
      NearestModels.addTo(cards.getFirst(), inspections.getFirst());
      return cards.getFirst();
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("schema", "stemma.inspect/1");
    cards.forEach(json.putArray("models")::add);
    new ConfigComparison(inspections).addTo(json);
    return json;
  }

  private static void card(PrintWriter out, Inspection inspection, Sampling sampling) {
    out.println(inspection.name());
    for (Figure.Table table : new Card(inspection).tables()) {
      TextTable.print(out, table);
    }
    TextTable.print(out, NearestModels.table(inspection));
    drawing(out, inspection);
    out.println();
    out.println("Serving");
    new Serving(inspection).commands().forEach(line -> out.println("  " + line));
    sampling.line().ifPresent(line -> out.println("  recommended sampling: " + line));
    inspection
        .check()
        .ifPresent(check -> {
          out.println();
          out.println(
              check.differences().isEmpty()
                  ? "Checkpoint and configuration agree."
                  : "Checkpoint and configuration differ:");
          check.differences().stream().limit(50).forEach(line -> out.println("  " + line));
          if (check.differences().size() > 50) {
            out.println("  and " + (check.differences().size() - 50) + " more (see --json)");
          }
        });
    inspection.notes().forEach(note -> out.println("Note: " + note));
    out.println(
        "A configuration selects candidates and controls; it never says where weights came from.");
  }

  private static void drawing(PrintWriter out, Inspection inspection) {
    List<LayerDrawing> drawing = LayerDrawing.ofLast(inspection);
    if (!drawing.isEmpty()) {
      out.println();
      drawing.getFirst().text().forEach(out::println);
    }
  }

  private static void sideBySide(PrintWriter out, List<Inspection> inspections) {
    ConfigComparison comparison = new ConfigComparison(inspections);
    for (Figure.Table table : comparison.tables()) {
      TextTable.print(out, table);
    }
    out.println();
    comparison.drawings(Terminal.width()).forEach(out::println);
    out.println();
    comparison.sentences().forEach(out::println);
  }

  private void writeSvg(Inspection inspection) {
    if (svg == null) {
      return;
    }
    List<LayerDrawing> drawing = LayerDrawing.ofLast(inspection);
    try {
      java.nio.file.Files.writeString(svg, drawing.isEmpty() ? "" : drawing.getFirst().svg());
    } catch (java.io.IOException e) {
      throw new dev.stemma.artifact.ArtifactException(
          dev.stemma.artifact.ErrorCode.CANNOT_WRITE,
          svg.toString(),
          "",
          "a file that can be written",
          String.valueOf(e),
          "Choose another place.",
          e);
    }
  }
}
