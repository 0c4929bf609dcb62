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
  private static final double RESCALED = 0.3;

  /** How near to a whole share the share of a direction counts as it. */
  private static final double AROUND = 0.3;

  private RetentionEvidence() {}

  static List<WeightRetention.Change> comparable(List<WeightRetention.Change> changes) {
    return comparable(changes, RESCALED);
  }

  /**
   * Matrices whose values may be compared: what a copier rescaled says nothing of training, unless
   * nothing was rescaled.
   */
  static List<WeightRetention.Change> comparable(
      List<WeightRetention.Change> changes, double rescaledFrom) {
    boolean rescaled = median(changes, WeightRetention.Change::rescaled) >= rescaledFrom;
    List<WeightRetention.Change> all =
        changes.stream().filter(WeightRetention.Change::ofValues).toList();
    List<WeightRetention.Change> kept =
        all.stream().filter(change -> !rescaled || !change.scalable()).toList();
    return kept.isEmpty() ? all : kept;
  }

  static Evidence retention(Component component, List<WeightRetention.Change> all) {
    List<WeightRetention.Change> changes = comparable(all);
    double[] aInB = profile(changes, WeightRetention.Change::aInB);
    double[] bInA = profile(changes, WeightRetention.Change::bInA);
    double towardsB = 0;
    for (WeightRetention.Change change : changes) {
      double difference = bulk(change.aInB()) - bulk(change.bInA());
      towardsB += difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
    }
    List<Double> bands = new ArrayList<>();
    for (int band = 1; band <= Difference.BANDS; band++) {
      bands.add((double) band);
    }
    double renumbered = median(changes, WeightRetention.Change::renumbered);
    Measured.Builder evidence =
        Measured.of(WeightRetention.ID, component)
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
            .caveats("a sibling that hardly moved from the common parent looks like the parent");
    if (!Double.isNaN(renumbered)) {
      evidence.value("map.renumbers", renumbered);
    }
    return evidence.build();
  }

  static Evidence difference(Component component, List<WeightRetention.Change> all) {
    List<WeightRetention.Change> changes = comparable(all);
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
            .value(
                "grid.bits",
                changes.stream().mapToInt(WeightRetention.Change::bits).max().orElse(0))
            .value("moved.a", near(changes, 1))
            .value("moved.b", near(changes, 0))
            .value("moved.mirror.a", near(changes, -1))
            .value("moved.mirror.b", near(changes, 2))
            .value("rank", rank)
            .value("rank.share", changed == 0 ? 0 : (double) atRank.size() / changed)
            .value("rank.gap", atRank.isEmpty() ? 0 : median(atRank, WeightRetention.Change::gap))
            .caveats("relative change is a size, not a purpose")
            .figures(
                new Figure.Table(
                    "Matrices that changed most", List.of("matrix", "relative change"), table),
                ChangeCurves.of(changes));
    double rounded = median(changes, WeightRetention.Change::rounded);
    if (!Double.isNaN(rounded)) {
      evidence.value("rounded.share", rounded);
    }
    double rescaled = median(all, WeightRetention.Change::rescaled);
    if (!Double.isNaN(rescaled)) {
      evidence.value("rescaled.spread", rescaled);
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

  /** Share of the differences' leading directions of which A holds about this share. */
  private static double near(List<WeightRetention.Change> changes, double centre) {
    double[] all =
        changes.stream().flatMapToDouble(one -> java.util.Arrays.stream(one.movedA())).toArray();
    return java.util.Arrays.stream(all).filter(moved -> Math.abs(moved - centre) <= AROUND).count()
        / (double) all.length;
  }

  /** Smallest over largest band; bands without content are left out. */
  static double flat(double[] profile) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double value : profile) {
      if (!Double.isNaN(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    return low / high;
  }

  /** Mean of the bands after the leading two. */
  static double bulk(double[] profile) {
    return java.util.Arrays.stream(profile, FIRST_BULK_BAND, profile.length)
        .filter(value -> !Double.isNaN(value))
        .average()
        .orElse(Double.NaN);
  }

  private static List<Double> boxed(double[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }
}
