package dev.stemma.analysis.behaviour;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The next words that models gave to the same prompts, prompt by prompt: null where there is no
 * answer, an empty one, or one that changed when it was asked for again.
 *
 * @param stems which prompts are near relations of each other
 */
public record NextTokens(List<String> stems, Map<String, List<@Nullable String>> answers) {
  /**
   * How a target compares with a candidate and a control.
   *
   * @param toCandidate prompts on which it agrees with the candidate and not with the control
   * @param toControl the reverse
   * @param log10p of the exact one-sided test on the prompts
   * @param stemLog10p the same with each stem counted once, for the side that more of its prompts
   *     are on
   * @param answerLog10p the same with each of the target's answers counted once: a model that
   *     merely gives one word as often would pass for a relation
   */
  public record Paired(
      String control,
      int prompts,
      int toCandidate,
      int toControl,
      double log10p,
      double stemLog10p,
      double answerLog10p) {}

  /** An answer as it is compared: stripped; null where nothing, or no whole character, is left. */
  public static @Nullable String cleaned(@Nullable String text) {
    String stripped = text == null ? "" : text.strip();
    return stripped.isEmpty() || stripped.indexOf('\uFFFD') >= 0 ? null : stripped;
  }

  /** The answer that a model gives most often, or null. */
  public @Nullable String habit(String model) {
    Map<String, Integer> counts = new HashMap<>();
    for (String answer : of(model)) {
      if (answer != null) {
        counts.merge(answer, 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .orElse(null);
  }

  /** Agreements of two models, and on how many prompts both answered. */
  public int[] agreement(String first, String second) {
    int[] counts = new int[2];
    List<@Nullable String> a = of(first);
    List<@Nullable String> b = of(second);
    for (int i = 0; i < stems.size(); i++) {
      String one = a.get(i);
      if (one != null && b.get(i) != null) {
        counts[0] += one.equals(b.get(i)) ? 1 : 0;
        counts[1]++;
      }
    }
    return counts;
  }

  /**
   * On how many more prompts a candidate agrees with the target than a control does, of those that
   * all three answered, the habitual answer counted.
   */
  public int lead(String target, String candidate, String control) {
    List<@Nullable String> own = of(target);
    List<@Nullable String> theirs = of(candidate);
    List<@Nullable String> others = of(control);
    int lead = 0;
    for (int i = 0; i < stems.size(); i++) {
      String answer = own.get(i);
      if (answer != null && theirs.get(i) != null && others.get(i) != null) {
        lead += answer.equals(theirs.get(i)) ? 1 : 0;
        lead -= answer.equals(others.get(i)) ? 1 : 0;
      }
    }
    return lead;
  }

  /**
   * Compares on the prompts that all three answered and on which the target does not give its
   * habitual answer: that one is given whatever is asked, and a model that merely has the same
   * habit would pass for a relation. The choice looks at the target alone, so the coins stay fair.
   */
  public Paired paired(String target, String candidate, String control) {
    String habit = habit(target);
    List<@Nullable String> own = of(target);
    List<@Nullable String> theirs = of(candidate);
    List<@Nullable String> others = of(control);
    Map<String, Integer> byStem = new HashMap<>();
    Map<String, Integer> byAnswer = new HashMap<>();
    int prompts = 0;
    int toCandidate = 0;
    int toControl = 0;
    for (int i = 0; i < stems.size(); i++) {
      String answer = own.get(i);
      if (answer == null || theirs.get(i) == null || others.get(i) == null) {
        continue;
      }
      if (answer.equals(habit)) {
        continue;
      }
      prompts++;
      int side = (answer.equals(theirs.get(i)) ? 1 : 0) - (answer.equals(others.get(i)) ? 1 : 0);
      toCandidate += side > 0 ? 1 : 0;
      toControl += side < 0 ? 1 : 0;
      byStem.merge(stems.get(i), side, Integer::sum);
      byAnswer.merge(answer, side, Integer::sum);
    }
    return new Paired(
        control,
        prompts,
        toCandidate,
        toControl,
        McNemar.log10p(toCandidate, toControl),
        signs(byStem),
        signs(byAnswer));
  }

  /** The sign test on groups of prompts. */
  private static double signs(Map<String, Integer> sides) {
    return McNemar.log10p(
        (int) sides.values().stream().filter(side -> side > 0).count(),
        (int) sides.values().stream().filter(side -> side < 0).count());
  }

  /** The comparison with the control that is hardest to beat: the largest p. */
  public Paired hardest(String target, String candidate, List<String> controls) {
    List<Paired> all = new ArrayList<>();
    controls.forEach(control -> all.add(paired(target, candidate, control)));
    return all.stream().max(java.util.Comparator.comparingDouble(Paired::log10p)).orElseThrow();
  }

  private List<@Nullable String> of(String model) {
    return Objects.requireNonNull(answers.get(model), model);
  }
}
