package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.Verification;
import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.reading.ClaimsReader;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.evidence.Failed;
import dev.stemma.report.JsonReport;
import dev.stemma.report.Report;
import dev.stemma.report.Reports;
import dev.stemma.report.TerminalReport;
import dev.stemma.report.Texts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stemma verify MODEL}: derived from which known model? */
@Command(
    name = "verify",
    description =
        "Searches the catalogue for a model's relatives, compares it with the nearest in full, and"
            + " checks its makers' claims.",
    footer = {
      "",
      "Examples:",
      "  stemma verify ./suspect",
      "  stemma verify ./suspect --claims claims.yaml --report report.html",
      "  stemma verify ./suspect --catalogue models.db --shortlist 10 --json"
    })
final class VerifyCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "MODEL", description = "A path or reference.")
  String model = "";

  @Option(
      names = "--claims",
      paramLabel = "FILE",
      description = "claims.yaml: scratch, parameters, vocabulary, tokens, ...")
  @Nullable Path claims;

  @Option(
      names = "--shortlist",
      paramLabel = "N",
      description = "Compare the N nearest in full, 1 to 100 (default: ${DEFAULT-VALUE}).")
  int shortlist = 3;

  @Mixin CatalogueOptions catalogues = new CatalogueOptions();

  @Mixin ReportOptions reports = new ReportOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (shortlist < 1 || shortlist > 100) {
      throw new picocli.CommandLine.ParameterException(
          spec.commandLine(), "--shortlist: expected 1 to 100, found " + shortlist);
    }
    Texts texts = reports.check(Reports::forFile);
    Claims made = claims == null ? null : ClaimsReader.read(claims);
    Verification.Result result;
    try (Investigation investigation = common.investigation();
        Catalogue catalogue = catalogues.open()) {
      result =
          new Verification(investigation, catalogue, common.threads, this::tell)
              .verify(CatalogueOptions.reference(model), shortlist, made, reproduce());
    }
    Report report = result.report();
    reports.write(
        common.quiet, (file, language) -> Reports.write(report, file, language, reports.files));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      new JsonReport().write(report, out);
    } else {
      new TerminalReport(Terminal.width(), Terminal.colour(), texts).write(report, out);
      CatalogueOutput.search(out, result.shortlist(), searched(report));
      CatalogueOutput.claims(out, report.claims());
    }
    return report.evidence().stream().anyMatch(Failed.class::isInstance)
        ? Main.COULD_NOT_CONCLUDE
        : Main.OK;
  }

  private static int searched(Report report) {
    Report.Searched searched = report.searched();
    return searched == null ? 0 : searched.models();
  }

  private void tell(String what) {
    if (!common.quiet) {
      spec.commandLine().getErr().println(what);
      spec.commandLine().getErr().flush();
    }
  }

  private String reproduce() {
    return "stemma verify "
        + model
        + (claims == null ? "" : " --claims " + claims)
        + (catalogues.file == null ? "" : " --catalogue " + catalogues.file)
        + (shortlist == 3 ? "" : " --shortlist " + shortlist);
  }
}
