package dev.stemma.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A run as plain lines for a terminal. */
public final class BenchTable {
  private BenchTable() {}

  /** The lines. */
  public static List<String> lines(BenchRun run) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%-38s %7s %10s %6s %9s",
            "method",
            "AUC",
            "TPR@1%FPR",
            "pairs",
            "s/pair"));
    for (BenchRun.Method method : run.methods()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%-38s %7.4f %10.3f %6d %9s",
              method.id(),
              method.areaUnderCurve(),
              method.truePositiveRate(),
              method.spoken(),
              Double.isNaN(method.seconds())
                  ? ""
                  : String.format(Locale.ROOT, "%.3f", method.seconds())));
    }
    lines.add("");
    lines.add("related pairs found        " + text(run.found()));
    lines.add("independent called related " + text(run.falseAlarms()));
    lines.add("relation exactly right     " + text(run.relations()));
    lines.add("kinds right (edges)        " + text(run.kinds()));
    BenchRun.Parents parents = run.parents();
    lines.add(
        "parent                     "
            + parents.right()
            + " right, "
            + parents.wrong()
            + " wrong, "
            + parents.undetermined()
            + " undetermined");
    lines.add("");
    run.confusion()
        .forEach((truth, row) ->
            lines.add(
                String.format(Locale.ROOT, "%-20s", truth.key())
                    + row.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey())
                        .collect(Collectors.joining(", "))));
    lines.add("");
    lines.add("share of independent pairs at or below p, [95% bootstrap over models]");
    run.calibration()
        .forEach((id, shares) ->
            lines.add(
                String.format(Locale.ROOT, "%-45s", id)
                    + shares.stream().map(BenchTable::text).collect(Collectors.joining("  "))));
    List<PairResult> wrong =
        run.pairs().stream()
            .filter(pair ->
                !pair.problem().isEmpty()
                    || (pair.truth().related() && !pair.foundRelated())
                    || (pair.truth() == TruePair.INDEPENDENT && pair.foundRelated())
                    || !pair.kindsRight())
            .toList();
    if (!wrong.isEmpty()) {
      lines.add("");
      lines.add("not as the truth says:");
      for (PairResult pair : wrong) {
        lines.add(
            "  "
                + pair.a()
                + " / "
                + pair.b()
                + ": "
                + pair.truth().key()
                + ", verdict "
                + pair.relation()
                + " "
                + pair.kinds()
                + (pair.expectedKinds().isEmpty() ? "" : ", expected " + pair.expectedKinds())
                + (pair.problem().isEmpty() ? "" : ": " + pair.problem()));
      }
    }
    return lines;
  }

  private static String text(BenchRun.Share share) {
    return share.right() + " of " + share.of();
  }

  private static String text(Metrics.TailShare share) {
    return String.format(
        Locale.ROOT,
        "%s: %.3f [%.3f, %.3f]",
        share.level(),
        share.share(),
        share.low(),
        share.high());
  }
}
