package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.report.Report;
import dev.stemma.report.Reports;
import dev.stemma.report.TerminalReport;
import dev.stemma.report.Texts;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stemma demo}: the main job on real public models. */
@Command(
    name = "demo",
    description =
        "Fetches five public embedding models (about 350 MB once) and compares them: a fine-tune,"
            + " two siblings, a pruned model and a stranger.",
    footer = {"", "Example:", "  stemma demo --report stemma-report.html"})
final class DemoCommand implements Callable<Integer> {
  private static final String PREFIX = "maven:dev.langchain4j:langchain4j-embeddings-";
  private static final String VERSION = ":0.36.2";

  /** Two models, and what makes the pair worth a look. */
  private record Example(String a, String b, String why) {}

  private static final List<Example> EXAMPLES =
      List.of(
          new Example("bge-small-en", "bge-small-en-v15", "a model and its next version"),
          new Example("e5-small-v2", "bge-small-en", "two companies' models"),
          new Example("bge-small-en", "all-minilm-l6-v2", "twelve layers and six"),
          new Example("bge-small-en", "bge-small-zh", "one maker, two languages"));

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Where the report of the first pair goes (default: ${DEFAULT-VALUE}).")
  Path report = Path.of("stemma-report.html");

  @Option(
      names = "--language",
      paramLabel = "en|ko",
      description = "Language of the report (default: ${DEFAULT-VALUE}).")
  String language = "en";

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Reports.forFile(report);
    Texts texts = Reports.language(language);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter error = spec.commandLine().getErr();
    List<Report> found = new ArrayList<>();
    for (Example example : EXAMPLES) {
      if (!common.quiet) {
        error.println(
            "comparing " + example.a() + " and " + example.b() + " (" + example.why() + ") ...");
      }
      try (Investigation investigation = common.investigation()) {
        String a = PREFIX + example.a() + VERSION;
        String b = PREFIX + example.b() + VERSION;
        found.add(
            investigation.compare(
                new Investigation.Request(
                    a, b, List.of(), List.of(), Scope.PLANNED, "stemma compare " + a + " " + b)));
      }
    }
    new TerminalReport(Terminal.width(), Terminal.colour(), texts).write(found.getFirst(), out);
    out.println();
    out.println("All pairs of the demo:");
    for (Report one : found) {
      out.println("  " + line(one));
    }
    Reports.write(found.getFirst(), report, texts);
    out.println();
    out.println(
        "The report of the first pair is in "
            + report.toAbsolutePath()
            + ": open it in a browser.");
    return Main.OK;
  }

  private static String line(Report report) {
    String names = shortName(report.a()) + " / " + shortName(report.b()) + ": ";
    Verdict verdict = report.verdict();
    if (verdict == null) {
      return names + "not judged";
    }
    String kinds =
        verdict.components().stream()
            .filter(component -> component.component().isBody())
            .map(ComponentVerdict::kinds)
            .flatMap(List::stream)
            .map(kind -> kind.key())
            .distinct()
            .collect(Collectors.joining(", "));
    return names + verdict.relation().key() + (kinds.isEmpty() ? "" : " (" + kinds + ")");
  }

  private static String shortName(Report.Subject subject) {
    return subject.reference().replace(PREFIX, "").replace(VERSION, "");
  }
}
