package dev.stemma.verdict;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured.Basis;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * The verdict on one component.
 *
 * @param log10p base-10 logarithm of the smallest p-value after correction for the number of tests;
 *     null without one
 * @param because ids of the analyses that decided
 * @param details LoRA rank, merge coefficients, quantisation grid; empty where none applies
 * @param power for no-evidence: what would have been seen, and what was not tested
 */
public record ComponentVerdict(
    Component component,
    Relation relation,
    List<Kind> kinds,
    @Nullable Parent parent,
    @Nullable Double log10p,
    Basis basis,
    List<String> because,
    @Nullable LayerMap layerMap,
    SortedMap<String, Object> details,
    @Nullable String power) {
  /** Keeps the collections unmodifiable. */
  public ComponentVerdict {
    kinds = List.copyOf(kinds);
    because = List.copyOf(because);
    details = java.util.Collections.unmodifiableSortedMap(details);
  }

  ComponentVerdict withParent(Parent other) {
    return new ComponentVerdict(
        component, relation, kinds, other, log10p, basis, because, layerMap, details, power);
  }

  /** Whether no value was seen to differ, though not all were compared. */
  public boolean equalSoFar() {
    return relation == Relation.DERIVED
        && kinds.contains(Kind.RE_EXPORTED)
        && (parent == null || parent == Parent.UNDETERMINED);
  }
}
