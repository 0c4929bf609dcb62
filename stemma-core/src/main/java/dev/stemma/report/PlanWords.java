package dev.stemma.report;

import dev.stemma.analysis.weights.CostPlan;
import java.util.ArrayList;
import java.util.List;

/** The plan of a comparison in lines: layers, bytes, and what each test would see. */
public final class PlanWords {
  private PlanWords() {}

  /** One line a model's stack, one for all tests together, one a test. */
  public static List<String> lines(CostPlan plan, Texts texts) {
    List<String> lines = new ArrayList<>();
    for (CostPlan.Stack stack : plan.stacks()) {
      boolean all = stack.tested().size() == stack.layers();
      lines.add(
          texts.get(
              all ? "plan.stack.all" : "plan.stack.some",
              stack.model(),
              texts.get("component." + stack.component().key()),
              stack.tested().size(),
              stack.layers(),
              String.join(", ", stack.tested().stream().map(String::valueOf).toList())));
    }
    lines.add(texts.get("plan.total", bytes(plan.bytes())));
    for (CostPlan.Step step : plan.steps()) {
      String when = step.onlyIfOpen() ? texts.get("plan.if-open") : "";
      String sees =
          Double.isNaN(step.sees())
              ? ""
              : texts.get("plan.sees", String.format(java.util.Locale.ROOT, "%.2f", step.sees()));
      lines.add("  " + Columns.padded(step.id(), 28) + " " + bytes(step.bytes()) + sees + when);
    }
    return lines;
  }

  private static String bytes(long bytes) {
    return bytes < 1_000_000
        ? Math.max(1, bytes / 1000) + " kB"
        : bytes < 1_000_000_000
            ? Math.round(bytes / 1e6) + " MB"
            : String.format(java.util.Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
