package dev.stemma.report;

import dev.stemma.artifact.Printable;
import dev.stemma.evidence.Measured;
import java.util.List;
import java.util.Locale;

/** Small things that all formats need. */
final class Keys {
  /** Texts are cut by {@link Printable} at this length; longer ones pass in pieces. */
  private static final int PIECE = 40;

  private Keys() {}

  /** An enum's name in reports: {@code not-applicable}. */
  static String of(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** All measurements of a report. */
  static List<Measured> measured(Report report) {
    return report.evidence().stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .toList();
  }

  /** A sentence of ours that may hold names from files: printable, and not cut at 400. */
  static String printable(String text) {
    if (text.length() <= PIECE) {
      return Printable.text(text);
    }
    StringBuilder out = new StringBuilder(text.length() + 8);
    int start = 0;
    while (start < text.length()) {
      int end = Math.min(text.length(), start + PIECE);
      if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
        end--;
      }
      out.append(Printable.text(text.substring(start, end)));
      start = end;
    }
    return out.toString();
  }

  /** The digest in hexadecimal digits alone, whatever prefix it carries. */
  static String sha256(Report.Subject subject) {
    String digest = subject.digest();
    return digest.substring(digest.indexOf(':') + 1);
  }
}
