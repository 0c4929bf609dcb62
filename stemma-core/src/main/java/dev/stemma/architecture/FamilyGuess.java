package dev.stemma.architecture;

import dev.stemma.artifact.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Which family a checkpoint without a known configuration is of, by its tensors' names alone. */
final class FamilyGuess {
  private static final int EXPLAINED = 4;
  private static final int HALF_EXPLAINED = 2;
  private static final int ENOUGH = 3;

  private FamilyGuess() {}

  /**
   * The family whose templates explain most kinds of tensors; among equals the one that misses
   * fewest of its own, then the smaller, then the one of most model types. The unknown family is a
   * plain decoder with every name that is in use.
   */
  static Family bestFor(
      List<Tensor> tensors, Map<String, Family> families, Map<String, List<String>> aliases) {
    Family unknown = java.util.Objects.requireNonNull(families.get(Family.UNKNOWN));
    Map<String, String> kinds = new TreeMap<>();
    for (Tensor tensor : tensors) {
      kinds.putIfAbsent(kind(tensor.name()), tensor.name());
    }
    Family best = unknown;
    int bestScore = 0;
    for (Family family : families.values()) {
      if (family.isBase() || family.equals(unknown)) {
        continue;
      }
      int score = score(Architecture.of(family, Optional.empty(), false, aliases), kinds.values());
      boolean better =
          score > bestScore || (score == bestScore && score > 0 && isPlainer(family, best));
      if (better) {
        best = family;
        bestScore = score;
      }
    }
    return bestScore >= ENOUGH * kinds.size() ? best : unknown;
  }

  private static int score(Architecture architecture, Iterable<String> names) {
    int score = 0;
    Set<String> explained = new HashSet<>();
    for (LayerStack stack : architecture.family().stacks()) {
      if (!stack.counted()) {
        continue;
      }
      NameMatcher matcher = new NameMatcher(stack);
      String root = matcher.root(names);
      Values values = architecture.values(stack).atLayer(0);
      Set<TensorTemplate> seen = new HashSet<>();
      for (String name : names) {
        for (NameMatcher.Match match : matcher.matches(name)) {
          if (NameMatcher.standsUnder(match, root) && explained.add(name)) {
            seen.add(match.template());
            score += applies(match.template(), values, true) ? EXPLAINED : HALF_EXPLAINED;
          }
        }
      }
      if (stack.equals(architecture.family().mainStack())) {
        score -= missing(stack.inLayer(), seen, values) + missing(stack.rooted(), seen, values);
      }
    }
    return score;
  }

  private static boolean isPlainer(Family family, Family best) {
    int difference = templates(family) - templates(best);
    return difference < 0
        || (difference == 0 && family.modelTypes().size() > best.modelTypes().size());
  }

  private static int templates(Family family) {
    return family.stacks().stream().mapToInt(stack -> stack.inLayer().size()).sum();
  }

  private static int missing(
      List<TensorTemplate> templates, Set<TensorTemplate> seen, Values values) {
    int missing = 0;
    for (TensorTemplate template : templates) {
      if (!template.alternative() && !seen.contains(template) && applies(template, values, false)) {
        missing++;
      }
    }
    return missing;
  }

  private static boolean applies(TensorTemplate template, Values values, boolean whenUnknown) {
    try {
      return template.applies(values);
    } catch (Expression.UnresolvedException notStated) {
      return whenUnknown;
    }
  }

  private static String kind(String name) {
    StringBuilder kind = new StringBuilder();
    for (String segment : name.split("\\.", -1)) {
      kind.append('.').append(NameMatcher.isNumber(segment) ? "#" : segment);
    }
    return kind.toString();
  }
}
