package dev.stemma.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as people read them. */
final class Numbers {
  static final String MISSING = "–";
  private static final double SCIENTIFIC_BELOW = 1e-4;
  private static final double SCIENTIFIC_ABOVE = 1e7;

  private Numbers() {}

  /** A p-value from its base-10 logarithm, as in {@code 10^-744}; small exponents as a decimal. */
  static String p(@Nullable Double log10p) {
    if (log10p == null || log10p.isNaN()) {
      return MISSING;
    }
    if (log10p > -3) {
      return value(Math.pow(10, log10p));
    }
    return "10^" + exponent(log10p);
  }

  /** The rounded exponent; towards zero, so that no p-value is printed smaller than it is. */
  static String exponent(double log10p) {
    if (Double.isInfinite(log10p)) {
      return "-∞";
    }
    double exponent = log10p > -10 ? Math.ceil(log10p * 10) / 10 : Math.ceil(log10p);
    return exponent == Math.rint(exponent)
        ? Long.toString((long) exponent)
        : String.format(Locale.ROOT, "%.1f", exponent);
  }

  /** A figure with about four digits; {@code –} where it is not a number. */
  static String value(double value) {
    if (Double.isNaN(value)) {
      return MISSING;
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "-∞";
    }
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e15) {
      return String.format(Locale.ROOT, size < 1e4 ? "%d" : "%,d", (long) value);
    }
    if (size < SCIENTIFIC_BELOW || size >= SCIENTIFIC_ABOVE) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.1f", value);
    }
    if (size > 0.999 && size < 1) {
      return trimmed(String.format(Locale.ROOT, "%.6f", floor(value, 1e6)));
    }
    return trimmed(String.format(Locale.ROOT, size >= 10 ? "%.2f" : "%.4f", value));
  }

  /** "341 of 352", or the value alone. */
  static String statistic(Texts texts, double value, @Nullable Double of) {
    return of == null ? value(value) : texts.get("label.of", value(value), value(of));
  }

  /** A count of parameters: 102.65 billion as {@code 102.65B}. */
  static String count(long count) {
    if (count >= 1_000_000_000L) {
      return String.format(Locale.ROOT, "%.2fB", count / 1e9);
    }
    if (count >= 1_000_000L) {
      return String.format(Locale.ROOT, "%.1fM", count / 1e6);
    }
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Almost one is not one: digits are cut, not rounded up. */
  private static double floor(double value, double digits) {
    return Math.signum(value) * Math.floor(Math.abs(value) * digits) / digits;
  }

  private static String trimmed(String digits) {
    int end = digits.length();
    while (digits.charAt(end - 1) == '0') {
      end--;
    }
    return digits.substring(0, digits.charAt(end - 1) == '.' ? end - 1 : end);
  }
}
