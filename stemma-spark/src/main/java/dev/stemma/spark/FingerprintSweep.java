package dev.stemma.spark;

import dev.stemma.Investigation;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.Fingerprint;
import dev.stemma.catalogue.FingerprintPartial;
import dev.stemma.catalogue.FingerprintPlan;
import dev.stemma.catalogue.FingerprintUnit;
import dev.stemma.catalogue.Fingerprinting;
import dev.stemma.source.Progress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Fingerprints of many models, a wave at a time. Executors read the headers and plan; the units of
 * all the wave's models are then measured side by side, so that one large model keeps all busy.
 */
final class FingerprintSweep {
  private final SparkEngine engine;
  private final boolean allowPrivate;
  private final Outcomes outcomes;

  FingerprintSweep(SparkEngine engine, boolean allowPrivate, Outcomes outcomes) {
    this.engine = engine;
    this.allowPrivate = allowPrivate;
    this.outcomes = outcomes;
  }

  /** Is told of every model once. */
  interface Outcomes {
    void made(CatalogueEntry entry);

    void failed(String reference, String error);
  }

  /** A model whose headers are to be read. */
  private record Unopened(String reference, boolean allowPrivate) implements WorkUnit {
    @Override
    public long bytes() {
      return 0;
    }

    Opened open() {
      try (Investigation investigation =
          new Investigation(SparkEngine.sources(allowPrivate), 1, Progress.NONE)) {
        CanonicalModel model = investigation.open(reference);
        return new Opened(
            model.model().name(), model.model().digest().hexadecimal(), FingerprintPlan.of(model));
      }
    }
  }

  /** What its headers say. */
  private record Opened(String name, String digest, FingerprintPlan plan) implements Partial {}

  /** Makes the fingerprints of all, so many models at a time. */
  void run(List<String> references, int wave) {
    for (int from = 0; from < references.size(); from += wave) {
      attempt(references.subList(from, Math.min(references.size(), from + wave)));
    }
  }

  /** A model that takes its executor with it, again and again, is found by halving the wave. */
  private void attempt(List<String> references) {
    List<Result> results;
    try {
      results = wave(references);
    } catch (SparkEngine.ClusterException e) {
      if (references.size() == 1) {
        outcomes.failed(references.getFirst(), String.valueOf(e.getMessage()));
      } else {
        int half = references.size() / 2;
        attempt(references.subList(0, half));
        attempt(references.subList(half, references.size()));
      }
      return;
    }
    results.forEach(result -> result.tell(outcomes));
  }

  /** Told only when its whole wave is there: a wave that is run again tells nothing twice. */
  private interface Result {
    void tell(Outcomes outcomes);
  }

  private List<Result> wave(List<String> references) {
    List<Attempt<Opened>> opened =
        engine.attempt(
            "headers of " + references.size() + " models",
            references.stream().map(reference -> new Unopened(reference, allowPrivate)).toList(),
            (unit, tensors) -> unit.open(),
            Progress.NONE);
    List<FingerprintUnit> units = new ArrayList<>();
    for (Attempt<Opened> model : opened) {
      if (model.value() != null) {
        units.addAll(model.value().plan().units());
      }
    }
    List<Attempt<FingerprintPartial>> partials =
        engine.attempt(
            "fingerprints of " + references.size() + " models",
            units,
            Fingerprinting::measure,
            Progress.NONE);
    List<Result> results = new ArrayList<>();
    int at = 0;
    for (int model = 0; model < opened.size(); model++) {
      Attempt<Opened> header = opened.get(model);
      int count = header.value() == null ? 0 : header.value().plan().units().size();
      results.add(concluded(references.get(model), header, partials.subList(at, at + count)));
      at += count;
    }
    return results;
  }

  private static Result concluded(
      String reference, Attempt<Opened> header, List<Attempt<FingerprintPartial>> partials) {
    try {
      Opened opened = header.get();
      Fingerprint print =
          Fingerprinting.conclude(opened.plan(), partials.stream().map(Attempt::get).toList());
      CatalogueEntry entry =
          new CatalogueEntry(
              reference,
              opened.name(),
              opened.digest(),
              Instant.now().truncatedTo(ChronoUnit.SECONDS),
              print);
      return told -> told.made(entry);
    } catch (ArtifactException | Attempt.RemoteFailure e) {
      String error = e instanceof ArtifactException ? String.valueOf(e.getMessage()) : e.toString();
      return told -> told.failed(reference, error);
    }
  }
}
