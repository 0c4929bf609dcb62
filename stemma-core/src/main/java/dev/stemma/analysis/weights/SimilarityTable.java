package dev.stemma.analysis.weights;

import dev.stemma.analysis.weights.PairedTensors.PairedTensor;
import dev.stemma.analysis.weights.ShuffledControl.Similarities;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.numeric.PairStatistics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One component's pairs of tensors with their sums and, where units were sampled, their control.
 */
record SimilarityTable(List<Row> rows) {
  /** One pair of tensors. */
  record Row(Role role, PairStatistics statistics, @Nullable Similarities shuffled) {
    boolean is(Part.Kind kind) {
      return role.part().kind() == kind;
    }
  }

  static SimilarityTable of(
      Component component,
      PairedTensors tensors,
      List<PairStatistics> statistics,
      List<Similarities> shuffled) {
    Map<Integer, Similarities> byTensor = new LinkedHashMap<>();
    shuffled.forEach(similarities -> byTensor.put(similarities.tensor(), similarities));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < statistics.size(); i++) {
      PairedTensor tensor = tensors.comparable().get(i);
      if (tensor.role().component() == component) {
        rows.add(new Row(tensor.role(), statistics.get(i), byTensor.get(i)));
      }
    }
    return new SimilarityTable(rows);
  }

  SimilarityTable where(Predicate<Row> condition) {
    return new SimilarityTable(rows.stream().filter(condition).toList());
  }

  SimilarityTable of(Part.Kind kind) {
    return where(row -> row.is(kind));
  }

  /** The layers, in order; -1 stands for what is outside them. */
  List<Integer> layers() {
    return rows.stream().map(row -> row.role().layer()).distinct().sorted().toList();
  }

  /** The parts, in their order. */
  List<Part> parts() {
    return rows.stream().map(row -> row.role().part()).distinct().sorted().toList();
  }

  /** Mean of a figure over the tensors where it exists; NaN where it exists for none. */
  double mean(ToDoubleFunction<PairStatistics> figure) {
    return rows.stream()
        .mapToDouble(row -> figure.applyAsDouble(row.statistics()))
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }

  /** Sorted values of a figure where it exists. */
  double[] sorted(ToDoubleFunction<PairStatistics> figure) {
    return rows.stream()
        .mapToDouble(row -> figure.applyAsDouble(row.statistics()))
        .filter(Double::isFinite)
        .sorted()
        .toArray();
  }

  /** The controls of the tensors whose units were sampled. */
  List<Similarities> shuffled() {
    List<Similarities> controls = new ArrayList<>();
    for (Row row : rows) {
      if (row.shuffled() != null) {
        controls.add(row.shuffled());
      }
    }
    return controls;
  }

  /** Mean cosine of units with different numbers; NaN where none were sampled. */
  double shuffledMean() {
    double sum = 0;
    long count = 0;
    for (Similarities control : shuffled()) {
      int n = control.units();
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          if (i != j) {
            sum += control.cosine()[i * n + j];
            count++;
          }
        }
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
