package dev.stemma.analysis.weights;

import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which layers changed most: the median relative change of each layer, attention and MLP apart. */
final class ChangeCurves {
  private static final List<String> MLP = List.of("gate", "up", "down");

  private ChangeCurves() {}

  static Figure of(List<WeightRetention.Change> changes) {
    SortedMap<Integer, List<Double>> attention = new TreeMap<>();
    SortedMap<Integer, List<Double>> mlp = new TreeMap<>();
    for (WeightRetention.Change change : changes) {
      String[] words = change.name().split(" ", 3);
      if (words.length < 3 || !words[1].chars().allMatch(Character::isDigit)) {
        continue;
      }
      int layer = Integer.parseInt(words[1]);
      String part = words[2].toLowerCase(Locale.ROOT);
      boolean ofAttention = MLP.stream().noneMatch(part::contains);
      attention.computeIfAbsent(layer, key -> new ArrayList<>());
      mlp.computeIfAbsent(layer, key -> new ArrayList<>());
      (ofAttention ? attention : mlp)
          .computeIfAbsent(layer, key -> new ArrayList<>())
          .add(change.relativeChange());
    }
    return new Figure.Curves(
        "Which layers changed most",
        "layer of B",
        "median relative change",
        attention.keySet().stream().map(Integer::doubleValue).toList(),
        List.of(
            new Figure.Series("attention", medians(attention)),
            new Figure.Series("MLP", medians(mlp))));
  }

  private static List<Double> medians(SortedMap<Integer, List<Double>> layers) {
    return layers.values().stream()
        .map(
            values -> Difference.median(values.stream().mapToDouble(Double::doubleValue).toArray()))
        .toList();
  }
}
