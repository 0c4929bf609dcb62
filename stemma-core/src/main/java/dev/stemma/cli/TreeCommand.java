package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.TreeInvestigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.report.Texts;
import dev.stemma.report.TreeExports;
import dev.stemma.report.TreeReports;
import dev.stemma.tree.FamilyTree;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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
      "  stemma tree models/* --json"
    })
public final class TreeCommand implements Callable<Integer> {
  @Parameters(arity = "2..*", paramLabel = "MODEL", description = "Two models or more.")
  List<String> references = new ArrayList<>();

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
    FamilyTree tree;
    try (Investigation investigation = common.investigation()) {
      List<CanonicalModel> models = references.stream().map(investigation::open).toList();
      WarmUp.await();
      tree = TreeInvestigation.of(investigation, common.progress(), references, models);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (common.json) {
      out.println(TreeExports.json(tree));
    } else {
      new TreeText(tree, texts).lines().forEach(out::println);
    }
    reports.write(common.quiet, (file, words) -> TreeReports.write(tree, file, words));
    return Main.OK;
  }
}
