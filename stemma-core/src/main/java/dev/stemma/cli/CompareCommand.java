package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.analysis.representation.TextSet;
import dev.stemma.analysis.weights.CostPlan;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.Measured;
import dev.stemma.report.JsonReport;
import dev.stemma.report.PlanWords;
import dev.stemma.report.Report;
import dev.stemma.report.Reports;
import dev.stemma.report.TerminalReport;
import dev.stemma.report.Texts;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stemma compare A B}: every analysis that can run, and a verdict by component. */
@Command(
    name = "compare",
    description = "Compares two models: every analysis that can run, and a verdict by component.",
    footer = {
      "",
      "Examples:",
      "  stemma compare ./model-a ./model-b",
      "  stemma compare base.safetensors suspect.gguf --control other --report r.html",
      "  stemma compare hf:org/base hf:org/suspect@v1 --layers 10,20",
      "  stemma compare ./base ./lora-adapter",
      "  stemma compare ./base++./adapter-one ./base++./adapter-two",
      "  stemma compare A B --expect derived --json",
      "  stemma compare A B --run --control C --report report.html",
      "  stemma compare solar.json glm.json"
    })
final class CompareCommand implements Callable<Integer> {
  /** Options that a report's command may have. */
  private static final Set<String> RECORDED =
      Set.of("--control", "--candidate", "--layers", "--thorough", "--run", "--texts");

  @Parameters(index = "0", paramLabel = "A", description = "First model: a path or reference.")
  String a = "";

  @Parameters(index = "1", paramLabel = "B", description = "Second model.")
  String b = "";

  @Option(
      names = "--control",
      paramLabel = "C",
      description =
          "A model believed independent of both; if it fires, the verdict is inconclusive."
              + " Repeatable.")
  List<String> controls = new ArrayList<>();

  @Option(
      names = "--candidate",
      paramLabel = "D",
      description = "A model that may be a further parent (merges). Repeatable.")
  List<String> candidates = new ArrayList<>();

  @Option(
      names = "--layers",
      split = ",",
      paramLabel = "N",
      description = "Only these layers, as 10,20,30.")
  List<Integer> layers = new ArrayList<>();

  @Option(
      names = "--thorough",
      description = "Read and test everything instead of the planned part.")
  boolean thorough;

  @Option(
      names = "--run",
      description = "Also run both models on the same 200 texts (hidden states, next tokens).")
  boolean run;

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      description = "Run both models on these texts, one a line, instead of ours.")
  @Nullable Path texts;

  @Option(
      names = "--expect",
      paramLabel = "RELATION",
      description = "Exit with 1 unless the overall relation is this (derived, no-evidence, ...).")
  @Nullable String expect;

  @Mixin ReportOptions reports = new ReportOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Relation expected = expect == null ? null : relation(expect);
    Texts texts = reports.check(Reports::forFile);
    Report report = compared();
    reports.write(
        common.quiet, (file, language) -> Reports.write(report, file, language, reports.files));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      new JsonReport().write(report, out);
    } else {
      new TerminalReport(Terminal.width(), Terminal.colour(), texts).write(report, out);
      if (isOfConfigurationsAlone(report)) {
        figures(report, out);
      }
    }
    return exitCode(report, expected);
  }

  private Report compared() {
    try (Investigation investigation = common.investigation()) {
      return investigation.compare(request(reproduce(), this::tell));
    }
  }

  private Report compared(Investigation investigation, String command) {
    return investigation.compare(request(command, plan -> {}));
  }

  private Investigation.Request request(String command, Consumer<CostPlan> planned) {
    return new Investigation.Request(
        a,
        b,
        controls,
        candidates,
        new Scope(new TreeSet<>(layers), thorough, textsToRead()),
        command,
        planned);
  }

  private void tell(CostPlan plan) {
    if (!common.quiet && !plan.steps().isEmpty()) {
      PlanWords.lines(plan, Texts.of(reports.language), Terminal.width())
          .forEach(spec.commandLine().getErr()::println);
      spec.commandLine().getErr().flush();
    }
  }

  /** Without weights there is only the architecture to show, so it is shown in full. */
  private static boolean isOfConfigurationsAlone(Report report) {
    return report.a().parameters() <= 0 || report.b().parameters() <= 0;
  }

  private static void figures(Report report, PrintWriter out) {
    for (Evidence item : report.evidence()) {
      if (item instanceof Measured measured && measured.component() == Component.ARCHITECTURE) {
        measured.figures().forEach(figure -> Figures.print(out, figure));
      }
    }
    out.println();
    out.println(
        "A configuration selects candidates and controls; it never says where weights came from.");
  }

  private int exitCode(Report report, @Nullable Relation expected) {
    if (report.evidence().stream().anyMatch(Failed.class::isInstance)) {
      return Main.COULD_NOT_CONCLUDE;
    }
    Verdict verdict = report.verdict();
    if (expected != null && (verdict == null || verdict.relation() != expected)) {
      spec.commandLine()
          .getErr()
          .println(
              "expected "
                  + expected.key()
                  + ", found "
                  + (verdict == null ? "none" : verdict.relation().key()));
      return Main.NOT_AS_EXPECTED;
    }
    return Main.OK;
  }

  private List<String> textsToRead() {
    if (texts != null) {
      return TextSet.of(texts);
    }
    return run || thorough ? TextSet.standard() : List.of();
  }

  private Relation relation(String key) {
    for (Relation relation : Relation.values()) {
      if (relation.key().equals(key)) {
        return relation;
      }
    }
    throw new picocli.CommandLine.ParameterException(
        spec.commandLine(),
        "--expect: no relation '"
            + key
            + "'; one of identical, derived, shared-ancestor, inconclusive, no-evidence,"
            + " not-comparable");
  }

  /** A comparison that a report names as the command that reproduces it. */
  @FunctionalInterface
  interface Recorded {
    /** Runs it. */
    Report run(Investigation investigation);
  }

  /**
   * The comparison of a report's command; null where that is another command, or has an option that
   * writes or reaches further than a comparison does.
   */
  static @Nullable Recorded recorded(String line) {
    List<String> words = Words.of(line);
    if (words.size() < 4 || !words.get(0).equals("stemma") || !words.get(1).equals("compare")) {
      return null;
    }
    CompareCommand command = new CompareCommand();
    List<String> arguments = words.subList(2, words.size());
    List<String> others = new ArrayList<>();
    try {
      CommandLine.ParseResult parsed =
          new CommandLine(command)
              .setExpandAtFiles(false)
              .parseArgs(arguments.toArray(String[]::new));
      parsed.matchedOptions().stream()
          .map(option -> option.longestName())
          .filter(name -> !RECORDED.contains(name))
          .forEach(others::add);
    } catch (CommandLine.ParameterException e) {
      return null;
    }
    return others.isEmpty() ? investigation -> command.compared(investigation, line) : null;
  }

  private String reproduce() {
    StringBuilder command =
        new StringBuilder("stemma compare ")
            .append(Words.quoted(a))
            .append(' ')
            .append(Words.quoted(b));
    controls.forEach(control -> command.append(" --control ").append(Words.quoted(control)));
    candidates.forEach(
        candidate -> command.append(" --candidate ").append(Words.quoted(candidate)));
    if (!layers.isEmpty()) {
      command
          .append(" --layers ")
          .append(String.join(",", layers.stream().map(String::valueOf).toList()));
    }
    if (thorough) {
      command.append(" --thorough");
    }
    if (texts != null) {
      command.append(" --texts ").append(Words.quoted(texts.toString()));
    } else if (run) {
      command.append(" --run");
    }
    return command.toString();
  }
}
