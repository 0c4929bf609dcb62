package dev.stemma;

import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.Fingerprint;
import dev.stemma.catalogue.Fingerprinting;
import dev.stemma.catalogue.Search;
import dev.stemma.catalogue.Search.Hit;
import dev.stemma.report.Report;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Thresholds;
import dev.stemma.verdict.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A model against a catalogue: the nearest by fingerprint are compared in full, the one with the
 * strongest relation again beside controls of its own shape.
 */
public final class Verification {
  private static final int MOST_CONTROLS = 2;
  private static final int NEAR_ENOUGH_TO_LOOK = 64;

  private final Investigation investigation;
  private final Catalogue catalogue;
  private final int threads;
  private final Consumer<String> talk;

  /** Over a catalogue; {@code talk} hears what is done. */
  public Verification(
      Investigation investigation, Catalogue catalogue, int threads, Consumer<String> talk) {
    this.investigation = investigation;
    this.catalogue = catalogue;
    this.threads = threads;
    this.talk = talk;
  }

  /** A report and the nearest models that it rests on. */
  public record Result(Report report, List<Hit> shortlist) {}

  /**
   * Verifies a model.
   *
   * @param most models to compare in full
   * @param material claims to check, or null
   * @throws ArtifactException if the model cannot be read, or no model of the catalogue can
   */
  public Result verify(
      String reference, int most, @Nullable ClaimMaterial material, String command) {
    CanonicalModel model = investigation.open(reference);
    Fingerprint own = Fingerprinting.of(model, investigation.tensors(), threads);
    int models = catalogue.size();
    List<Hit> shortlist =
        Search.nearest(catalogue, own, most + 1, threads).stream()
            .filter(hit -> !hit.entry().reference().equals(reference))
            .limit(most)
            .toList();
    if (shortlist.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          catalogue.file().toString(),
          "",
          "a catalogue with models other than this one",
          models == 0 ? "an empty one" : "this model alone",
          "Add models with stemma catalogue add or build.");
    }
    List<Report.NotTested> unreachable = new ArrayList<>();
    @Nullable Hit nearest = null;
    @Nullable Report best = null;
    for (Hit hit : shortlist) {
      talk.accept("comparing with " + hit.entry().reference() + " ...");
      try {
        Report report = compare(hit.entry(), reference, List.of(), command, models);
        if (best == null || STRENGTH.compare(report, best) < 0) {
          nearest = hit;
          best = report;
        }
      } catch (ArtifactException e) {
        unreachable.add(notTested(hit.entry(), e));
      }
    }
    if (best == null || nearest == null) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          catalogue.file().toString(),
          "shortlist",
          "at least one model that can be opened",
          String.join("; ", unreachable.stream().map(Report.NotTested::why).toList()),
          "Nothing was tested. Fetch one of them, or add its folder to the catalogue.");
    }
    Report found = best;
    List<String> controls = controls(own, nearest.entry(), shortlist);
    if (!controls.isEmpty()) {
      talk.accept("again beside controls: " + String.join(", ", controls) + " ...");
      found = compare(nearest.entry(), reference, controls, command, models);
    }
    found =
        found
            .after(
                new Report.Searched(
                    models, shortlist.stream().map(hit -> hit.entry().reference()).toList()))
            .without(unreachable);
    if (material != null) {
      found =
          found
              .checking(ClaimChecks.of(material, model.model(), found.verdict()))
              .without(
                  material.claims().notes().stream()
                      .map(note -> new Report.NotTested("claims", note.toString()))
                      .toList());
    }
    return new Result(found, shortlist);
  }

  private Report compare(
      CatalogueEntry known, String reference, List<String> controls, String command, int models) {
    return investigation.compare(
        new Investigation.Request(
            known.reference(),
            reference,
            controls,
            List.of(),
            new Scope(new TreeSet<>(), false, List.of()),
            command),
        models);
  }

  /** The strongest relation first, then the smallest p-value. */
  private static final Comparator<Report> STRENGTH =
      Comparator.<Report, Relation>comparing(Verification::relation)
          .thenComparingDouble(Verification::log10p);

  private static Relation relation(Report report) {
    Verdict verdict = report.verdict();
    return verdict == null ? Relation.NOT_COMPARABLE : verdict.relation();
  }

  private static double log10p(Report report) {
    Verdict verdict = report.verdict();
    double smallest = 0;
    if (verdict != null) {
      for (ComponentVerdict component : verdict.components()) {
        Double log10p = component.log10p();
        if (component.component().isBody() && log10p != null) {
          smallest = Math.min(smallest, log10p);
        }
      }
    }
    return smallest;
  }

  private static Report.NotTested notTested(CatalogueEntry entry, ArtifactException why) {
    return new Report.NotTested(
        "catalogue:" + entry.reference(),
        "on the shortlist, cannot be compared: " + why.getMessage());
  }

  /** Models of the same shape that are far from both and can be opened. */
  private List<String> controls(Fingerprint own, CatalogueEntry known, List<Hit> shortlist) {
    Set<String> taken = new HashSet<>();
    shortlist.forEach(hit -> taken.add(hit.entry().reference()));
    List<CatalogueEntry> fitting = new ArrayList<>();
    catalogue.forEach(entry -> {
      Fingerprint print = entry.fingerprint();
      if (fitting.size() < NEAR_ENOUGH_TO_LOOK
          && !taken.contains(entry.reference())
          && print.shape().comparable(known.fingerprint().shape())
          && far(print, own)
          && far(print, known.fingerprint())) {
        fitting.add(entry);
      }
    });
    List<String> controls = new ArrayList<>();
    for (CatalogueEntry entry : fitting) {
      if (controls.size() < MOST_CONTROLS && opens(entry.reference())) {
        controls.add(entry.reference());
      }
    }
    return controls;
  }

  /** A control must be far from both by every block of its sketch. */
  private static boolean far(Fingerprint a, Fingerprint b) {
    double most = Thresholds.standard().get("catalogue.control.similarity.max");
    boolean far = a.layersInCommon(b) == 0 && a.similarity(b) < most;
    for (Fingerprint.Block block : Fingerprint.Block.values()) {
      far &= !(a.similarity(block, b) >= most);
    }
    return far;
  }

  private boolean opens(String reference) {
    try {
      investigation.open(reference);
      return true;
    } catch (ArtifactException e) {
      return false;
    }
  }
}
