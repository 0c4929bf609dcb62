package dev.stemma.report;

import dev.stemma.artifact.Printable;
import dev.stemma.evidence.Measured;
import java.util.List;
import java.util.Locale;

/** Small things that all formats need. */
final class Keys {
  /** Texts are cut by {@link Printable} at this length; longer ones pass in pieces. */
  private static final int PIECE = 300;

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
    int end = Character.isHighSurrogate(text.charAt(PIECE - 1)) ? PIECE - 1 : PIECE;
    return Printable.text(text.substring(0, end)) + printable(text.substring(end));
  }

  /** The digest in hexadecimal digits alone, whatever prefix it carries. */
  static String sha256(Report.Subject subject) {
    String digest = subject.digest();
    return digest.substring(digest.indexOf(':') + 1);
  }
}
