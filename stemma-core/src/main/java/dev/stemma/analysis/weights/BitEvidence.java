package dev.stemma.analysis.weights;

import dev.stemma.analysis.weights.ShuffledControl.Similarities;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.numeric.UnitAlignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Turns the bits of a component's tensors into evidence. */
final class BitEvidence {
  private static final double CLEAR_Z = 8;
  private static final String NULL =
      "units of b are numbered independently of a's; shuffled indices give the share of chance";

  private BitEvidence() {}

  /**
   * One pair of tensors.
   *
   * @param share estimated share of equal bits among elements that are zero on neither side
   * @param shuffled the same with shuffled indices
   * @param counted sampled elements that are zero on neither side
   * @param masked a constant, a mask, or nothing but zeros
   */
  record Row(
      int tensor,
      Role role,
      long elements,
      boolean allEqual,
      double share,
      double shuffled,
      long counted,
      boolean masked) {
    static Row of(int tensor, Role role, List<BitSample> chunks) {
      long elements = 0;
      long counted = 0;
      double equal = 0;
      double shuffled = 0;
      double weight = 0;
      boolean allEqual = true;
      boolean masked = true;
      for (BitSample chunk : chunks) {
        elements += chunk.elements();
        allEqual &= chunk.allEqual();
        masked &= chunk.masked();
        counted += chunk.counted();
        if (chunk.counted() > 0) {
          weight += chunk.elements();
          equal += chunk.elements() * ((double) chunk.equal() / chunk.counted());
          shuffled += chunk.elements() * (chunk.shuffled() / chunk.counted());
        }
      }
      return new Row(
          tensor,
          role,
          elements,
          allEqual,
          weight > 0 ? equal / weight : 0,
          weight > 0 ? shuffled / weight : 0,
          counted,
          masked);
    }
  }

  static Evidence of(
      Component component,
      List<Row> all,
      List<Similarities> controls,
      long leftOut,
      PairedTensors paired,
      String notTested) {
    List<Row> rows = all.stream().filter(row -> !row.masked()).toList();
    if (rows.isEmpty()) {
      return new NotApplicable(
          BitEquality.ID, component, whyNothing(component, all, leftOut, paired));
    }
    boolean identical = rows.stream().allMatch(Row::allEqual);
    double share = identical ? 1 : mean(rows, Row::share);
    double shuffled = mean(rows, Row::shuffled);
    Measured.Builder builder =
        Measured.of(BitEquality.ID, component)
            .statistic("share of bit-equal elements", share, 1.0)
            .nullHypothesis(NULL)
            .effect(Math.clamp((share - shuffled) / Math.max(1e-9, 1 - shuffled), 0, 1))
            .value("share", share)
            .value("shuffled.share", shuffled)
            .value("tensors", rows.size())
            .value("tensors.identical", (double) rows.stream().filter(Row::allEqual).count())
            .value("elements.sampled", rows.stream().mapToDouble(Row::counted).sum());
    boolean clear = identical;
    Set<Integer> kept = rows.stream().map(Row::tensor).collect(Collectors.toSet());
    List<Similarities> matrices =
        controls.stream().filter(control -> kept.contains(control.tensor())).toList();
    if (!matrices.isEmpty()) {
      UnitAlignment test = ShuffledControl.test(matrices, true);
      builder
          .pValue(test.log10p(), Basis.EXACT, NULL)
          .value("shuffled.z", test.z())
          .value("shuffled.log10p", test.log10p());
      clear |= test.z() >= CLEAR_Z;
    }
    return builder
        .supports(clear ? Supports.DERIVATION : Supports.NEITHER)
        .figures(table(rows))
        .caveats(caveats(all.size() - rows.size(), leftOut, notTested.contains(" rows ")))
        .alsoCaveat(notTested)
        .build();
  }

  private static double mean(List<Row> rows, ToDoubleFunction<Row> figure) {
    double sum = 0;
    double elements = 0;
    for (Row row : rows) {
      sum += figure.applyAsDouble(row) * row.elements();
      elements += row.elements();
    }
    return elements > 0 ? sum / elements : 0;
  }

  private static Figure table(List<Row> rows) {
    List<List<String>> lines = new ArrayList<>();
    for (Part part : rows.stream().map(row -> row.role().part()).distinct().sorted().toList()) {
      List<Row> same = rows.stream().filter(row -> row.role().part() == part).toList();
      lines.add(
          List.of(
              part.key(),
              String.valueOf(same.size()),
              String.valueOf(same.stream().filter(Row::allEqual).count()),
              percent(mean(same, Row::share)),
              percent(mean(same, Row::shuffled))));
    }
    return new Figure.Table(
        "Bit-equal elements",
        List.of("part", "tensors", "wholly equal", "bit-equal", "shuffled"),
        lines);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.3f%%", 100 * share);
  }

  private static List<String> caveats(long masked, long leftOut, boolean sampled) {
    List<String> caveats = new ArrayList<>();
    caveats.add(
        "Whether tensors are wholly equal is known from every byte"
            + (sampled ? " of the rows that are read" : "")
            + "; other shares from up to 65,536 elements of each 16 MB, zeros left out.");
    caveats.add("A copy that was permuted, rescaled or rounded otherwise has no equal bits.");
    if (masked > 0) {
      caveats.add(masked + " tensors are constants, masks or zeros and were left out.");
    }
    if (leftOut > 0) {
      caveats.add(
          leftOut + " tensors are quantised, integers or stored in unequal types: not tested.");
    }
    return caveats;
  }

  private static String whyNothing(
      Component component, List<Row> all, long leftOut, PairedTensors paired) {
    if (!all.isEmpty()) {
      return "all comparable tensors are constants, masks or zeros";
    }
    return leftOut > 0
        ? "tensors are quantised, integers or stored in unequal types"
        : paired.whyNothing(component);
  }
}
