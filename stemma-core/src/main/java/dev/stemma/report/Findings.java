package dev.stemma.report;

import dev.stemma.artifact.Printable;
import dev.stemma.evidence.Measured;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sentences that every readable format shares. */
final class Findings {
  private Findings() {}

  /** The whole verdict in one plain sentence. */
  static String headline(Texts texts, Report report) {
    Verdict verdict = report.verdict();
    String a = Printable.text(report.a().name());
    String b = Printable.text(report.b().name());
    if (verdict == null) {
      return texts.get("verdict.not-comparable", a, b);
    }
    ComponentVerdict leading = leading(verdict);
    return texts.get(
        "verdict."
            + suffixed(
                verdict.relation(),
                leading == null ? null : leading.parent(),
                leading == null ? List.of() : leading.kinds()),
        a,
        b,
        report.candidates().isEmpty() ? b : Printable.text(report.candidates().getFirst().name()));
  }

  /** The components as readers want them: what decides first. */
  static List<ComponentVerdict> components(Verdict verdict) {
    return verdict.components().stream()
        .sorted(
            Comparator.comparing(
                    (ComponentVerdict component) -> component.component().isBody() ? 0 : 1)
                .thenComparing(ComponentVerdict::relation))
        .toList();
  }

  /** One component in one plain sentence, with how. */
  static String sentence(Texts texts, ComponentVerdict verdict) {
    String sentence =
        capital(
            texts.get(
                "sentence." + suffixed(verdict.relation(), verdict.parent(), verdict.kinds()),
                texts.component(verdict.component())));
    List<Kind> kinds = verdict.kinds();
    boolean said =
        verdict.relation() == Relation.SHARED_ANCESTOR
            && kinds.equals(List.of(Kind.SAME_INITIALISATION));
    return kinds.isEmpty() || said
        ? sentence
        : sentence + " " + texts.get("sentence.kinds", texts.kinds(kinds));
  }

  /** The measurements that decided a component, the named ones first. */
  static List<Measured> deciding(Report report, ComponentVerdict verdict) {
    return verdict.because().stream()
        .distinct()
        .flatMap(id ->
            report.evidence().stream()
                .filter(Measured.class::isInstance)
                .map(Measured.class::cast)
                .filter(measured -> measured.id().equals(id))
                .filter(measured -> measured.component() == verdict.component()))
        .toList();
  }

  /** The body that made the overall relation; null where none did. */
  private static @Nullable ComponentVerdict leading(Verdict verdict) {
    return verdict.components().stream()
        .filter(component -> component.relation() == verdict.relation())
        .min(Comparator.comparing(component -> component.component().isBody() ? 0 : 1))
        .orElse(null);
  }

  private static String suffixed(Relation relation, @Nullable Parent parent, List<Kind> kinds) {
    boolean open = parent == null || parent == Parent.UNDETERMINED;
    if (relation == Relation.DERIVED && kinds.contains(Kind.RE_EXPORTED) && open) {
      return relation.key() + ".equal-so-far";
    }
    if (relation == Relation.DERIVED) {
      return relation.key() + "." + (parent == null ? Parent.UNDETERMINED : parent).key();
    }
    if (relation == Relation.SHARED_ANCESTOR && kinds.equals(List.of(Kind.SAME_INITIALISATION))) {
      return relation.key() + "." + Kind.SAME_INITIALISATION.key();
    }
    return relation == Relation.AFFINITY && parent == Parent.UNDETERMINED
        ? relation.key() + "." + parent.key()
        : relation.key();
  }

  /** The text with a capital first letter. */
  static String capital(String text) {
    return text.length() < 2 ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
