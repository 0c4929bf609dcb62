package dev.stemma.report;

import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.nio.file.Path;

/** Reports as files, for tests of what reads them. */
public final class SampleReportFiles {
  private SampleReportFiles() {}

  /** Writes one of a derived pair. */
  public static void derived(Path file) {
    Reports.write(SampleReports.of(Relation.DERIVED, Parent.A), file);
  }
}
