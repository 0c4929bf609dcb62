package dev.stemma.report;

import dev.stemma.analysis.weights.CostPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The plan of a comparison in words: layers, bytes, and what each test would see. */
public final class PlanWords {
  private PlanWords() {}

  /** The lines in a terminal of this width; what goes on is set in by four more. */
  public static List<String> lines(CostPlan plan, Texts texts, int width) {
    List<String> narrow = new ArrayList<>();
    for (String line : lines(plan, texts)) {
      if (Columns.width(line) <= width) {
        narrow.add(line);
        continue;
      }
      String indent = line.startsWith(" ") ? "  " : "";
      List<String> parts = Columns.wrapped(line, width - 6);
      narrow.add(indent + parts.getFirst());
      parts.stream().skip(1).forEach(part -> narrow.add(indent + "    " + part));
    }
    return narrow;
  }

  /** One line a model's stack, one for all tests together, one a test. */
  static List<String> lines(CostPlan plan, Texts texts) {
    List<String> lines = new ArrayList<>(summary(plan, texts));
    for (CostPlan.Step step : plan.steps()) {
      String sees = Double.isNaN(step.sees()) ? "" : texts.get("plan.sees", correlation(step));
      String when =
          step.when() == CostPlan.When.ALWAYS ? "" : texts.get("plan." + step.when().key());
      lines.add("  " + Columns.padded(step.id(), 28) + " " + bytes(step.bytes()) + sees + when);
    }
    return lines;
  }

  /** One line a model's stack, one for all tests together. */
  static List<String> summary(CostPlan plan, Texts texts) {
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
              layers(stack.tested())));
    }
    if (plan.economical()) {
      lines.add(texts.get("plan.economy", bytes(plan.distinctBytes()), percent(plan)));
      whys(plan, texts).forEach(why -> lines.add("  - " + why));
      lines.add(texts.get("plan.economy.total", bytes(plan.bytes())));
    } else {
      lines.add(
          texts.get("plan.total", bytes(plan.bytes()), bytes(plan.distinctBytes()), percent(plan)));
    }
    return lines;
  }

  /** A sentence for each choice of a plan for large models. */
  public static List<String> whys(CostPlan plan, Texts texts) {
    return plan.choices().stream()
        .map(choice ->
            texts.get(
                "plan.why." + choice.key(),
                choice.count(),
                layers(choice.layersOfA()),
                layers(choice.layersOfB())))
        .toList();
  }

  private static String layers(List<Integer> layers) {
    return String.join(", ", layers.stream().map(String::valueOf).toList());
  }

  private static String percent(CostPlan plan) {
    return String.format(Locale.ROOT, "%.1f%%", 100 * plan.share());
  }

  /** The table's columns, by their labels' keys. */
  static final String[] COLUMNS = {"analysis", "plan-bytes", "plan-sees", "plan-when"};

  /** One row a test. */
  static List<List<String>> rows(CostPlan plan, Texts texts) {
    return plan.steps().stream()
        .map(step ->
            List.of(
                texts.analysis(step.id()),
                bytes(step.bytes()),
                Double.isNaN(step.sees()) ? "" : correlation(step),
                step.when() == CostPlan.When.ALWAYS
                    ? texts.get("label.plan-always")
                    : texts.get("plan." + step.when().key()).replaceFirst("^, ", "")))
        .toList();
  }

  private static String correlation(CostPlan.Step step) {
    return String.format(Locale.ROOT, "%.2f", step.sees());
  }

  private static String bytes(long bytes) {
    return bytes < 1_000_000
        ? Math.max(1, bytes / 1000) + " kB"
        : bytes < 1_000_000_000
            ? Math.round(bytes / 1e6) + " MB"
            : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
