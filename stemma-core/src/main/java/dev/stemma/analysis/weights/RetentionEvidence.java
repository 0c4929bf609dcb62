package dev.stemma.analysis.weights;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Summaries over the matched matrices: retention profiles and what changed. */
final class RetentionEvidence {
  private static final int FIRST_BULK_BAND = 2;
  private static final int MOST_CHANGED = 10;

  private RetentionEvidence() {}

  static Evidence retention(Component component, List<WeightRetention.Change> changes) {
    double[] aInB = profile(changes, WeightRetention.Change::aInB);
    double[] bInA = profile(changes, WeightRetention.Change::bInA);
    double towardsB = 0;
    for (WeightRetention.Change change : changes) {
      double difference = bulk(change.aInB()) - bulk(change.bInA());
      towardsB += difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
    }
    List<Double> bands = new ArrayList<>();
    for (int band = 1; band <= Difference.BANDS; band++) {
      bands.add((double) band);
    }
    return Measured.of(WeightRetention.ID, component)
        .statistic("bulk of A kept in B", bulk(aInB), 1.0)
        .nullHypothesis("calibrated on true families: an ancestor is kept alike in every band")
        .effect(Math.clamp(bulk(aInB), 0, 1))
        .value("flat.ab", flat(aInB))
        .value("flat.ba", flat(bInA))
        .value("top.ab", aInB[0])
        .value("top.ba", bInA[0])
        .value("bulk.ab", bulk(aInB))
        .value("bulk.ba", bulk(bInA))
        .value("parent.share", towardsB / changes.size())
        .value("matrices", changes.size())
        .figures(
            new Figure.Curves(
                "Share kept by band of singular directions, leading first",
                "band",
                "share kept",
                bands,
                List.of(
                    new Figure.Series("A in B", boxed(aInB)),
                    new Figure.Series("B in A", boxed(bInA)))))
        .caveats("a sibling that hardly moved from the common parent looks like the parent")
        .build();
  }

  static Evidence difference(
      Component component, List<WeightRetention.Change> changes, List<Double> rescaled) {
    double change = median(changes, WeightRetention.Change::relativeChange);
    Map<Integer, Integer> ranks = new TreeMap<>();
    int changed = 0;
    for (WeightRetention.Change one : changes) {
      if (one.rank() > 0) {
        changed++;
        ranks.merge(one.rank(), 1, Integer::sum);
      }
    }
    int rank =
        ranks.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElse(0);
    List<WeightRetention.Change> atRank =
        changes.stream().filter(one -> rank > 0 && one.rank() == rank).toList();
    List<List<String>> table =
        changes.stream()
            .sorted(Comparator.comparingDouble(WeightRetention.Change::relativeChange).reversed())
            .limit(MOST_CHANGED)
            .map(one ->
                List.of(one.name(), String.format(Locale.ROOT, "%.4f", one.relativeChange())))
            .toList();
    Measured.Builder evidence =
        Measured.of(WeightRetention.DIFFERENCE, component)
            .statistic("median relative change", change, null)
            .nullHypothesis("describes the difference; decides no relation")
            .value("relativeChange", change)
            .value(
                "equal.share",
                changes.stream().mapToDouble(WeightRetention.Change::equalShare).min().orElse(0))
            .value("grid.a", median(changes, WeightRetention.Change::gridA))
            .value("grid.b", median(changes, WeightRetention.Change::gridB))
            .value("grid.bits", changes.getFirst().bits())
            .value("rank", rank)
            .value("rank.share", changed == 0 ? 0 : (double) atRank.size() / changed)
            .value("rank.gap", atRank.isEmpty() ? 0 : median(atRank, WeightRetention.Change::gap))
            .caveats("relative change is a size, not a purpose")
            .figures(
                new Figure.Table(
                    "Matrices that changed most", List.of("matrix", "relative change"), table));
    if (!rescaled.isEmpty()) {
      evidence.value(
          "rescaled.spread",
          Difference.median(rescaled.stream().mapToDouble(Double::doubleValue).toArray()));
    }
    return evidence.build();
  }

  private static double[] profile(
      List<WeightRetention.Change> changes, Function<WeightRetention.Change, double[]> which) {
    double[] profile = new double[Difference.BANDS];
    for (int band = 0; band < profile.length; band++) {
      int at = band;
      profile[band] = median(changes, change -> which.apply(change)[at]);
    }
    return profile;
  }

  private static double median(
      List<WeightRetention.Change> changes, ToDoubleFunction<WeightRetention.Change> value) {
    return Difference.median(changes.stream().mapToDouble(value).toArray());
  }

  /** Smallest over largest band. */
  private static double flat(double[] profile) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : profile) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return low / high;
  }

  /** Mean of the bands after the leading two. */
  private static double bulk(double[] profile) {
    double sum = 0;
    for (int band = FIRST_BULK_BAND; band < profile.length; band++) {
      sum += profile[band];
    }
    return sum / (profile.length - FIRST_BULK_BAND);
  }

  private static List<Double> boxed(double[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }
}
