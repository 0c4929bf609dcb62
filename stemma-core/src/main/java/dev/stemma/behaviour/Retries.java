package dev.stemma.behaviour;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How often and when to ask again.
 *
 * @param tries in all, at least 1
 * @param first the wait before the second try; each further one is twice as long, to a bound, less
 *     a random part, so that clients do not come back in step
 * @param longest the longest wait that is taken, also when a server asks for more
 */
public record Retries(int tries, Duration first, Duration longest) {
  /** Six tries, from half a second. */
  public static final Retries USUAL =
      new Retries(6, Duration.ofMillis(500), Duration.ofSeconds(60));

  /** Whether a status may pass: too many requests, or a failure of the server. */
  static boolean mayPass(int status) {
    return switch (status) {
      case 408, 425, 429, 500, 502, 503, 504, 529 -> true;
      default -> false;
    };
  }

  /** Whether a status says that the question itself is not taken, now or later. */
  static boolean isRefusal(int status) {
    return status == 400 || status == 413 || status == 422;
  }

  /**
   * The wait before the next try; nothing where the server wants more than is taken.
   *
   * @param done tries so far
   * @param retryAfter the header's value, seconds or a date
   */
  Optional<Duration> next(
      int done, Optional<String> retryAfter, Instant now, RandomGenerator random) {
    if (done >= tries) {
      return Optional.empty();
    }
    Optional<Duration> asked = retryAfter.flatMap(value -> asked(value, now));
    if (asked.isPresent()) {
      return asked.filter(wait -> wait.compareTo(longest) <= 0);
    }
    long most =
        Math.min(longest.toMillis(), first.toMillis() << Math.min(20, Math.max(0, done - 1)));
    return Optional.of(Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1)));
  }

  private static Optional<Duration> asked(String value, Instant now) {
    try {
      if (value.strip().matches("\\d{1,9}(\\.\\d{1,9})?")) {
        return Optional.of(Duration.ofMillis((long) (Double.parseDouble(value.strip()) * 1000)));
      }
      Duration wait =
          Duration.between(
              now,
              ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
