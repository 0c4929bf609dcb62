package dev.stemma;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.report.Report;
import dev.stemma.report.ReportDocument;
import dev.stemma.report.ToolVersion;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Judge;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Thresholds;
import dev.stemma.verdict.Verdict;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Checks what a report states against its own evidence, the rules and the models: item by item, and
 * what cannot be checked is said to be so.
 */
public final class ReportCheck {
  /** Figures that a file carries exactly may differ by the last digit of another machine's sum. */
  private static final double TOLERANCE = 1e-9;

  private final ReportDocument document;
  private final List<Item> items = new ArrayList<>();

  /** Checks nothing yet. */
  public ReportCheck(ReportDocument document) {
    this.document = document;
  }

  /** What became of one thing. */
  public enum Outcome {
    CHECKED("checked"),
    FAILED("failed"),
    NOT_CHECKABLE("not-checkable");

    private final String key;

    Outcome(String key) {
      this.key = key;
    }

    /** The name in JSON, stable for scripts. */
    public String key() {
      return key;
    }
  }

  /** One thing that was looked at. */
  public record Item(String id, Outcome outcome, String what) {}

  /** What was found so far, in order. */
  public List<Item> items() {
    return List.copyOf(items);
  }

  private void add(String id, boolean right, String what) {
    items.add(new Item(id, right ? Outcome.CHECKED : Outcome.FAILED, what));
  }

  private void cannot(String id, String why) {
    items.add(new Item(id, Outcome.NOT_CHECKABLE, why));
  }

  /** The subjects of an in-toto statement are the models of its report, by digest. */
  public void statement() {
    List<ReportDocument.Subject> stated = document.statementSubjects();
    if (stated == null) {
      return;
    }
    List<ReportDocument.Subject> models =
        document.subjects().stream().filter(model -> !model.digest().isEmpty()).toList();
    boolean same = stated.size() == models.size();
    for (int at = 0; same && at < models.size(); at++) {
      same =
          stated.get(at).reference().equals(models.get(at).reference())
              && models.get(at).digest().endsWith(stated.get(at).digest())
              && !stated.get(at).digest().isEmpty();
    }
    add("statement.subjects", same, "the statement's subjects are the report's models by digest");
  }

  /** Verdict from components, components from evidence, evidence against the thresholds. */
  public void arithmetic() {
    overall();
    because();
    SortedMap<String, Double> ours = Thresholds.standard().values();
    SortedMap<String, Double> printed = document.thresholds();
    List<String> others =
        ours.keySet().stream()
            .filter(name -> !Objects.equals(ours.get(name), printed.get(name)))
            .toList();
    boolean sameVersion = document.version().equals(ToolVersion.VERSION);
    if (!others.isEmpty() && !sameVersion) {
      String why =
          "made by version "
              + document.version()
              + " with other thresholds ("
              + String.join(", ", others)
              + "); this is "
              + ToolVersion.VERSION;
      cannot("thresholds", why);
      cannot("verdict.rules", why);
      return;
    }
    add(
        "thresholds",
        others.isEmpty(),
        others.isEmpty()
            ? printed.size() + " thresholds are those of this version"
            : "not this version's: " + String.join(", ", others));
    rules();
  }

  private void overall() {
    String stated = document.relation();
    Relation strongest =
        document.components().stream()
            .filter(component ->
                Arrays.stream(dev.stemma.artifact.Component.values())
                    .anyMatch(one ->
                        one.isBody() && one.key().equals(component.path("component").asString(""))))
            .map(component -> relation(component.path("relation").asString("")))
            .filter(Objects::nonNull)
            .min(Relation::compareTo)
            .orElseGet(() ->
                document.components().stream()
                    .filter(
                        component -> component.path("component").asString("").equals("behaviour"))
                    .map(component -> relation(component.path("relation").asString("")))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(Relation.NOT_COMPARABLE));
    add(
        "verdict.relation",
        strongest.key().equals(stated),
        "strongest among the components that bear weights: "
            + strongest.key()
            + ", stated: "
            + stated);
  }

  private static @Nullable Relation relation(String key) {
    return Arrays.stream(Relation.values())
        .filter(one -> one.key().equals(key))
        .findFirst()
        .orElse(null);
  }

  private void because() {
    List<String> measured =
        document.evidence().stream()
            .filter(Measured.class::isInstance)
            .map(Evidence::id)
            .distinct()
            .toList();
    List<String> missing = new ArrayList<>();
    for (JsonNode component : document.components()) {
      component
          .path("because")
          .forEach(id -> {
            if (!measured.contains(id.asString(""))) {
              missing.add(id.asString(""));
            }
          });
    }
    add(
        "verdict.because",
        missing.isEmpty(),
        missing.isEmpty()
            ? "every analysis that decided is among the measured ones"
            : "named as deciding and not measured: " + String.join(", ", missing));
  }

  /** Judges the evidence anew. A control's own evidence is in the report only as its p-values. */
  private void rules() {
    List<Evidence> evidence = document.evidence();
    Verdict again = Judge.judge(evidence, List.of());
    List<String> differences = new ArrayList<>();
    for (JsonNode stated : document.components()) {
      String name = stated.path("component").asString("");
      ComponentVerdict ours = component(again, name).orElse(null);
      boolean controlFired = controlFired(evidence, name);
      if (ours == null) {
        differences.add(name + ": no rule judges it");
      } else if (controlFired
          && (ours.relation() == Relation.DERIVED
              || ours.relation() == Relation.SHARED_ANCESTOR
              || ours.relation() == Relation.IDENTICAL)) {
        if (!stated.path("relation").asString("").equals(Relation.INCONCLUSIVE.key())) {
          differences.add(name + ": a control fires, and it is not inconclusive");
        }
      } else {
        differences.addAll(differences(name, stated, ours));
      }
    }
    for (ComponentVerdict ours : again.components()) {
      if (document.components().stream()
          .noneMatch(one -> one.path("component").asString("").equals(ours.component().key()))) {
        differences.add(ours.component().key() + ": left out");
      }
    }
    add(
        "verdict.rules",
        differences.isEmpty(),
        differences.isEmpty()
            ? document.components().size()
                + " components come out of the rules as stated, from "
                + evidence.size()
                + " items of evidence"
            : String.join("; ", differences));
  }

  private static Optional<ComponentVerdict> component(Verdict verdict, String name) {
    return verdict.components().stream()
        .filter(one -> one.component().key().equals(name))
        .findFirst();
  }

  private static boolean controlFired(List<Evidence> evidence, String component) {
    double alarm = Thresholds.standard().get("exact.alarm.log10p");
    return evidence.stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .filter(found -> found.component().key().equals(component))
        .filter(found -> found.basis() == Measured.Basis.EXACT && found.id().startsWith("weights."))
        .flatMap(found -> found.controls().stream())
        .anyMatch(control -> control.log10p() != null && control.log10p() + 1 < alarm);
  }

  private static List<String> differences(String name, JsonNode stated, ComponentVerdict ours) {
    List<String> differences = new ArrayList<>();
    compare(differences, name + ".relation", stated.path("relation"), ours.relation().key());
    compare(
        differences,
        name + ".kinds",
        stated.path("kinds"),
        ours.kinds().stream().map(Kind::key).toList());
    compare(
        differences,
        name + ".parent",
        stated.path("parent"),
        ours.parent() == null ? null : ours.parent().key());
    compare(differences, name + ".because", stated.path("because"), ours.because());
    Double log10p = ours.log10p();
    JsonNode p = stated.path("log10p");
    if (log10p == null ? p.isNumber() : !near(p, log10p)) {
      differences.add(name + ".log10p: stated " + p + ", the rules give " + log10p);
    }
    return differences;
  }

  private static void compare(
      List<String> differences, String place, JsonNode stated, @Nullable Object ours) {
    Object found;
    if (stated.isArray()) {
      List<String> texts = new ArrayList<>();
      stated.forEach(one -> texts.add(one.asString("")));
      found = texts;
    } else {
      found = stated.isNull() || stated.isMissingNode() ? null : stated.asString("");
    }
    if (!Objects.equals(found, ours)) {
      differences.add(place + ": stated " + found + ", the rules give " + ours);
    }
  }

  private static boolean near(JsonNode stated, double ours) {
    return stated.isNumber()
        && Math.abs(stated.doubleValue() - ours) <= TOLERANCE * Math.max(1, Math.abs(ours));
  }

  /**
   * Digests of the models that can be reached.
   *
   * @param remote whether models that are not files of this machine are read too
   */
  public void digests(Investigation investigation, boolean remote) {
    for (ReportDocument.Subject subject : document.subjects()) {
      String id = "digest." + subject.role() + " " + subject.reference();
      if (subject.reference().startsWith("openai:")) {
        cannot(id, "an endpoint has no digest");
        continue;
      }
      if (subject.digest().isEmpty()) {
        cannot(id, "the report states none");
        continue;
      }
      if (!remote && !isHere(subject.reference())) {
        cannot(id, "no such file here; --remote also reads what is not on this machine");
        continue;
      }
      try {
        String found = investigation.open(subject.reference()).model().digest().hexadecimal();
        String stated = subject.digest().substring(subject.digest().indexOf(':') + 1);
        add(id, found.equals(stated), "stated " + stated + ", found " + found);
      } catch (ArtifactException e) {
        cannot(id, String.valueOf(e.getMessage()));
      }
    }
  }

  /** Whether all parts of a reference are files or folders of this machine. */
  public static boolean isHere(String reference) {
    for (String part : reference.split("\\+\\+", -1)) {
      try {
        if (!Files.exists(Path.of(part))) {
          return false;
        }
      } catch (InvalidPathException e) {
        return false;
      }
    }
    return true;
  }

  /** Runs the report's comparison anew and compares what comes out. */
  public void rerun(Supplier<Report> comparison) {
    Report again;
    try {
      again = comparison.get();
    } catch (ArtifactException e) {
      cannot("rerun", String.valueOf(e.getMessage()));
      return;
    }
    Verdict verdict = again.verdict();
    String relation = (verdict == null ? Relation.NOT_COMPARABLE : verdict.relation()).key();
    add(
        "rerun.relation",
        relation.equals(document.relation()),
        "stated " + document.relation() + ", found " + relation);
    List<String> differences = new ArrayList<>();
    if (verdict != null) {
      for (JsonNode stated : document.components()) {
        String name = stated.path("component").asString("");
        component(verdict, name)
            .ifPresentOrElse(
                ours -> differences.addAll(differences(name, stated, ours)),
                () -> differences.add(name + ": not found again"));
      }
    }
    add(
        "rerun.components",
        differences.isEmpty(),
        differences.isEmpty() ? "as stated" : String.join("; ", differences));
    figures(again);
  }

  private void figures(Report again) {
    List<String> differences = new ArrayList<>();
    int same = 0;
    Map<String, Measured> found = new java.util.TreeMap<>();
    for (Evidence item : again.evidence()) {
      if (item instanceof Measured measured) {
        found.put(item.id() + " " + item.component().key(), measured);
      }
    }
    for (Evidence item : document.evidence()) {
      if (item instanceof Measured stated) {
        Measured ours = found.get(item.id() + " " + item.component().key());
        if (ours != null
            && near(stated.statistic().value(), ours.statistic().value())
            && near(stated.log10p(), ours.log10p())) {
          same++;
        } else {
          differences.add(item.id() + " (" + item.component().key() + ")");
        }
      }
    }
    add(
        "rerun.figures",
        differences.isEmpty(),
        differences.isEmpty()
            ? same + " measurements are the same"
            : same + " the same, others: " + String.join(", ", differences));
  }

  private static boolean near(@Nullable Double stated, @Nullable Double ours) {
    if (stated == null || ours == null || !Double.isFinite(ours)) {
      return stated == null ? ours == null || !Double.isFinite(ours) : Double.isNaN(stated);
    }
    return Math.abs(stated - ours) <= TOLERANCE * Math.max(1, Math.abs(ours));
  }

  /** That nothing was run anew, and why. */
  public void notRerun(String why) {
    cannot("rerun", why);
  }
}
