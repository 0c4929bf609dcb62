package dev.stemma.spark;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.catalogue.Recipe;
import dev.stemma.spark.CompareSweep.PairOf;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code compare}: the report of each of many pairs. */
@Command(
    name = "compare",
    description = "Compares many pairs of models; writes one report a line, in their order.",
    footer = {
      "",
      "Example:",
      "  spark-submit --master spark://HOST:7077 stemma-spark.jar compare pairs.txt --output"
          + " reports.jsonl"
    })
final class ComparePairsCommand extends Sweep.Sub {
  @Parameters(
      paramLabel = "PAIRS",
      description = "A file with two references a line, with a tab or blanks between.")
  String list = "";

  @Option(
      names = "--output",
      paramLabel = "FILE",
      required = true,
      description = "JSON lines: a report, or {\"a\", \"b\", \"error\"}.")
  Path output = Path.of("");

  @Option(
      names = "--at-once",
      paramLabel = "N",
      description = "Pairs that the driver has in hand, 1 to 64 (default: ${DEFAULT-VALUE}).")
  int atOnce = 4;

  @Override
  public Integer call() {
    if (atOnce < 1 || atOnce > 64) {
      throw new ParameterException(
          spec.commandLine(), "--at-once: expected 1 to 64, found " + atOnce);
    }
    List<PairOf> pairs = Recipe.read(list).stream().map(line -> pair(list, line)).toList();
    try (PrintWriter reports = new PrintWriter(Files.newBufferedWriter(output))) {
      cluster.with(engine -> {
        new CompareSweep(engine, cluster.allowPrivate).run(pairs, atOnce, writing(reports));
        return 0;
      });
      if (reports.checkError()) {
        throw new IOException("the disk is full, or the file is gone");
      }
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          output.toString(),
          "",
          "a file that can be written",
          String.valueOf(e),
          "Name another one with --output.",
          e);
    }
    ObjectNode json = JsonMapper.shared().createObjectNode().put("schema", "stemma.sweep/1");
    json.put("compared", pairs.size() - failures).put("failed", failures);
    spec.commandLine()
        .getOut()
        .println(
            cluster.json
                ? json.toString()
                : (pairs.size() - failures) + " compared, " + failures + " failed");
    return code();
  }

  private CompareSweep.Outcomes writing(PrintWriter reports) {
    return new CompareSweep.Outcomes() {
      @Override
      public void compared(PairOf pair, JsonNode report) {
        reports.println(report);
      }

      @Override
      public void failed(PairOf pair, String error) {
        ComparePairsCommand.this.failed(pair.a() + " " + pair.b(), error);
        reports.println(
            JsonMapper.shared()
                .createObjectNode()
                .put("a", pair.a())
                .put("b", pair.b())
                .put("error", error));
      }
    };
  }

  private static PairOf pair(String file, String line) {
    boolean tabbed = line.indexOf('\t') >= 0;
    List<String> both =
        Pattern.compile(tabbed ? "\t" : " ")
            .splitAsStream(line)
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .toList();
    if (both.size() != 2) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          file,
          line,
          "two references",
          String.valueOf(both.size()),
          "Write two a line; with a tab between where a path holds blanks.");
    }
    return new PairOf(both.getFirst(), both.getLast());
  }
}
