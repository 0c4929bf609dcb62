package dev.stemma.source.remote;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How often and when something is asked again: waits double, with jitter; as long as the server
 * says where it says so; what brought bytes counts as a new beginning.
 */
final class Patience {
  private static final int FAILURES_IN_A_ROW = 7;
  private static final int NO_CONNECTION = 2;
  private static final int FAILURES_IN_ALL = 200;
  private static final Duration LONGEST = Duration.ofSeconds(20);
  private static final Duration LONGEST_ASKED = Duration.ofMinutes(2);

  private final URI uri;
  private final Duration first;
  private int inARow;
  private int inAll;
  private boolean everRewarded;

  Patience(URI uri, Duration first) {
    this.uri = uri;
    this.first = first;
  }

  /** Something came. */
  void rewarded() {
    inARow = 0;
    everRewarded = true;
  }

  /** Whether asking again may help. */
  static boolean isPassing(int status) {
    return switch (status) {
      case 408, 425, 429, 500, 502, 503, 504 -> true;
      default -> false;
    };
  }

  /**
   * Waits before the next attempt.
   *
   * @throws dev.stemma.artifact.ArtifactException if there were enough
   */
  void after(String why, Optional<Duration> asked, @Nullable Throwable cause) {
    inARow++;
    inAll++;
    if (inARow >= FAILURES_IN_A_ROW || inAll >= FAILURES_IN_ALL) {
      throw Failures.download(uri, "", "an answer within " + inAll + " attempts", why, cause);
    }
    if (asked.isPresent() && asked.get().compareTo(LONGEST_ASKED) > 0) {
      throw Failures.download(
          uri,
          "",
          "a server with time",
          why + ", asks to wait " + asked.get().toSeconds() + " s",
          cause);
    }
    long doubled = Math.min(LONGEST.toNanos(), first.toNanos() << Math.min(20, inARow - 1));
    long jittered = doubled / 2 + ThreadLocalRandom.current().nextLong(doubled / 2 + 1);
    pause(Math.max(jittered, asked.map(Duration::toNanos).orElse(0L)));
  }

  /** Where nobody listens, nobody will; unless somebody did. */
  void afterNoConnection(java.net.ConnectException cause) {
    if (!everRewarded && inAll >= NO_CONNECTION) {
      throw Failures.download(
          uri, "", "a server that answers", String.valueOf(cause.getMessage()), cause);
    }
    after(String.valueOf(cause.getMessage()), Optional.empty(), cause);
  }

  private static void pause(long nanoseconds) {
    try {
      Thread.sleep(Duration.ofNanos(nanoseconds));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("interrupted").initCause(e);
    }
  }
}
