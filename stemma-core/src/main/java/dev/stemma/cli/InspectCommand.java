package dev.stemma.cli;

import dev.stemma.analysis.architecture.Card;
import dev.stemma.analysis.architecture.ConfigComparison;
import dev.stemma.analysis.architecture.Folding;
import dev.stemma.analysis.architecture.Inspection;
import dev.stemma.analysis.architecture.InspectionJson;
import dev.stemma.analysis.architecture.LayerDrawing;
import dev.stemma.analysis.architecture.NearestModels;
import dev.stemma.analysis.architecture.Sampling;
import dev.stemma.analysis.architecture.Serving;
import dev.stemma.architecture.CheckpointCheck;
import dev.stemma.artifact.Model;
import dev.stemma.evidence.Figure;
import dev.stemma.format.ModelReader;
import dev.stemma.report.FiguresPage;
import dev.stemma.report.Reports;
import dev.stemma.report.StacksDrawing;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFiles;
import dev.stemma.source.Sources;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "  stemma inspect ./my-model --report card.html",
      "  stemma inspect solar.json glm.json mixtral.json"
    })
public final class InspectCommand implements Callable<Integer> {
  private static final int MOST_DIFFERENCES = 50;
  private static final JsonMapper JSON = JsonMapper.shared();

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
  @Nullable Path svg;

  @Mixin ReportOptions reports = new ReportOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  private final List<Inspection> inspections = new ArrayList<>();
  private final List<Sampling> samplings = new ArrayList<>();

  @Override
  public Integer call() {
    if (configs.isEmpty() && models.isEmpty()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "Give a MODEL, or a configuration with --config FILE.");
    }
    reports.check(FiguresPage::check);
    if (configs.isEmpty()
        && models.size() == 1
        && AdapterCard.print(models.getFirst(), spec, common)) {
      return Main.OK;
    }
    configs.forEach(reference -> read(reference, true));
    models.forEach(reference -> read(reference, false));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(JSON.writeValueAsString(json()));
    } else {
      print(out);
    }
    reports.write(
        common.quiet,
        (file, texts) ->
            new FiguresPage(title(), figures(), sentences(), JSON.writeValueAsString(json()))
                .write(file, texts));
    if (svg != null) {
      Reports.whole(svg, file -> file.append(StacksDrawing.svg(LayerDrawing.figure(layers()))));
    }
    return Main.OK;
  }

  private void read(String reference, boolean isConfiguration) {
    Sources sources = common.sources();
    try (ByteSource bytes = sources.open()) {
      SourceFiles files = sources.resolve(reference, common.progress());
      ModelReader reader = new ModelReader();
      Model model = isConfiguration ? reader.readConfig(files, bytes) : reader.read(files, bytes);
      inspections.add(Inspection.of(model));
      samplings.add(Sampling.beside(files, bytes));
    }
  }

  private ObjectNode json() {
    List<ObjectNode> cards = new ArrayList<>();
    for (int i = 0; i < inspections.size(); i++) {
      ObjectNode card = InspectionJson.of(inspections.get(i));
      samplings.get(i).addTo(card);
      NearestModels.addTo(card, inspections.get(i));
      cards.add(card);
    }
    if (cards.size() == 1) {
      return cards.getFirst();
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("schema", "stemma.inspect/1");
    cards.forEach(json.putArray("models")::add);
    new ConfigComparison(inspections).addTo(json);
    return json;
  }

  private String title() {
    return String.join(" / ", inspections.stream().map(Inspection::name).toList());
  }

  private List<LayerDrawing> layers() {
    List<LayerDrawing> layers = new ArrayList<>();
    inspections.forEach(inspection -> layers.addAll(LayerDrawing.ofLast(inspection)));
    return layers;
  }

  private List<Figure> figures() {
    if (inspections.size() > 1) {
      return new ConfigComparison(inspections).figures();
    }
    List<Figure> figures = new ArrayList<>(new Card(inspections.getFirst()).tables());
    figures.add(NearestModels.table(inspections.getFirst()));
    if (!layers().isEmpty()) {
      figures.add(LayerDrawing.figure(layers()));
    }
    return figures;
  }

  /** What tables do not hold. */
  private List<String> sentences() {
    if (inspections.size() > 1) {
      return new ConfigComparison(inspections).sentences();
    }
    Inspection inspection = inspections.getFirst();
    List<String> sentences = new ArrayList<>();
    new Serving(inspection).commands().forEach(line -> sentences.add("Serving: " + line));
    samplings
        .getFirst()
        .line()
        .ifPresent(line -> sentences.add("Recommended sampling (generation_config.json): " + line));
    inspection.check().ifPresent(check -> sentences.addAll(checked(check)));
    inspection.notes().forEach(note -> sentences.add("Note: " + note));
    sentences.add(
        "A configuration selects candidates and controls; it never says where weights came from.");
    return sentences;
  }

  private static List<String> checked(CheckpointCheck check) {
    List<String> differences = check.differences();
    if (differences.isEmpty()) {
      return List.of("Checkpoint and configuration agree.");
    }
    List<String> lines = new ArrayList<>();
    lines.add("Checkpoint and configuration differ:");
    differences.stream().limit(MOST_DIFFERENCES).forEach(line -> lines.add("  " + line));
    if (differences.size() > MOST_DIFFERENCES) {
      lines.add("  and " + (differences.size() - MOST_DIFFERENCES) + " more (see --json)");
    }
    return lines;
  }

  private void print(PrintWriter out) {
    out.println(title());
    figures().forEach(figure -> Figures.print(out, figure));
    out.println();
    int width = Terminal.outputIsTerminal() ? Terminal.width() : Integer.MAX_VALUE;
    for (String sentence : sentences()) {
      Folding.fold(sentence, width).forEach(out::println);
    }
  }
}
