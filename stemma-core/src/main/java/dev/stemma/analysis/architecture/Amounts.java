package dev.stemma.analysis.architecture;

import java.util.Locale;

/** Numbers as people read them. */
public final class Amounts {
  private Amounts() {}

  /** As in {@code 102.65B}. */
  public static String parameters(double count) {
    if (count >= 1e9) {
      return String.format(Locale.ROOT, "%.2fB", count / 1e9);
    }
    if (count >= 1e6) {
      return String.format(Locale.ROOT, "%.2fM", count / 1e6);
    }
    return count >= 1e3
        ? String.format(Locale.ROOT, "%.2fK", count / 1e3)
        : String.format(Locale.ROOT, "%.0f", count);
  }

  /** As in {@code 102.65B}. */
  public static String parameters(long count) {
    return parameters((double) count);
  }

  /** As in {@code 205.3 GB} (powers of ten, as hardware is sold). */
  public static String bytes(double bytes) {
    if (bytes >= 1e9) {
      return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
    return bytes >= 1e6
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
  }

  /** As in {@code 102,651,793,408}. */
  public static String exact(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** How much b is above a, in percent of a: as in {@code +29.7%}. */
  public static String percent(long a, long b) {
    if (a == b) {
      return "0%";
    }
    return a == 0 ? "new" : String.format(Locale.ROOT, "%+.1f%%", 100.0 * (b - a) / a);
  }
}
