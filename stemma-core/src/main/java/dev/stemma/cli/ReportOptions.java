package dev.stemma.cli;

import dev.stemma.report.Reports;
import dev.stemma.report.Texts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --report} and {@code --language}; a command takes them with {@code @Mixin}. */
final class ReportOptions {
  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Also write a report, its format by the ending: .html .md .json; of a verdict also"
              + " .cdx.json .intoto.json. Repeatable.")
  List<Path> files = new ArrayList<>();

  @Option(
      names = "--language",
      paramLabel = "en|ko",
      description = "Language of the report (default: ${DEFAULT-VALUE}).")
  String language = "en";

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  /** Before any work: the endings of the files, and the language. */
  Texts check(Consumer<Path> ending) {
    files.forEach(ending);
    return Reports.language(language);
  }

  /** Writes every report and says so on standard error. */
  void write(boolean quiet, BiConsumer<Path, Texts> writing) {
    Texts texts = Reports.language(language);
    for (Path file : files) {
      writing.accept(file, texts);
      if (!quiet) {
        spec.commandLine().getErr().println("wrote " + file);
      }
    }
  }
}
