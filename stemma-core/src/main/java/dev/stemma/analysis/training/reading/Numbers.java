package dev.stemma.analysis.training.reading;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers as people and programs write them in logs and claims: 19.7T, 1e-4, 285ms, nan. */
public final class Numbers {
  private static final Pattern NUMBER =
      Pattern.compile(
          "([-+]?(?:\\d[\\d_]*\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d{1,4})?|[-+]?nan|[-+]?inf(?:inity)?)"
              + "\\s*([a-zA-Z%µ]{0,8})",
          Pattern.CASE_INSENSITIVE);

  private Numbers() {}

  /**
   * An option's number: 12e9, 12B, 40%.
   *
   * @throws ArtifactException BAD_ARGUMENT if it is none, or negative
   */
  public static double option(String name, String text) {
    double value = parse(text).map(Quantity::value).orElse(Double.NaN);
    if (!Double.isFinite(value) || value < 0) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT, name, "", "a number such as 12e9 or 12B", text, "Write it so.");
    }
    return value;
  }

  /** A number and the unit behind it ("" without one); the value is already in the base unit. */
  record Quantity(double value, String unit) {}

  /** Reads a whole text as a number with an optional unit. */
  static Optional<Quantity> parse(String text) {
    String stripped = text.strip();
    if (stripped.length() > 64) {
      return Optional.empty();
    }
    Matcher matcher = NUMBER.matcher(stripped.replace(",", ""));
    return matcher.matches() ? of(matcher.group(1), matcher.group(2)) : Optional.empty();
  }

  /** Reads a number and its unit. */
  static Optional<Quantity> of(String number, String unit) {
    double value = plain(number);
    double factor =
        switch (unit) {
          case "", "s", "sec", "seconds" -> 1;
          case "ms" -> 1e-3;
          case "us", "µs" -> 1e-6;
          case "min", "minutes" -> 60;
          case "h", "hours", "hrs" -> 3600;
          case "d", "days" -> 86_400;
          case "%" -> 1e-2;
          case "k", "K" -> 1e3;
          case "M", "m" -> 1e6;
          case "B", "b", "G" -> 1e9;
          case "T", "t" -> 1e12;
          default -> Double.NaN;
        };
    return Double.isNaN(factor)
        ? Optional.empty()
        : Optional.of(new Quantity(value * factor, unit));
  }

  private static double plain(String number) {
    String lower = number.toLowerCase(Locale.ROOT);
    if (lower.endsWith("nan")) {
      return Double.NaN;
    }
    if (lower.contains("inf")) {
      return lower.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    return Double.parseDouble(number.replace("_", ""));
  }
}
