package dev.stemma.tree;

import dev.stemma.analysis.weights.MatrixSteps;
import dev.stemma.analysis.weights.MatrixSteps.Link;
import dev.stemma.analysis.weights.MatrixSteps.Step;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known of two models of a tree.
 *
 * @param a number of the first model
 * @param b number of the second
 * @param kinds how one came from the other
 * @param structure which came first by what is exact or by structure
 * @param vocabulary which came first by the vocabularies' order
 * @param steps matrix by matrix
 */
public record Kin(
    int a,
    int b,
    Relation relation,
    List<Kind> kinds,
    Parent structure,
    Parent vocabulary,
    SortedMap<Link, Step> steps) {
  /** Keeps the collections unmodifiable. */
  public Kin {
    kinds = List.copyOf(kinds);
    steps = Collections.unmodifiableSortedMap(new TreeMap<>(steps));
  }

  /** From a comparison. */
  public static Kin of(int a, int b, Verdict verdict, List<Evidence> evidence) {
    Optional<ComponentVerdict> body =
        verdict.components().stream()
            .filter(one -> one.component().isBody() && one.relation() == verdict.relation())
            .findFirst();
    TreeMap<Link, Step> steps = new TreeMap<>();
    for (Evidence found : evidence) {
      if (found instanceof Measured measured
          && body.isPresent()
          && found.component() == body.get().component()) {
        MatrixSteps.of(measured).ifPresent(one -> steps.putAll(one.steps()));
      }
    }
    List<Kind> kinds = new ArrayList<>(body.map(ComponentVerdict::kinds).orElse(List.of()));
    Parent vocabulary = Parent.UNDETERMINED;
    for (ComponentVerdict one : verdict.components()) {
      boolean ofTokens =
          one.component() == Component.TOKENIZER || one.component() == Component.EMBEDDING;
      if (ofTokens && body.isPresent()) {
        one.kinds().stream()
            .filter(kind ->
                kind == Kind.VOCABULARY_EXTENDED
                    || kind == Kind.VOCABULARY_REDUCED
                    || kind == Kind.VOCABULARY_REPLACED)
            .filter(kind -> !kinds.contains(kind))
            .forEach(kinds::add);
      }
      if (one.component() == Component.TOKENIZER
          && one.relation() == Relation.DERIVED
          && one.parent() != null) {
        vocabulary = one.parent();
      }
    }
    Parent structure =
        body.map(ComponentVerdict::parent)
            .filter(parent -> parent != null)
            .orElse(Parent.UNDETERMINED);
    return new Kin(a, b, verdict.relation(), kinds, structure, vocabulary, steps);
  }

  /** Whether trained weights are shared. */
  boolean related() {
    return (relation == Relation.DERIVED
            || relation == Relation.IDENTICAL
            || relation == Relation.SHARED_ANCESTOR)
        && !sameInitialisation();
  }

  boolean sameInitialisation() {
    return kinds.contains(Kind.SAME_INITIALISATION);
  }

  int other(int model) {
    return model == a ? b : a;
  }

  /** The steps by the child's matrices, seen from the parent. */
  SortedMap<String, Step> stepsTo(int child) {
    TreeMap<String, Step> found = new TreeMap<>();
    steps.forEach((link, step) ->
        found.putIfAbsent(child == b ? link.b() : link.a(), child == b ? step : step.reversed()));
    return found;
  }
}
