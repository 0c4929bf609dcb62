package dev.stemma.cli;

import dev.stemma.CheckpointSequence;
import dev.stemma.ClaimMaterial;
import dev.stemma.Investigation;
import dev.stemma.Verification;
import dev.stemma.analysis.training.CheckpointTrail;
import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.Claims.ClaimKey;
import dev.stemma.analysis.training.Examination;
import dev.stemma.analysis.training.Run;
import dev.stemma.analysis.training.TrainingLog;
import dev.stemma.analysis.training.reading.ClaimsReader;
import dev.stemma.analysis.training.reading.TrainingLogs;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
      "  stemma verify ./suspect --claims claims.yaml --log train.log \\",
      "    --behaviour behave.json",
      "  stemma verify ./suspect --catalogue models.db --shortlist 10 --json"
    })
final class VerifyCommand implements Callable<Integer> {
  private static final double MOST_TOKENS = 1e8;

  @Parameters(index = "0", paramLabel = "MODEL", description = "A path or reference.")
  String model = "";

  @Option(
      names = "--claims",
      paramLabel = "FILE",
      description =
          "claims.yaml, a claim a line: from_scratch, parameters, active, vocab_size, tokens,"
              + " steps, hardware, count, days, gpu_hours, mfu, flop, cutoff, data. Each comes out"
              + " supported, contradicted or not tested.")
  @Nullable Path claims;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description =
          "A training log, or a folder with one and the checkpoints; the claims are checked against"
              + " it. Repeatable.")
  List<Path> logs = new ArrayList<>();

  @Option(
      names = "--behaviour",
      paramLabel = "FILE",
      description =
          "A report by stemma behave MODEL --report FILE.json: the claimed knowledge cutoff is"
              + " checked against its scan.")
  @Nullable Path behaviour;

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
      throw new ParameterException(
          spec.commandLine(), "--shortlist: expected 1 to 100, found " + shortlist);
    }
    Texts texts = reports.check(Reports::forFile);
    if (claims == null && (!logs.isEmpty() || behaviour != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--log and --behaviour need --claims FILE, which they are checked on");
    }
    Claims made = claims == null ? null : ClaimsReader.read(claims);
    Optional<ClaimMaterial.Cutoff> cutoff =
        Optional.ofNullable(behaviour).map(ClaimMaterial::cutoff);
    Verification.Result result;
    String reference = CatalogueOptions.reference(model);
    try (Investigation investigation = common.investigation();
        Catalogue catalogue = catalogues.open()) {
      ClaimMaterial material =
          made == null
              ? null
              : new ClaimMaterial(made, examined(investigation, reference, made), cutoff);
      result =
          new Verification(investigation, catalogue, common.threads, this::tell)
              .verify(reference, shortlist, material, reproduce());
    }
    Report report = result.report();
    reports.write(
        common.quiet, (file, language) -> Reports.write(report, file, language, reports.files));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      new JsonReport().write(report, out);
    } else {
      new TerminalReport(Terminal.width(), Terminal.colour(), texts).write(report, out);
      CatalogueOutput.search(out, result.shortlist(), searched(report), texts);
    }
    if (made != null) {
      made.notes().forEach(note -> tell("note: " + note));
    }
    return report.evidence().stream().anyMatch(Failed.class::isInstance)
        ? Main.COULD_NOT_CONCLUDE
        : Main.OK;
  }

  /** The logs, read with what the model's files count where nothing is claimed. */
  private List<Examination> examined(Investigation investigation, String reference, Claims made) {
    List<Examination> examined = new ArrayList<>();
    if (logs.isEmpty()) {
      return examined;
    }
    Claims counted = TrainingOptions.counted(made, investigation.open(reference).model());
    OptionalDouble size = counted.number(ClaimKey.VOCABULARY);
    OptionalInt vocabulary =
        size.isPresent() && size.getAsDouble() >= 2 && size.getAsDouble() <= MOST_TOKENS
            ? OptionalInt.of((int) size.getAsDouble())
            : OptionalInt.empty();
    CheckpointSequence checkpoints = new CheckpointSequence(investigation, common.progress());
    for (Path file : logs) {
      CheckpointTrail trail =
          checkpoints.trail(file, reference, counted.number(ClaimKey.INITIALISATION));
      for (TrainingLog log : TrainingLogs.read(file)) {
        log.problems().forEach(problem -> tell("note: " + problem));
        examined.add(Examination.of(new Run(log, vocabulary, counted, trail)));
      }
    }
    return examined;
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
        + String.join("", logs.stream().map(log -> " --log " + log).toList())
        + (behaviour == null ? "" : " --behaviour " + behaviour)
        + (catalogues.file == null ? "" : " --catalogue " + catalogues.file)
        + (shortlist == 3 ? "" : " --shortlist " + shortlist);
  }
}
