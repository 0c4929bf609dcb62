package dev.stemma.verdict;

import dev.stemma.artifact.Component;
import dev.stemma.evidence.Measured;
import java.math.BigDecimal;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.stream.Collectors;

/** The verdict's sentences, by key in a resource bundle, so that each language is one file. */
final class VerdictTexts {
  private static final String PLANTED = "weights.planted-copies";
  private static final String SPECTRAL = "weights.spectral-agreement";
  private static final String COLUMNS = "weights.embedding-columns";

  /** Which tests see a copy with which disguise. */
  private static final Map<String, List<String>> DISGUISES = disguises();

  private final ResourceBundle bundle;
  private final Locale locale;

  VerdictTexts(Locale locale) {
    this.locale = locale;
    this.bundle =
        ResourceBundle.getBundle(
            "dev.stemma.verdict.verdict",
            locale,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
  }

  private static Map<String, List<String>> disguises() {
    Map<String, List<String>> tests = new LinkedHashMap<>();
    tests.put("in-place", List.of("weights.neuron-matching", "weights.attention-columns"));
    tests.put("neurons-in-place", List.of("weights.neuron-relations"));
    tests.put("permuted", List.of("weights.neuron-agreement.permutation"));
    tests.put("rotated", List.of("weights.neuron-agreement.procrustes"));
    tests.put("new-tokenizer", List.of(SPECTRAL));
    return tests;
  }

  String text(String key, Object... values) {
    return new MessageFormat(bundle.getString(key), locale).format(values);
  }

  String summary(ComponentVerdict verdict) {
    String component = text("component." + verdict.component().key());
    return switch (verdict.relation()) {
      case IDENTICAL -> text("summary.identical", component);
      case DERIVED ->
          verdict.equalSoFar()
              ? text("summary.equal-so-far", component)
              : derived(verdict, component);
      case SHARED_ANCESTOR ->
          verdict.kinds().contains(Kind.SAME_INITIALISATION)
              ? text("summary.same-initialisation", component)
              : text("summary.shared-ancestor", component);
      case INCONCLUSIVE ->
          verdict.because().isEmpty()
              ? text("summary.inconclusive.failed", component)
              : text("summary.inconclusive.control", component, join(verdict.because()));
      case NO_EVIDENCE ->
          verdict.component() == Component.BEHAVIOUR
              ? text("summary.no-evidence.behaviour")
              : text("summary.no-evidence", component);
      case NOT_COMPARABLE -> text("summary.not-comparable", component);
      case AFFINITY ->
          verdict.parent() == Parent.UNDETERMINED
              ? text("summary.affinity.undetermined")
              : text("summary.affinity");
    };
  }

  private String derived(ComponentVerdict verdict, String component) {
    Parent parent = verdict.parent() == null ? Parent.UNDETERMINED : verdict.parent();
    String how =
        verdict.kinds().isEmpty()
            ? text("how.unknown")
            : join(verdict.kinds().stream().map(kind -> text("kind." + kind.key())).toList());
    return text("summary.derived." + parent.key(), component, how);
  }

  String wouldChange(ComponentVerdict verdict) {
    List<Kind> kinds = verdict.kinds();
    if (verdict.component() == Component.BEHAVIOUR && verdict.relation() == Relation.NO_EVIDENCE) {
      return text("change.no-evidence.behaviour");
    }
    return text(
        kinds.contains(Kind.SAME_INITIALISATION)
            ? "change.same-initialisation"
            : verdict.equalSoFar() ? "change.equal-so-far" : "change." + verdict.relation().key());
  }

  /** What a relation would have looked like, and what was not tested. */
  String power(Findings facts) {
    List<String> notTested = facts.notTested();
    String untested = notTested.isEmpty() ? "" : " " + String.join(" ", notTested);
    return facts
        .measured(PLANTED)
        .map(found -> planted(found, facts.value(SPECTRAL, "sees.correlation")))
        .map(said -> said + " " + text("power.never") + untested)
        .orElseGet(() -> byFormula(facts) + untested);
  }

  /** The largest drift seen, by disguise; tests of the same disguise count together. */
  private String planted(Measured found, double spectral) {
    List<String> sentences = new ArrayList<>();
    sentences.add(text("power.planted", (int) found.value("layer", 0)));
    DISGUISES.forEach((disguise, tests) -> {
      if (highest(found, "planted.", tests) >= 0) {
        sentences.add(drift("power.planted." + disguise, found, tests));
      }
    });
    if (Double.isFinite(spectral) && highest(found, "planted.", List.of(SPECTRAL)) < 0) {
      sentences.add(text("power.by-attention.unplanted", two(spectral)));
    }
    return String.join(" ", sentences);
  }

  private static double highest(Measured planted, String prefix, List<String> tests) {
    return tests.stream().mapToDouble(test -> planted.value(prefix + test, -1)).max().orElse(-1);
  }

  private String drift(String key, Measured planted, List<String> tests) {
    double seen = Math.max(0, highest(planted, "drift.", tests));
    return text(
        key,
        number(seen),
        two(1 / Math.sqrt(1 + seen * seen)),
        number(highest(planted, "planted.", tests)));
  }

  private static String number(double value) {
    return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  /** As the tests' own formulas and earlier measurements have it, where nothing was planted. */
  private String byFormula(Findings facts) {
    double sees = facts.value("weights.neuron-matching", "sees.correlation");
    String inPlace = Double.isNaN(sees) ? "" : text("power.in-place", two(sees)) + " ";
    double aligned = facts.value("weights.neuron-agreement", "sees.correlation");
    double spectral = facts.value(SPECTRAL, "sees.correlation");
    String disguised =
        Double.isNaN(spectral)
            ? text("power.planned")
            : (Double.isNaN(aligned) ? "" : text("power.aligned", two(aligned)) + " ")
                + text("power.by-attention", two(spectral))
                + " "
                + text("power.never");
    return inPlace + disguised;
  }

  /** What was not compared of two components that are equal as far as they were. */
  String unread(Findings facts) {
    int unpaired = (int) facts.value("weights.similarity", "tensors.unpaired");
    return text("unread.some", unpaired)
        + (facts.notTested().isEmpty() ? "" : " " + String.join(" ", facts.notTested()));
  }

  /** By how much answers would have had to be closer than the nearest control's. */
  String behaviourPower(Measured found) {
    double lead = found.value("sees.lead", Double.NaN);
    return Double.isNaN(lead) || lead >= 1
        ? text("power.behaviour.none")
        : text("power.behaviour", String.format(Locale.ROOT, "%.1f", 100 * lead));
  }

  /** What copied embeddings would have looked like. */
  String embeddingPower(Findings facts) {
    Optional<Measured> planted = facts.measured(PLANTED);
    if (planted.isPresent()) {
      return drift("power.planted.embedding", planted.get(), List.of(COLUMNS));
    }
    double sees = facts.value("weights.embedding-columns", "sees.correlation");
    return Double.isNaN(sees) ? text("power.kept-dimensions") : text("power.embedding", two(sees));
  }

  private static String two(double correlation) {
    return String.format(Locale.ROOT, "%.2f", correlation);
  }

  private static String join(List<String> words) {
    return words.stream().collect(Collectors.joining(", "));
  }
}
