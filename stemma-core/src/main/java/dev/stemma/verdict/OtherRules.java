package dev.stemma.verdict;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Measured;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Components whose analysis states its own relation: a value {@code relation.KEY} of 1 names it
 * (one of {@link Relation#key()}), values {@code kind.KEY} name kinds.
 */
final class OtherRules {
  private OtherRules() {}

  static Optional<ComponentVerdict> judge(Findings facts, VerdictTexts texts) {
    return facts.measured().stream()
        .filter(found -> stated(found).isPresent())
        .min(Comparator.comparing(found -> stated(found).orElseThrow()))
        .map(found ->
            new ComponentVerdict(
                facts.component(),
                stated(found).orElseThrow(),
                kinds(found),
                parent(found),
                found.log10p(),
                found.basis(),
                List.of(found.id()),
                found.layerMap(),
                new TreeMap<>(),
                stated(found).orElseThrow() == Relation.NO_EVIDENCE
                        && facts.component() == Component.BEHAVIOUR
                    ? texts.behaviourPower(found)
                    : null));
  }

  private static Optional<Relation> stated(Measured found) {
    return Arrays.stream(Relation.values())
        .filter(relation -> found.value("relation." + relation.key(), 0) == 1)
        .findFirst();
  }

  private static List<Kind> kinds(Measured found) {
    return Arrays.stream(Kind.values())
        .filter(kind -> found.value("kind." + kind.key(), 0) == 1)
        .toList();
  }

  private static @org.jspecify.annotations.Nullable Parent parent(Measured found) {
    return Arrays.stream(Parent.values())
        .filter(parent -> found.value("parent." + parent.key(), 0) == 1)
        .findFirst()
        .orElse(null);
  }
}
