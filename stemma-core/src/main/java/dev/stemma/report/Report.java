package dev.stemma.report;

import dev.stemma.evidence.Evidence;
import dev.stemma.verdict.Verdict;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything one comparison found; every output format is a function of it.
 *
 * @param command the exact command that reproduces it
 * @param verdict null where nothing could be judged
 */
public record Report(
    String toolVersion,
    String command,
    Subject a,
    Subject b,
    List<Subject> controls,
    List<Subject> candidates,
    @Nullable Verdict verdict,
    List<Evidence> evidence,
    List<NotTested> notTested,
    SortedMap<String, Double> thresholds) {
  /** A model that was compared. */
  public record Subject(
      String reference,
      String name,
      String digest,
      String family,
      long parameters,
      List<String> notes) {}

  /** An analysis that did not run, and why. */
  public record NotTested(String id, String why) {}

  /** Keeps the collections unmodifiable. */
  public Report {
    controls = List.copyOf(controls);
    candidates = List.copyOf(candidates);
    evidence = List.copyOf(evidence);
    notTested = List.copyOf(notTested);
    thresholds = java.util.Collections.unmodifiableSortedMap(thresholds);
  }
}
