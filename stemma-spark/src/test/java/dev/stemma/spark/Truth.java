package dev.stemma.spark;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.FingerprintFormat;
import dev.stemma.catalogue.Fingerprinting;
import dev.stemma.report.JsonReport;
import dev.stemma.report.Report;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.io.IOException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the local engine says, to compare the cluster's bits with. */
final class Truth {
  private Truth() {}

  /** A report as text, without the time at which it was made. */
  static String text(Report report) {
    StringBuilder text = new StringBuilder();
    try {
      new JsonReport().write(report.at(Instant.EPOCH), text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return text.toString();
  }

  static String compare(String a, String b) {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      return text(
          investigation.compare(
              new Investigation.Request(
                  a, b, List.of(), List.of(), Scope.PLANNED, "stemma compare " + a + " " + b)));
    }
  }

  static String fingerprint(String reference) {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      return bytes(
          CatalogueEntry.of(
              investigation.open(reference),
              reference,
              Fingerprinting.of(investigation.open(reference), investigation.tensors(), 2)));
    }
  }

  static String bytes(CatalogueEntry entry) {
    return entry.name()
        + " "
        + entry.digest()
        + " "
        + HexFormat.of().formatHex(FingerprintFormat.encode(entry.fingerprint()));
  }

  /** Collects what a sweep tells; a model told twice is a defect. */
  static final class Told implements FingerprintSweep.Outcomes {
    final Map<String, String> made = new TreeMap<>();
    final Map<String, String> failed = new TreeMap<>();

    @Override
    public void made(CatalogueEntry entry) {
      if (made.put(entry.reference(), bytes(entry)) != null) {
        throw new IllegalStateException(entry.reference() + " twice");
      }
    }

    @Override
    public void failed(String reference, String error) {
      if (failed.put(reference, error) != null) {
        throw new IllegalStateException(reference + " twice");
      }
    }
  }
}
