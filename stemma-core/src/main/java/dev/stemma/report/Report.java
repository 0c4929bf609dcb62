package dev.stemma.report;

import dev.stemma.analysis.weights.CostPlan;
import dev.stemma.evidence.Evidence;
import dev.stemma.verdict.Verdict;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything one comparison found; every output format is a function of it.
 *
 * @param command the exact command that reproduces it
 * @param verdict null where nothing could be judged
 * @param notTested analyses that did not run at all; evidence that does not apply or failed is
 *     added to it by {@link #everythingNotTested()}
 * @param created when the comparison ended; null where the caller wants a report without a date
 * @param searched how many known models were searched, where a search came first
 * @param claims statements that were checked, where there were any
 * @param plan what the weight tests were to read, where weights were compared
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
    SortedMap<String, Double> thresholds,
    @Nullable Instant created,
    @Nullable Searched searched,
    List<Claim> claims,
    @Nullable CostPlan plan) {
  /** A model that was compared; {@code parameters} is not positive where it is not known. */
  public record Subject(
      String reference,
      String name,
      String digest,
      String family,
      long parameters,
      List<String> notes) {
    /** Keeps the list unmodifiable. */
    public Subject {
      notes = List.copyOf(notes);
    }
  }

  /** An analysis that did not run, and why. */
  public record NotTested(String id, String why) {}

  /** A search that came before the comparison: its size corrects the p-values. */
  public record Searched(int models, List<String> shortlist) {
    /** Keeps the list unmodifiable. */
    public Searched {
      shortlist = List.copyOf(shortlist);
    }
  }

  /** A published statement and what the evidence makes of it. */
  public record Claim(String claim, Outcome outcome, List<String> because) {
    /** Keeps the list unmodifiable. */
    public Claim {
      because = List.copyOf(because);
    }

    /** What becomes of a claim. */
    public enum Outcome {
      SUPPORTED("supported"),
      CONTRADICTED("contradicted"),
      NOT_TESTED("not-tested");

      private final String key;

      Outcome(String key) {
        this.key = key;
      }

      /** The name in reports, stable for scripts. */
      public String key() {
        return key;
      }
    }
  }

  /** Keeps the collections unmodifiable. */
  public Report {
    controls = List.copyOf(controls);
    candidates = List.copyOf(candidates);
    evidence = List.copyOf(evidence);
    notTested = List.copyOf(notTested);
    thresholds = Collections.unmodifiableSortedMap(new TreeMap<>(thresholds));
    claims = List.copyOf(claims);
  }

  /** A report of one comparison, without date, search and claims. */
  public Report(
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
    this(
        toolVersion,
        command,
        a,
        b,
        controls,
        candidates,
        verdict,
        evidence,
        notTested,
        thresholds,
        null,
        null,
        List.of(),
        null);
  }

  /** The same report with a date. */
  public Report at(Instant when) {
    return with(when, searched, claims, plan);
  }

  /** The same report with the plan of what was read. */
  public Report planned(CostPlan costPlan) {
    return with(created, searched, claims, costPlan);
  }

  /** The same report after a search. */
  public Report after(Searched search) {
    return with(created, search, claims, plan);
  }

  /** The same report with claims that were checked. */
  public Report checking(List<Claim> checked) {
    return with(created, searched, checked, plan);
  }

  /** The same report with more that was not tested. */
  public Report without(List<NotTested> more) {
    List<NotTested> all = new java.util.ArrayList<>(notTested);
    all.addAll(more);
    return new Report(
        toolVersion,
        command,
        a,
        b,
        controls,
        candidates,
        verdict,
        evidence,
        all,
        thresholds,
        created,
        searched,
        claims,
        plan);
  }

  private Report with(
      @Nullable Instant when,
      @Nullable Searched search,
      List<Claim> checked,
      @Nullable CostPlan costPlan) {
    return new Report(
        toolVersion,
        command,
        a,
        b,
        controls,
        candidates,
        verdict,
        evidence,
        notTested,
        thresholds,
        when,
        search,
        checked,
        costPlan);
  }

  /** What did not run, does not apply, or failed: each with its reason, in that order. */
  public List<Untested> everythingNotTested() {
    return Untested.of(this);
  }
}
