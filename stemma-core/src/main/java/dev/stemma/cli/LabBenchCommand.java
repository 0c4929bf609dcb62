package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Printable;
import dev.stemma.lab.bench.Bench;
import dev.stemma.lab.bench.BenchJson;
import dev.stemma.lab.bench.BenchRun;
import dev.stemma.lab.bench.BenchTable;
import dev.stemma.lab.bench.PairResult;
import dev.stemma.lab.bench.TruthSet;
import dev.stemma.report.Report;
import dev.stemma.report.ToolVersion;
import dev.stemma.source.Sources;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stemma lab bench}. */
@Command(
    name = "bench",
    description = "Measures the verdict, each analysis and published methods on a known tree.",
    footer = {
      "",
      "FOLDER holds truth.json: name -> {parent, how}, beside one folder for each model.",
      "Examples:",
      "  stemma lab bench --truth ../shared/lineages/dev",
      "  stemma lab bench --truth ./family --json --output run.json"
    })
final class LabBenchCommand implements Callable<Integer> {
  @Option(names = "--truth", required = true, paramLabel = "FOLDER", description = "The truth set.")
  Path truth = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the whole run as JSON, every pair with every score.")
  @Nullable Path output;

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    TruthSet set = TruthSet.read(truth);
    int threads = Math.max(1, common.threads);
    List<PairResult> pairs;
    try (Investigation investigation =
        new Investigation(Sources.standard(), threads, common.progress())) {
      Bench.Comparer comparer =
          (a, b, candidates) -> {
            Report report =
                investigation.compare(
                    new Investigation.Request(
                        a, b, List.of(), candidates, Scope.PLANNED, "stemma lab bench"));
            Verdict verdict = report.verdict();
            if (verdict == null) {
              throw new IllegalStateException("no verdict on " + a + " and " + b);
            }
            return new Bench.Judged(verdict, report.evidence());
          };
      pairs =
          new Bench(investigation::open, investigation.tensors(), comparer, common.progress())
              .run(set);
    }
    String machine =
        threads
            + " threads, "
            + System.getProperty("os.arch")
            + ", Java "
            + Runtime.version().feature();
    BenchRun run =
        new BenchRun(Printable.text(truth.toString()), ToolVersion.VERSION, machine, pairs);
    if (output != null) {
      write(output, BenchJson.of(run).toPrettyString());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(BenchJson.of(run));
    } else {
      BenchTable.lines(run).forEach(line -> out.println(Printable.text(line)));
    }
    boolean failed = pairs.stream().anyMatch(pair -> !pair.problem().isEmpty());
    return failed ? Main.COULD_NOT_CONCLUDE : Main.OK;
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text + "\n");
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          file.toString(),
          "",
          "a file that can be written",
          String.valueOf(e.getMessage()),
          "Give --output a path in a folder that exists.",
          e);
    }
  }
}
