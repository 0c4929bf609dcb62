package dev.stemma.cli;

import dev.stemma.Investigation;
import dev.stemma.ReportCheck;
import dev.stemma.ReportCheck.Item;
import dev.stemma.ReportCheck.Outcome;
import dev.stemma.analysis.architecture.Folding;
import dev.stemma.artifact.Printable;
import dev.stemma.report.ReportDocument;
import dev.stemma.report.ReportSignatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

/** {@code stemma check REPORT}: signature, digests, arithmetic, and a run anew. */
@Command(
    name = "check",
    description =
        "Checks a report item by item: its signature, the models' digests, the verdict from its"
            + " own evidence by the rules, and with --rerun the figures from the models. Exit code"
            + " 1 where an item failed.",
    footer = {
      "",
      "Examples:",
      "  stemma check report.json",
      "  stemma check report.json --trust team.pub --rerun",
      "  stemma check report.html --trust team.pub    (of other formats the signature alone)",
      "The signature in FILE.sig is Ed25519 over the file's bytes, in base64."
    })
final class CheckCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "REPORT", description = "A report that stemma wrote.")
  Path file = Path.of("");

  @Option(
      names = "--trust",
      paramLabel = "PUBLICKEY",
      description = "The public Ed25519 key (PEM) of who signed it.")
  @Nullable Path key;

  @Option(names = "--rerun", description = "Run the comparison anew and compare the figures.")
  boolean rerun;

  @Option(
      names = "--remote",
      description =
          "Also read models that are not files of this machine, as the report names them.")
  boolean remote;

  @Mixin CommonOptions common = new CommonOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    List<Item> items = new ArrayList<>();
    items.add(signature());
    if (String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".json")
        && !String.valueOf(file.getFileName()).endsWith(".cdx.json")) {
      items.addAll(document());
    } else {
      items.add(
          new Item(
              "figures",
              Outcome.NOT_CHECKABLE,
              "only the JSON report and the in-toto statement carry the evidence; check that one"));
    }
    print(items);
    return items.stream().anyMatch(item -> item.outcome() == Outcome.FAILED)
        ? Main.NOT_AS_EXPECTED
        : Main.OK;
  }

  private Item signature() {
    boolean signed = Files.isRegularFile(ReportSignatures.of(file));
    if (key == null) {
      return new Item(
          "signature",
          Outcome.NOT_CHECKABLE,
          signed ? "signed; --trust PUBLICKEY says by whom" : "not signed");
    }
    String problem = ReportSignatures.problem(file, key);
    return new Item(
        "signature",
        problem == null ? Outcome.CHECKED : Outcome.FAILED,
        problem == null ? "made with the key of " + key + " over this very file" : problem);
  }

  private List<Item> document() {
    ReportDocument document = ReportDocument.read(file);
    ReportCheck check = new ReportCheck(document);
    check.statement();
    check.arithmetic();
    try (Investigation investigation = common.investigation()) {
      check.digests(investigation, remote);
      if (rerun) {
        CompareCommand.Recorded recorded = CompareCommand.recorded(document.command());
        String why =
            recorded == null ? "it is no comparison of two models' files" : reach(document);
        if (recorded == null || why != null) {
          check.notRerun(why + "; run it yourself: " + document.command());
        } else {
          check.rerun(() -> recorded.run(investigation));
        }
      } else {
        check.notRerun("--rerun does it");
      }
    }
    return check.items();
  }

  private @Nullable String reach(ReportDocument document) {
    return remote
        ? null
        : document.subjects().stream()
            .map(ReportDocument.Subject::reference)
            .filter(reference -> !ReportCheck.isHere(reference))
            .map(reference -> reference + " is not on this machine (--remote reads it)")
            .findFirst()
            .orElse(null);
  }

  private void print(List<Item> items) {
    if (common.json) {
      ObjectNode json = JsonMapper.shared().createObjectNode().put("schema", "stemma.check/1");
      json.put("report", file.toString());
      ArrayNode list = json.putArray("items");
      items.forEach(item ->
          list.addObject()
              .put("id", item.id())
              .put("outcome", item.outcome().key())
              .put("what", item.what()));
      spec.commandLine().getOut().println(json);
      return;
    }
    for (Item item : items) {
      spec.commandLine()
          .getOut()
          .println(
              String.format(Locale.ROOT, "%-14s", item.outcome().key())
                  + Printable.text(item.id()));
      Folding.fold(printable(item.what()), Terminal.width() - 16)
          .forEach(line -> spec.commandLine().getOut().println(" ".repeat(16) + line));
    }
  }

  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      out.append(out.isEmpty() ? "" : " ").append(Printable.text(word));
    }
    return out.toString();
  }
}
