package dev.stemma.lab.bench;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything the bench keeps of one pair.
 *
 * @param relation the verdict's; "failed" where the comparison threw
 * @param parent the name of the model that the verdict calls the parent; null without one
 * @param expectedKinds what the truth says, for parents with their children; else empty
 * @param log10p the strongest body's
 * @param scores by method, higher is likelier related
 * @param exact log10 p-values of exact tests by analysis and component
 * @param seconds by method; "verdict" is the whole comparison
 * @param allocatedBytes by method, what all threads together allocated; empty in older runs
 * @param peakHeapBytes most heap in use during the comparison, garbage included
 * @param problem why it failed, else empty
 */
public record PairResult(
    String a,
    String b,
    TruePair truth,
    String relation,
    List<String> kinds,
    List<String> expectedKinds,
    @Nullable String parent,
    @Nullable String expectedParent,
    @Nullable Double log10p,
    SortedMap<String, Double> scores,
    SortedMap<String, Double> exact,
    SortedMap<String, Double> seconds,
    SortedMap<String, Double> allocatedBytes,
    long peakHeapBytes,
    String problem) {
  /** Keeps the collections unmodifiable. */
  public PairResult {
    kinds = List.copyOf(kinds);
    expectedKinds = List.copyOf(expectedKinds);
    scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
    exact = Collections.unmodifiableSortedMap(new TreeMap<>(exact));
    seconds = Collections.unmodifiableSortedMap(new TreeMap<>(seconds));
    allocatedBytes = Collections.unmodifiableSortedMap(new TreeMap<>(allocatedBytes));
  }

  /** The same with these scores, times and allocations. */
  PairResult with(
      SortedMap<String, Double> newScores,
      SortedMap<String, Double> newSeconds,
      SortedMap<String, Double> newAllocatedBytes) {
    return new PairResult(
        a,
        b,
        truth,
        relation,
        kinds,
        expectedKinds,
        parent,
        expectedParent,
        log10p,
        newScores,
        exact,
        newSeconds,
        newAllocatedBytes,
        peakHeapBytes,
        problem);
  }

  /** Whether the verdict says that weights are related. */
  public boolean foundRelated() {
    return relation.equals("identical")
        || relation.equals("derived")
        || relation.equals("shared-ancestor");
  }

  /** Whether the verdict names exactly the true relation. */
  public boolean relationRight() {
    return switch (truth) {
      case DESCENT -> relation.equals("derived");
      case SIBLINGS -> relation.equals("shared-ancestor");
      case SAME_INITIALISATION ->
          relation.equals("shared-ancestor") && kinds.contains("same-initialisation");
      case INDEPENDENT -> relation.equals("no-evidence") || relation.equals("not-comparable");
    };
  }

  /** Whether every expected kind is named. */
  public boolean kindsRight() {
    return kinds.containsAll(expectedKinds);
  }
}
