package dev.stemma.verdict;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What was measured of one component, as the rules ask for it. A value that was not measured is
 * NaN, so that no comparison with it holds: what was not tested supports nothing.
 */
record Findings(Component component, List<Evidence> evidence, Thresholds thresholds) {
  /** The exact tests of labels, whose p-values are joined by a factor of their number. */
  static final List<String> EXACT =
      List.of(
          "weights.embedding-columns",
          "weights.attention-columns",
          "weights.router-matching",
          "weights.neuron-matching",
          "weights.neuron-relations",
          "weights.kept-dimensions");

  /** The agreement of two matchings after alignment. */
  static final List<String> AGREEMENT =
      List.of("weights.neuron-agreement", "weights.spectral-agreement");

  static Findings of(Component component, List<Evidence> all, Thresholds thresholds) {
    return new Findings(
        component,
        all.stream().filter(evidence -> evidence.component() == component).toList(),
        thresholds);
  }

  List<Measured> measured() {
    return evidence.stream().filter(Measured.class::isInstance).map(Measured.class::cast).toList();
  }

  Optional<Measured> measured(String id) {
    return measured().stream().filter(found -> found.id().equals(id)).findFirst();
  }

  double value(String id, String name) {
    return measured(id).map(found -> found.value(name, Double.NaN)).orElse(Double.NaN);
  }

  double threshold(String name) {
    return thresholds.get(name);
  }

  List<Failed> failed() {
    return evidence.stream().filter(Failed.class::isInstance).map(Failed.class::cast).toList();
  }

  /** Exact tests that could speak. */
  List<Measured> exact() {
    return measured().stream()
        .filter(found -> EXACT.contains(found.id()) && found.basis() == Basis.EXACT)
        .filter(found -> found.log10p() != null)
        .toList();
  }

  /** Whether one exact test fires by itself; the correction for their number is included. */
  boolean fires(Measured found) {
    Double log10p = found.log10p();
    return log10p != null && log10p + correction() < threshold("exact.alarm.log10p");
  }

  private static double correction() {
    return Math.log10(EXACT.size());
  }

  boolean fires(String id) {
    return exact().stream().anyMatch(found -> found.id().equals(id) && fires(found));
  }

  /** Measured and silent, which "not measured" is not. */
  boolean silent(String id) {
    return exact().stream().anyMatch(found -> found.id().equals(id) && !fires(found));
  }

  /** Base-10 logarithm of the smallest exact p-value after correction, or NaN. */
  double exactLog10p() {
    return exact().stream()
        .mapToDouble(found -> found.log10p() == null ? 0 : found.log10p())
        .map(log10p -> Math.min(0, log10p + correction()))
        .min()
        .orElse(Double.NaN);
  }

  List<Measured> agreements() {
    return measured().stream()
        .filter(found -> AGREEMENT.contains(found.id()))
        .filter(found -> found.value("agreement", Double.NaN) >= threshold("agreement.related"))
        .filter(found ->
            found.value("agreement.log10p", Double.NaN) < threshold("agreement.alarm.log10p"))
        .toList();
  }

  /** Whether anything proves a relation. */
  boolean related() {
    return exactLog10p() < threshold("exact.alarm.log10p") || !agreements().isEmpty();
  }

  /** Ids of what proves it, strongest first. */
  List<String> because() {
    List<Measured> proofs = new ArrayList<>(exact().stream().filter(this::fires).toList());
    proofs.addAll(agreements());
    return proofs.stream()
        .sorted(Comparator.comparingDouble(found -> found.log10p() == null ? 0 : found.log10p()))
        .map(Measured::id)
        .toList();
  }

  /** The map that links most layers. */
  Optional<LayerMap> layerMap() {
    List<Measured> proofs = new ArrayList<>(exact().stream().filter(this::fires).toList());
    proofs.addAll(agreements());
    return proofs.stream()
        .map(Measured::layerMap)
        .filter(java.util.Objects::nonNull)
        .max(Comparator.comparingInt(map -> map.links().size()));
  }

  /** The largest agreement under an alignment: permutation, procrustes, spectral. */
  double agreementUnder(String alignment) {
    return AGREEMENT.stream()
        .mapToDouble(id -> value(id, "agreement." + alignment))
        .filter(value -> !Double.isNaN(value))
        .max()
        .orElse(Double.NaN);
  }

  /** Caveats that say what was left out. */
  List<String> notTested() {
    return measured().stream()
        .flatMap(found -> found.caveats().stream())
        .filter(caveat -> caveat.startsWith("not tested:"))
        .distinct()
        .toList();
  }
}
