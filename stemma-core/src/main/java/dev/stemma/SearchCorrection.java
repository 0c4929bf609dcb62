package dev.stemma;

import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Corrects p-values for the number of models that were searched before (Bonferroni). */
final class SearchCorrection {
  private static final String SECOND_P = "agreement.log10p";

  private SearchCorrection() {}

  static List<Evidence> of(List<Evidence> evidence, int models) {
    double more = Math.log10(Math.max(1, models));
    return more == 0
        ? evidence
        : evidence.stream()
            .map(item -> item instanceof Measured measured ? corrected(measured, more) : item)
            .toList();
  }

  private static Evidence corrected(Measured found, double more) {
    SortedMap<String, Double> values = new TreeMap<>(found.values());
    values.computeIfPresent(SECOND_P, (key, value) -> Math.min(0, value + more));
    Double log10p = found.log10p();
    return new Measured(
        found.id(),
        found.component(),
        found.supports(),
        found.statistic(),
        log10p == null ? null : Double.valueOf(Math.min(0, log10p + more)),
        found.basis(),
        found.nullHypothesis(),
        found.effect(),
        values,
        found.layerMap(),
        found.controls(),
        found.figures(),
        found.caveats());
  }
}
