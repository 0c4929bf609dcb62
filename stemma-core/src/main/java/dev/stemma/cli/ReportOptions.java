package dev.stemma.cli;

import dev.stemma.report.ReportSignatures;
import dev.stemma.report.Reports;
import dev.stemma.report.Texts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

  @Option(
      names = "--sign",
      paramLabel = "KEY",
      description =
          "Sign every report with this Ed25519 key (stemma catalogue key makes one): the signature"
              + " stands beside it in FILE.sig.")
  @Nullable Path key;

  @Spec(Spec.Target.MIXEE)
  CommandSpec spec = CommandSpec.create();

  /** Before any work: the endings of the files, and the language. */
  Texts check(Consumer<Path> ending) {
    files.forEach(ending);
    if (key != null) {
      if (files.isEmpty()) {
        throw new ParameterException(
            spec.commandLine(), "--sign: expected a report to sign, found no --report");
      }
      ReportSignatures.checkKey(key);
    }
    return Reports.language(language);
  }

  /** Writes every report and says so on standard error. */
  void write(boolean quiet, BiConsumer<Path, Texts> writing) {
    Texts texts = Reports.language(language);
    for (Path file : files) {
      writing.accept(file, texts);
      Path signature = key == null ? null : ReportSignatures.sign(file, key);
      if (!quiet) {
        spec.commandLine()
            .getErr()
            .println("wrote " + file + (signature == null ? "" : ", signed in " + signature));
      }
    }
  }
}
