package dev.stemma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.Scope;
import dev.stemma.artifact.Component;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.Shared;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The family tree beside the project: relation, kinds and parent, in both orders. The whole table
 * runs with {@code -Dstemma.truth=all} (some minutes), otherwise some edges of it.
 */
class TruthTableTest {
  /** A child with the model it came from; the kinds must all be named, and no parent wrongly. */
  private record Edge(String parent, String child, Set<Kind> kinds, boolean parentSaid) {}

  private static final List<Edge> EDGES =
      List.of(
          new Edge("alpha", "sft", EnumSet.of(Kind.FINE_TUNED), false),
          new Edge("alpha", "cpt", EnumSet.of(Kind.CONTINUED), false),
          new Edge("alpha", "lora", EnumSet.of(Kind.LOW_RANK), true),
          new Edge("cpt", "disguised", EnumSet.of(Kind.PERMUTED, Kind.RESCALED), false),
          new Edge("sft", "rotated", EnumSet.of(Kind.ROTATED), false),
          new Edge("alpha", "shallow", EnumSet.of(Kind.DEPTH_PRUNED), true),
          new Edge("alpha", "upscaled", EnumSet.of(Kind.DEPTH_UP_SCALED), true),
          new Edge("alpha", "narrow", EnumSet.of(Kind.WIDTH_PRUNED), true),
          new Edge("alpha", "upcycled", EnumSet.of(Kind.UPCYCLED), true),
          new Edge("alpha", "extended", EnumSet.of(Kind.VOCABULARY_EXTENDED), true),
          new Edge("alpha", "transplant", EnumSet.of(Kind.VOCABULARY_REPLACED), false),
          new Edge("sft", "quantised", EnumSet.of(Kind.QUANTISED), true),
          new Edge("stranger", "franken", EnumSet.of(Kind.LAYERS_TRANSPLANTED), false),
          new Edge("alpha", "franken", EnumSet.of(Kind.LAYERS_TRANSPLANTED), false));
  private static final List<String> FOUNDERS =
      List.of("alpha", "twin", "stranger", "mixture", "mixture2", "distilled");

  @ParameterizedTest
  @CsvSource({"alpha, narrow", "alpha, transplant", "cpt, disguised", "stranger, franken"})
  void someEdgesInBothOrders(String parent, String child) {
    try (Investigation investigation = open()) {
      assertThat(wrong(investigation, edge(parent, child))).isEmpty();
    }
  }

  @Test
  void aStructureThatItsSupposedParentCannotHaveGivenHasAnAncestorInCommonWithIt() {
    try (Investigation investigation = open()) {
      assertThat(decoder(compare(investigation, "cpt", "shallow")).relation())
          .isEqualTo(Relation.SHARED_ANCESTOR);
    }
  }

  @Test
  void theTransplantedLayersAreLocated() {
    try (Investigation investigation = open()) {
      assertThat(
              Objects.requireNonNull(decoder(compare(investigation, "alpha", "franken")).layerMap())
                  .links())
          .extracting(link -> link.a() + ">" + link.b())
          .containsExactly("2>2", "3>3");
    }
  }

  @Test
  void aMergeIsExplainedByBothParents() {
    try (Investigation investigation = open()) {
      ComponentVerdict found = decoder(compare(investigation, "sft", "merged", "cpt"));
      assertThat(found.kinds()).contains(Kind.MERGED);
      assertThat(found.parent()).isEqualTo(Parent.A);
      List<Long> hundredths = new ArrayList<>();
      if (found.details().get("coefficients") instanceof java.util.Map<?, ?> coefficients) {
        coefficients
            .values()
            .forEach(value -> hundredths.add(Math.round(100 * ((Number) value).doubleValue())));
      }
      assertThat(hundredths).containsExactly(40L, 60L);
    }
  }

  /** Structure names a near sibling of the parent as well, so the parent given besides decides. */
  @ParameterizedTest
  @CsvSource({"sft, shallow, alpha", "sft, cpt, alpha", "cpt, sft, alpha", "alpha, cpt, sft"})
  void withAThirdModelNoParentIsWrong(String a, String b, String candidate) {
    try (Investigation investigation = open()) {
      assertThat(decoder(compare(investigation, a, b, candidate)).parent())
          .isIn(Parent.UNDETERMINED, null);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "stemma.truth", matches = "all")
  void theWholeTable() {
    List<String> wrong = new ArrayList<>();
    try (Investigation investigation = open()) {
      EDGES.forEach(edge -> wrong.addAll(wrong(investigation, edge)));
      for (String a : FOUNDERS) {
        for (String b : FOUNDERS) {
          if (a.compareTo(b) < 0
              && verdict(compare(investigation, a, b)).relation() != Relation.NO_EVIDENCE) {
            wrong.add(a + " " + b + ": not independent");
          }
        }
      }
      if (!decoder(compare(investigation, "alpha", "sameinit"))
          .kinds()
          .equals(List.of(Kind.SAME_INITIALISATION))) {
        wrong.add("alpha sameinit");
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static Edge edge(String parent, String child) {
    return EDGES.stream()
        .filter(edge -> edge.parent().equals(parent) && edge.child().equals(child))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> wrong(Investigation investigation, Edge edge) {
    List<String> wrong = new ArrayList<>();
    for (boolean parentFirst : new boolean[] {true, false}) {
      ComponentVerdict found =
          decoder(
              parentFirst
                  ? compare(investigation, edge.parent(), edge.child())
                  : compare(investigation, edge.child(), edge.parent()));
      Parent right = parentFirst ? Parent.A : Parent.B;
      boolean parentFits =
          found.parent() == right || (!edge.parentSaid() && found.parent() == Parent.UNDETERMINED);
      if (found.relation() != Relation.DERIVED
          || !found.kinds().containsAll(edge.kinds())
          || !parentFits) {
        wrong.add(edge + (parentFirst ? "" : " reversed") + ": " + found);
      }
    }
    return wrong;
  }

  private static Investigation open() {
    Shared.path("lineages/dev/truth.json");
    return new Investigation(Sources.standard(), 2, Progress.NONE);
  }

  private static Report compare(
      Investigation investigation, String a, String b, String... candidates) {
    return investigation.compare(
        new Investigation.Request(
            Shared.path("lineages/dev/" + a).toString(),
            Shared.path("lineages/dev/" + b).toString(),
            List.of(),
            java.util.Arrays.stream(candidates)
                .map(name -> Shared.path("lineages/dev/" + name).toString())
                .toList(),
            Scope.PLANNED,
            "test"));
  }

  private static Verdict verdict(Report report) {
    return Objects.requireNonNull(report.verdict());
  }

  private static ComponentVerdict decoder(Report report) {
    return verdict(report).components().stream()
        .filter(component -> component.component() == Component.DECODER)
        .findFirst()
        .orElseThrow();
  }
}
