package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.TreeInvestigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.report.Texts;
import dev.stemma.report.ToolVersion;
import dev.stemma.report.TreeExports;
import dev.stemma.report.TreeReports;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.KinStore;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code stemma tree}: who descends from whom. */
@Command(
    name = "tree",
    description =
        "Draws the family tree of many models: who descends from whom, how, and how sure that is.",
    footer = {
      "",
      "Every two models are compared, so time grows with the square of their number.",
      "A light edit or a copy of one function may stay undetermined: a line without direction.",
      "--report FILE takes .svg .html .md .json, and .nwk (Newick), .graphml, .mmd (Mermaid).",
      "Examples:",
      "  stemma tree ./base ./chat ./pruned --report tree.svg",
      "  stemma tree models/* --json",
      "  stemma tree models/* --keep pairs.jsonl --report tree.html"
    })
public final class TreeCommand implements Callable<Integer> {
  @Parameters(arity = "2..*", paramLabel = "MODEL", description = "Two models or more.")
  List<String> references = new ArrayList<>();

  @Option(
      names = "--keep",
      paramLabel = "FILE",
      description =
          "Keep compared pairs there: an interrupted tree goes on, one more model costs its own"
              + " pairs.")
  @Nullable Path keep;

  @Mixin ReportOptions reports = new ReportOptions();

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    Texts texts = reports.check(TreeReports::check);
    Set<String> seen = new HashSet<>();
    for (String reference : references) {
      if (!seen.add(reference)) {
        throw new ArtifactException(
            ErrorCode.BAD_ARGUMENT, reference, "", "each model once", "twice", "Name it once.");
      }
    }
    KinStore store = keep == null ? KinStore.NONE : KinStore.open(keep, ToolVersion.VERSION);
    SortedMap<String, String> failed = new TreeMap<>();
    TreeInvestigation.Drawn drawn;
    try (Investigation investigation = common.investigation()) {
      List<String> names = new ArrayList<>();
      List<CanonicalModel> models = new ArrayList<>();
      for (String reference : references) {
        try {
          models.add(investigation.open(reference));
          names.add(reference);
        } catch (ArtifactException e) {
          tell(failed, reference, String.valueOf(e.getMessage()));
        }
      }
      if (names.isEmpty()) {
        throw new ArtifactException(
            ErrorCode.NO_MODEL_FILE,
            references.getFirst(),
            "",
            "models that can be read",
            "none of " + references.size(),
            "Correct what is said of each above.");
      }
      WarmUp.await();
      drawn = TreeInvestigation.of(investigation, common.progress(), store, names, models);
      drawn.failed().forEach((model, why) -> tell(failed, model, why));
    }
    FamilyTree tree = drawn.tree();
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      ObjectNode json = TreeExports.json(tree);
      ArrayNode left = json.putArray("failed");
      failed.forEach((model, why) -> left.addObject().put("model", model).put("error", why));
      out.println(json);
    } else {
      new TreeText(tree, texts).lines().forEach(out::println);
    }
    reports.write(common.quiet, (file, words) -> TreeReports.write(tree, file, words));
    return failed.isEmpty() ? Main.OK : Main.BAD_INPUT;
  }

  private void tell(SortedMap<String, String> failed, String model, String why) {
    failed.put(model, why);
    spec.commandLine().getErr().println("stemma: left out: " + why);
  }
}
