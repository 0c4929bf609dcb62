package dev.stemma.verdict;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** From evidence to a verdict, by rules alone: nothing is read, nothing is measured. */
public final class Judge {
  private static final List<String> NARROWER = List.of("F16", "BF16", "F32");

  private final Thresholds thresholds;
  private final VerdictTexts texts;

  private Judge(Thresholds thresholds, VerdictTexts texts) {
    this.thresholds = thresholds;
    this.texts = texts;
  }

  /** The verdict with the standard thresholds, in English. */
  public static Verdict judge(List<Evidence> evidence, List<ControlEvidence> controls) {
    return judge(evidence, controls, Locale.ENGLISH);
  }

  /** The verdict with the standard thresholds. */
  public static Verdict judge(
      List<Evidence> evidence, List<ControlEvidence> controls, Locale locale) {
    return new Judge(Thresholds.standard(), new VerdictTexts(locale)).of(evidence, controls);
  }

  private Verdict of(List<Evidence> evidence, List<ControlEvidence> controls) {
    List<ComponentVerdict> components = new ArrayList<>();
    TreeSet<Component> all = new TreeSet<>();
    evidence.forEach(found -> all.add(found.component()));
    for (Component component : all) {
      if (component.isBody()) {
        components.add(body(Findings.of(component, evidence, thresholds), controls));
      }
    }
    List<ComponentVerdict> bodies = List.copyOf(components);
    for (Component component : all) {
      Findings facts = Findings.of(component, evidence, thresholds);
      if (component == Component.EMBEDDING) {
        components.add(EmbeddingRules.judge(facts, bodies, fired(component, controls), texts));
      } else if (!component.isBody()) {
        OtherRules.judge(facts, texts).ifPresent(components::add);
      }
    }
    components.sort(Comparator.comparing(ComponentVerdict::component));
    return overall(finish(components, evidence));
  }

  private static List<ComponentVerdict> bodies(List<ComponentVerdict> components) {
    return components.stream().filter(verdict -> verdict.component().isBody()).toList();
  }

  private ComponentVerdict body(Findings facts, List<ControlEvidence> controls) {
    List<String> fired = fired(facts.component(), controls);
    Relation relation = relation(facts, fired);
    boolean related = relation == Relation.DERIVED || relation == Relation.SHARED_ANCESTOR;
    boolean sameSeed = related && KindRules.sameInitialisation(facts);
    List<Kind> kinds =
        sameSeed
            ? List.of(Kind.SAME_INITIALISATION)
            : related || relation == Relation.IDENTICAL ? KindRules.kinds(facts) : List.of();
    Parent parent =
        switch (relation) {
          case DERIVED -> Parentage.of(facts);
          case IDENTICAL -> Parent.UNDETERMINED;
          case SHARED_ANCESTOR, INCONCLUSIVE, NO_EVIDENCE, NOT_COMPARABLE, AFFINITY -> null;
        };
    List<String> because =
        relation == Relation.INCONCLUSIVE && !fired.isEmpty()
            ? fired
            : related || relation == Relation.IDENTICAL
                ? facts.because()
                : facts.measured().stream().map(Measured::id).distinct().toList();
    double exact = facts.exactLog10p();
    boolean proven = exact < thresholds.get("exact.alarm.log10p");
    return new ComponentVerdict(
        facts.component(),
        relation,
        kinds,
        parent,
        Double.isNaN(exact) || (related && !proven) ? agreementLog10p(facts) : (Double) exact,
        related && !proven ? Basis.CALIBRATED : Basis.EXACT,
        because,
        related || relation == Relation.IDENTICAL ? facts.layerMap().orElse(null) : null,
        details(facts, kinds),
        relation == Relation.NO_EVIDENCE
            ? texts.power(facts)
            : relation == Relation.DERIVED
                    && kinds.contains(Kind.RE_EXPORTED)
                    && parent == Parent.UNDETERMINED
                ? texts.unread(facts)
                : null);
  }

  private static @Nullable Double agreementLog10p(Findings facts) {
    return facts.agreements().stream()
        .map(found -> found.value("agreement.log10p", 0))
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private Relation relation(Findings facts, List<String> fired) {
    if (facts.related() && !fired.isEmpty()) {
      return Relation.INCONCLUSIVE;
    }
    if (KindRules.identical(facts)) {
      return Relation.IDENTICAL;
    }
    if (facts.related()) {
      boolean shared =
          !KindRules.merged(facts)
              && (KindRules.sameInitialisation(facts)
                  || KindRules.siblings(facts)
                  || Parentage.contradicted(facts));
      return shared ? Relation.SHARED_ANCESTOR : Relation.DERIVED;
    }
    if (!facts.failed().isEmpty()) {
      return Relation.INCONCLUSIVE;
    }
    boolean tested =
        !facts.exact().isEmpty()
            || Findings.AGREEMENT.stream().anyMatch(id -> facts.measured(id).isPresent());
    return tested ? Relation.NO_EVIDENCE : Relation.NOT_COMPARABLE;
  }

  /** Ids of tests that also fire on a control, which cannot be. */
  private List<String> fired(Component component, List<ControlEvidence> controls) {
    return controls.stream()
        .map(control -> Findings.of(component, control.evidence(), thresholds))
        .filter(Findings::related)
        .flatMap(facts -> facts.because().stream())
        .distinct()
        .toList();
  }

  private static boolean isStored(Findings facts, String type) {
    return facts.value("weights.quantisation", "narrowed." + type) == 1;
  }

  private static java.util.SortedMap<String, Object> details(Findings facts, List<Kind> kinds) {
    TreeMap<String, Object> details = new TreeMap<>();
    if (kinds.contains(Kind.LOW_RANK)) {
      details.put("rank", (int) facts.value("weights.difference", "rank"));
    }
    if (kinds.contains(Kind.MERGED)) {
      TreeMap<String, Double> coefficients = new TreeMap<>();
      facts
          .measured(KindRules.mergeFinding(facts))
          .ifPresent(found ->
              found
                  .values()
                  .forEach((name, value) -> {
                    if (name.startsWith("coefficient.")) {
                      coefficients.put(name.substring("coefficient.".length()), value);
                    } else if (KindRules.ties(facts) && name.startsWith("base.")) {
                      details.put("base", name.substring("base.".length()));
                    }
                  }));
      if (KindRules.ties(facts)) {
        details.put("density", facts.value(KindRules.mergeFinding(facts), "density"));
      }
      details.put("coefficients", coefficients);
      details.put("method", method(facts, coefficients.values()));
    }
    if (kinds.contains(Kind.QUANTISED)) {
      details.put("grid", grid(facts));
      double tensors = facts.value("weights.quantisation", "tensors");
      if (tensors > 0) {
        details.put("gridTensors", (int) tensors);
        details.put("gridTensorsSame", (int) facts.value("weights.quantisation", "tensors.same"));
        details.put("gridTensorsPlain", (int) facts.value("weights.quantisation", "tensors.plain"));
      }
    } else if (kinds.contains(Kind.RE_EXPORTED) && !KindRules.equalAsFarAsCompared(facts)) {
      details.put(
          "grid", NARROWER.stream().filter(type -> isStored(facts, type)).findFirst().orElse(""));
    }
    return details;
  }

  private static String method(Findings facts, java.util.Collection<Double> coefficients) {
    if (KindRules.ties(facts)) {
      return "ties";
    }
    if (facts.value("weights.merge", "spherical") == 1) {
      return "slerp";
    }
    return coefficients.stream().anyMatch(value -> value < 0) ? "task-arithmetic" : "linear";
  }

  /** The type of most quantised tensors; the number of bits where the grid was seen in values. */
  private static String grid(Findings facts) {
    return facts
        .measured("weights.quantisation")
        .flatMap(found ->
            found.values().entrySet().stream()
                .filter(value -> value.getKey().startsWith("type."))
                .max(java.util.Map.Entry.comparingByValue()))
        .map(value -> value.getKey().substring("type.".length()))
        .orElseGet(
            () -> String.valueOf((int) facts.value("weights.difference", "grid.bits")) + "-bit");
  }

  /**
   * Vocabulary kinds are repeated under the bodies they feed; a derived body with an unrelated
   * tokenizer had its vocabulary replaced.
   */
  private static List<ComponentVerdict> finish(
      List<ComponentVerdict> judged, List<Evidence> evidence) {
    boolean derived =
        judged.stream()
            .anyMatch(
                verdict -> verdict.component().isBody() && verdict.relation() == Relation.DERIVED);
    List<ComponentVerdict> components =
        judged.stream()
            .map(verdict ->
                derived
                        && verdict.component() == Component.TOKENIZER
                        && verdict.relation() == Relation.NO_EVIDENCE
                    ? withVocabulary(verdict, List.of(Kind.VOCABULARY_REPLACED), evidence)
                    : verdict)
            .toList();
    List<Kind> vocabulary =
        components.stream()
            .filter(verdict -> verdict.component() == Component.EMBEDDING)
            .flatMap(verdict -> verdict.kinds().stream())
            .filter(EmbeddingRules.VOCABULARY::contains)
            .toList();
    return asItsBody(
        components.stream()
            .map(verdict ->
                verdict.component().isBody()
                        && (verdict.relation() == Relation.DERIVED
                            || verdict.relation() == Relation.IDENTICAL)
                        && !vocabulary.isEmpty()
                    ? withVocabulary(verdict, vocabulary, evidence)
                    : verdict)
            .toList());
  }

  /** A derived table has the parent that its body turned out to have. */
  private static List<ComponentVerdict> asItsBody(List<ComponentVerdict> components) {
    @Nullable Parent parent =
        bodies(components).stream()
            .min(Comparator.comparing(ComponentVerdict::relation))
            .filter(body -> body.relation() == Relation.DERIVED)
            .map(ComponentVerdict::parent)
            .orElse(null);
    return components.stream()
        .map(verdict ->
            verdict.component() == Component.EMBEDDING
                    && verdict.relation() == Relation.DERIVED
                    && verdict.parent() == Parent.UNDETERMINED
                    && parent != null
                ? verdict.withParent(parent)
                : verdict)
        .toList();
  }

  private static ComponentVerdict withVocabulary(
      ComponentVerdict verdict, List<Kind> vocabulary, List<Evidence> evidence) {
    List<Kind> kinds =
        Stream.concat(
                verdict.kinds().stream().filter(kind -> kind != Kind.RE_EXPORTED),
                vocabulary.stream())
            .distinct()
            .toList();
    Findings embedding = Findings.of(Component.EMBEDDING, evidence, Thresholds.standard());
    boolean moreOrFewer =
        vocabulary.contains(Kind.VOCABULARY_EXTENDED)
            || vocabulary.contains(Kind.VOCABULARY_REDUCED);
    Parent parent =
        verdict.parent() == Parent.UNDETERMINED && moreOrFewer
            ? vocabularyParent(
                embedding, Findings.of(verdict.component(), evidence, Thresholds.standard()))
            : verdict.parent();
    return new ComponentVerdict(
        verdict.component(),
        verdict.relation() == Relation.IDENTICAL ? Relation.DERIVED : verdict.relation(),
        kinds,
        parent,
        verdict.log10p(),
        verdict.basis(),
        verdict.because(),
        verdict.layerMap(),
        verdict.details(),
        verdict.power());
  }

  /**
   * The side that the vocabularies make the parent, unless the other does not keep enough of it.
   */
  private static Parent vocabularyParent(Findings embedding, Findings body) {
    Parent parent = EmbeddingRules.vocabularyParent(embedding);
    boolean decided =
        KindRules.unchanged(body)
            ? EmbeddingRules.renumbered(embedding)
            : Parentage.mayBe(body, parent);
    return decided ? parent : Parent.UNDETERMINED;
  }

  private Verdict overall(List<ComponentVerdict> components) {
    ComponentVerdict strongest =
        bodies(components).stream()
            .min(Comparator.comparing(ComponentVerdict::relation))
            .orElseGet(() ->
                components.stream()
                    .filter(verdict -> verdict.component() == Component.BEHAVIOUR)
                    .findFirst()
                    .orElse(null));
    if (strongest == null) {
      return new Verdict(
          Relation.NOT_COMPARABLE,
          texts.text("summary.not-comparable.nothing"),
          texts.text("change.not-comparable"),
          components);
    }
    return new Verdict(
        strongest.relation(), texts.summary(strongest), texts.wouldChange(strongest), components);
  }
}
