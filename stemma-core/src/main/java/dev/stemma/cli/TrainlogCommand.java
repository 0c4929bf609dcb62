package dev.stemma.cli;

import dev.stemma.CheckpointSequence;
import dev.stemma.ClaimChecks;
import dev.stemma.ClaimMaterial;
import dev.stemma.Investigation;
import dev.stemma.analysis.architecture.Folding;
import dev.stemma.analysis.training.CheckpointTrail;
import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.Claims.ClaimKey;
import dev.stemma.analysis.training.Examination;
import dev.stemma.analysis.training.Finding;
import dev.stemma.analysis.training.Problem;
import dev.stemma.analysis.training.Run;
import dev.stemma.analysis.training.RunComparison;
import dev.stemma.analysis.training.TrainingLog;
import dev.stemma.analysis.training.reading.Numbers;
import dev.stemma.analysis.training.reading.TrainingLogs;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Printable;
import dev.stemma.report.FiguresPage;
import dev.stemma.report.Report;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma trainlog FILE...}: the checks of training logs. */
@Command(
    name = "trainlog",
    description = "Checks training logs: the start, the shape, signs of editing, the claims.",
    footer = {
      "",
      "Reads trainer_state.json, TensorBoard events, CSV (also wandb), JSON lines, plain text.",
      "Examples:",
      "  stemma trainlog train.log --vocab 50304",
      "  stemma trainlog trainer_state.json --vocab 128256 --claims claims.yaml --json",
      "  stemma trainlog ./output --vocab 32000 --released ./my-model"
    })
final class TrainlogCommand implements Callable<Integer> {
  private static final int MAXIMUM_COMPARED = 12;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "Logs, or folders that hold one.")
  List<Path> files = new ArrayList<>();

  @Option(names = "--vocab", paramLabel = "N", description = "Number of tokens in the vocabulary.")
  @Nullable String vocabulary;

  @Option(
      names = "--tokens-per-step",
      paramLabel = "N",
      description = "Tokens of one optimizer step (batch x sequence length).")
  @Nullable String tokensPerStep;

  @Option(
      names = "--checkpoints",
      paramLabel = "DIR",
      description =
          "The folder of the checkpoints, as checkpoint-0/ checkpoint-500/ (default: FILE, where it"
              + " is such a folder).")
  @Nullable Path checkpoints;

  @Option(
      names = "--released",
      paramLabel = "MODEL",
      description = "The released model, which the last checkpoint should be.")
  @Nullable String released;

  @Mixin TrainingOptions options = new TrainingOptions();

  @Mixin ReportOptions reports = new ReportOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    reports.check(FiguresPage::check);
    Claims claims = options.read();
    if (tokensPerStep != null) {
      claims =
          claims.with(
              Map.of(ClaimKey.BATCH_TOKENS, Numbers.option("--tokens-per-step", tokensPerStep)));
    }
    Optional<Model> model = options.model(common.progress());
    Claims made = claims;
    claims = model.map(known -> TrainingOptions.counted(made, known)).orElse(made);
    OptionalInt vocabulary = vocabulary(claims);
    List<TrainingLog> logs = new ArrayList<>();
    List<Examination> runs = new ArrayList<>();
    for (Path file : files) {
      List<TrainingLog> ofFile = TrainingLogs.read(file);
      CheckpointTrail trail = trail(checkpoints == null ? file : checkpoints, claims);
      logs.addAll(ofFile);
      for (TrainingLog log : ofFile) {
        runs.add(Examination.of(new Run(log, vocabulary, claims, trail)));
      }
    }
    List<RunComparison> comparisons = new ArrayList<>();
    int compared = Math.min(logs.size(), MAXIMUM_COMPARED);
    for (int second = 1; second < compared; second++) {
      for (int first = 0; first < second; first++) {
        comparisons.add(RunComparison.of(logs.get(first), logs.get(second)));
      }
    }
    List<Report.Claim> checked =
        ClaimChecks.of(new ClaimMaterial(made, runs, Optional.empty()), model.orElse(null), null);
    String json = json(runs, comparisons, checked, claims).toString();
    TrainlogReport report = new TrainlogReport(runs, comparisons, checked, json);
    reports.write(common.quiet, (file, texts) -> report.page(texts).write(file, texts));
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(json);
    } else {
      runs.forEach(run -> print(out, run));
      comparisons.forEach(comparison ->
          out.println(
              Printable.text(comparison.a() + " and " + comparison.b() + ": ") + comparison.why()));
    }
    if (!common.json) {
      for (Report.Claim claim : checked) {
        out.println(Printable.text("claim " + claim.claim()) + ": " + claim.outcome().key());
        claim.because().forEach(because -> hang(out, "    ", because));
      }
    }
    if (!common.quiet) {
      PrintWriter error = spec.commandLine().getErr();
      claims.notes().forEach(note -> error.println("note: " + note));
      for (Examination run : runs) {
        run.run().log().problems().forEach(problem -> error.println("note: " + problem));
      }
    }
    return Main.OK;
  }

  private CheckpointTrail trail(Path folder, Claims claims) {
    CheckpointTrail trail;
    try (Investigation investigation = common.investigation()) {
      trail =
          new CheckpointSequence(investigation, common.progress())
              .trail(folder, released, claims.number(ClaimKey.INITIALISATION));
    }
    if (trail.points().isEmpty() && (checkpoints != null || released != null)) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          folder.toString(),
          "checkpoints",
          "sub-folders with weights whose names end in their step, as checkpoint-500",
          "none",
          "Give their folder with --checkpoints.");
    }
    return trail;
  }

  private OptionalInt vocabulary(Claims claims) {
    double size =
        vocabulary == null
            ? claims.number(ClaimKey.VOCABULARY).orElse(Double.NaN)
            : Numbers.option("--vocab", vocabulary);
    if (Double.isNaN(size)) {
      return OptionalInt.empty();
    }
    if (size < 2 || size > 1e8 || size != Math.rint(size)) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          "--vocab",
          "",
          "a whole number from 2 to 100,000,000",
          String.valueOf(vocabulary),
          "Give vocab_size of config.json.");
    }
    return OptionalInt.of((int) size);
  }

  private static ObjectNode json(
      List<Examination> runs,
      List<RunComparison> comparisons,
      List<Report.Claim> checked,
      Claims claims) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("schema", "stemma.trainlog/1");
    put(json, runs.getFirst());
    ArrayNode all = json.putArray("runs");
    runs.forEach(run -> put(all.addObject(), run));
    ArrayNode compared = json.putArray("comparisons");
    for (RunComparison comparison : comparisons) {
      ObjectNode node = compared.addObject();
      node.put("a", comparison.a());
      node.put("b", comparison.b());
      node.put("sharedPrefix", comparison.sharedPrefix());
      node.put("commonSteps", comparison.commonSteps());
      node.put("correlation", comparison.correlation());
      node.put("shift", comparison.shift());
      node.put("standardScore", comparison.standardScore());
      node.put("why", comparison.why());
    }
    ArrayNode claimed = json.putArray("claims");
    for (Report.Claim claim : checked) {
      ObjectNode node = claimed.addObject();
      node.put("claim", Printable.text(claim.claim()));
      node.put("outcome", claim.outcome().key());
      claim.because().forEach(node.putArray("because")::add);
    }
    ArrayNode notes = json.putArray("notes");
    claims.notes().forEach(note -> notes.add(note.toString()));
    return json;
  }

  private static void put(ObjectNode json, Examination run) {
    TrainingLog log = run.run().log();
    json.put("file", Printable.text(log.name()));
    json.put("format", log.format());
    json.put("rows", log.rows().size());
    json.put("lossName", Printable.text(log.lossName()));
    ArrayNode checks = json.putArray("checks");
    for (Finding finding : run.findings()) {
      ObjectNode check = checks.addObject();
      check.put("id", finding.id());
      check.put("outcome", finding.outcome().key());
      if (finding.figure() == null) {
        check.putNull("figure");
      } else {
        check.put("figure", finding.figure());
      }
      check.put("figureName", finding.figureName());
      check.put("null", finding.nullHypothesis());
      check.put("why", finding.why());
    }
    ObjectNode verdict = json.putObject("verdict");
    verdict.put("start", run.start().key());
    verdict.put("contradictsFromScratch", run.contradictsFromScratch());
    ArrayNode points = json.putArray("checkpoints");
    for (CheckpointTrail.Point point : run.run().checkpoints().points()) {
      ObjectNode node = points.addObject();
      node.put("step", point.step());
      node.put("norm", point.norm());
      node.put("distance", point.distance());
      node.put("digest", point.digest());
    }
    ArrayNode resumes = json.putArray("resumes");
    log.resumes().stream().limit(1000).forEach(resumes::add);
    ArrayNode problems = json.putArray("problems");
    for (Problem problem : log.problems()) {
      ObjectNode node = problems.addObject();
      node.put("file", problem.file());
      node.put("place", problem.place());
      node.put("expected", problem.expected());
      node.put("found", problem.found());
    }
  }

  /** Further lines begin below the text, or near the edge where that leaves too little room. */
  private static void hang(PrintWriter out, String head, String text) {
    int width = Terminal.width();
    int indent = width - head.length() < 30 ? 4 : head.length();
    List<String> lines = Folding.fold(text, Math.max(20, width - Math.max(indent, head.length())));
    out.println(head + lines.getFirst());
    lines.stream().skip(1).forEach(line -> out.println(" ".repeat(indent) + line));
  }

  private static void print(PrintWriter out, Examination run) {
    TrainingLog log = run.run().log();
    out.println(
        Printable.text(log.name()) + ": " + log.format() + ", " + log.rows().size() + " rows");
    for (Finding finding : run.findings()) {
      String head = String.format("  %-14s %-14s ", finding.id(), finding.outcome().key());
      hang(out, head, finding.why());
    }
    out.println("  start: " + run.start().key());
  }
}
