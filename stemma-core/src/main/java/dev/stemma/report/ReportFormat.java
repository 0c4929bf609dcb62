package dev.stemma.report;

import java.io.IOException;

/** One way to write a report. Adding a format is one class and one line in {@link Reports}. */
public interface ReportFormat {
  /**
   * Writes the whole report.
   *
   * @throws IOException if {@code out} does
   */
  void write(Report report, Appendable out) throws IOException;
}
