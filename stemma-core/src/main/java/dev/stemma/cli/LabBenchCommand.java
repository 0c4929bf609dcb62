package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Printable;
import dev.stemma.lab.Lab;
import dev.stemma.lab.bench.Bench;
import dev.stemma.lab.bench.BenchJson;
import dev.stemma.lab.bench.BenchMarkdown;
import dev.stemma.lab.bench.BenchRun;
import dev.stemma.lab.bench.BenchTable;
import dev.stemma.lab.bench.Derived;
import dev.stemma.lab.bench.Journal;
import dev.stemma.lab.bench.PairResult;
import dev.stemma.lab.bench.RocPlot;
import dev.stemma.lab.bench.TruthSet;
import dev.stemma.report.Report;
import dev.stemma.report.ToolVersion;
import dev.stemma.source.Sources;
import dev.stemma.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code stemma lab bench}. */
@Command(
    name = "bench",
    description = "Measures the verdict, each analysis and published methods on a known tree.",
    footer = {
      "",
      "FOLDER holds truth.json: name -> {parent, how}, beside one folder for each model. Members",
      "may give reference (maven:...), derive {how, seed}, kinds, latent, with.",
      "Examples:",
      "  stemma lab bench --truth ../shared/lineages/dev",
      "  stemma lab bench --truth ./family --journal run.jsonl --json --output run.json",
      "  stemma lab bench --from run.json,other.json --report docs/lineage-bench.md"
    })
final class LabBenchCommand implements Callable<Integer> {
  private static final long MOST_BYTES = 1L << 28;

  @Option(
      names = "--truth",
      split = ",",
      paramLabel = "FOLDER",
      description = "Truth sets to run, each by itself; their pairs are judged together.")
  List<Path> truths = List.of();

  @Option(
      names = "--from",
      split = ",",
      paramLabel = "FILE",
      description = "Runs that --output wrote: their pairs are taken, not measured again.")
  List<Path> from = List.of();

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "Keep each pair as it is measured; an interrupted run goes on from there.")
  @Nullable Path journal;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "Where the lab's derivatives go and stay (default: a temporary folder).")
  @Nullable Path work;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Write the whole run as JSON, every pair with every score.")
  @Nullable Path output;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the figures as .md (with a .svg of the ROC curves beside it) or .svg.")
  @Nullable Path report;

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (truths.isEmpty() == from.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "lab bench",
          "",
          "either --truth or --from",
          truths.isEmpty() ? "neither" : "both",
          "Give --truth FOLDER to measure, or --from FILE to show runs again.");
    }
    if (report != null
        && !report.toString().endsWith(".md")
        && !report.toString().endsWith(".svg")) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          report.toString(),
          "--report",
          "a name that ends in .md or .svg",
          "another",
          "Use --output FILE for JSON.");
    }
    BenchRun run = from.isEmpty() ? measured() : earlier();
    if (output != null) {
      write(output, BenchJson.of(run).toString());
    }
    if (report != null) {
      Path image =
          report.resolveSibling(report.getFileName().toString().replaceFirst("[.]md$", ".svg"));
      write(image, RocPlot.svg(run.rocCurves()).strip());
      if (!image.equals(report)) {
        write(report, BenchMarkdown.text(run, image.getFileName().toString()).strip());
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(BenchJson.of(run));
    } else {
      BenchTable.lines(run).forEach(line -> out.println(Printable.text(line)));
    }
    boolean failed = run.pairs().stream().anyMatch(pair -> !pair.problem().isEmpty());
    return failed ? Main.COULD_NOT_CONCLUDE : Main.OK;
  }

  private BenchRun measured() throws IOException {
    int threads = Math.max(1, common.threads);
    Journal kept = journal == null ? Journal.NONE : Journal.open(journal);
    List<PairResult> pairs = new ArrayList<>();
    Path folder = work == null ? Files.createTempDirectory("stemma-bench-") : work;
    try (Investigation investigation =
        new Investigation(Sources.standard(), threads, common.progress())) {
      Bench bench =
          new Bench(
              investigation::open,
              investigation.tensors(),
              (a, b, candidates) -> judge(investigation, a, b, candidates),
              common.progress());
      Lab lab = new Lab(investigation::open, investigation.tensors(), common.progress());
      for (Path truth : truths) {
        pairs.addAll(bench.run(Derived.materialise(TruthSet.read(truth), lab, folder), kept));
      }
    } finally {
      if (work == null) {
        Lab.delete(folder);
      }
    }
    String machine =
        threads
            + " threads, "
            + System.getProperty("os.arch")
            + ", Java "
            + Runtime.version().feature();
    return new BenchRun(names(truths), ToolVersion.VERSION, machine, pairs);
  }

  private static String names(List<Path> files) {
    return files.stream()
        .map(file -> file.normalize().getFileName())
        .map(String::valueOf)
        .map(Printable::text)
        .collect(Collectors.joining(", "));
  }

  private static Bench.Judged judge(
      Investigation investigation, String a, String b, List<String> candidates) {
    Report report =
        investigation.compare(
            new Investigation.Request(
                a, b, List.of(), candidates, Scope.PLANNED, "stemma lab bench"));
    Verdict verdict = report.verdict();
    if (verdict == null) {
      throw new IllegalStateException("no verdict on " + a + " and " + b);
    }
    return new Bench.Judged(verdict, report.evidence());
  }

  private BenchRun earlier() {
    List<PairResult> pairs = new ArrayList<>();
    TreeSet<String> truth = new TreeSet<>();
    TreeSet<String> tools = new TreeSet<>();
    TreeSet<String> machines = new TreeSet<>();
    for (Path file : from) {
      try {
        if (Files.size(file) > MOST_BYTES) {
          throw unreadable(file, "at most " + MOST_BYTES + " bytes", Files.size(file) + "", null);
        }
        JsonNode run = JsonMapper.shared().readTree(Files.readAllBytes(file));
        if (!run.path("schema").asString("").equals("stemma.bench/1")) {
          throw unreadable(file, "a run that lab bench --output wrote", "another file", null);
        }
        pairs.addAll(BenchJson.pairs(run));
        truth.add(run.path("truth").asString(""));
        tools.add(run.path("tool").asString(""));
        machines.add(run.path("machine").asString(""));
      } catch (IOException | JacksonException | IllegalArgumentException e) {
        throw unreadable(file, "a run that lab bench --output wrote", "" + e.getMessage(), e);
      }
    }
    return new BenchRun(
        String.join(", ", truth), String.join(", ", tools), String.join("; ", machines), pairs);
  }

  private static ArtifactException unreadable(
      Path file, String expected, String found, @Nullable Exception cause) {
    return new ArtifactException(
        ErrorCode.UNREADABLE,
        file.toString(),
        "--from",
        expected,
        found,
        "Give --from files of stemma lab bench --output.",
        cause);
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
