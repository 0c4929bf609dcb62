package dev.stemma.web;

import dev.stemma.GuestAccess;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the server is to run.
 *
 * @param host the address to bind
 * @param port 0 for any that is free
 * @param publicUrl under which people reach it through a proxy; null for none
 * @param token that everybody must show; null only on loopback
 * @param access what guests may read
 * @param parallel comparisons at a time
 * @param threads of one comparison
 * @param limits of clients
 */
public record WebSettings(
    String host,
    int port,
    @Nullable URI publicUrl,
    @Nullable String token,
    GuestAccess access,
    int parallel,
    int threads,
    Limits limits) {
  /**
   * Bounds, for each client where nothing else is said.
   *
   * @param requestsPerSecond on average; ten seconds' worth at once
   * @param unfinishedJobs that wait or run
   * @param unfinishedJobsOfAll the same of all clients
   * @param streams of events that are open
   * @param uploadBytes of one request
   * @param uploadedBytes kept of all clients
   * @param jobTime after which a comparison is stopped
   */
  public record Limits(
      int requestsPerSecond,
      int unfinishedJobs,
      int unfinishedJobsOfAll,
      int streams,
      long uploadBytes,
      long uploadedBytes,
      Duration jobTime) {
    /** Those of the command line. */
    public static final Limits STANDARD =
        new Limits(100, 8, 100, 10, 512L << 20, 8L << 30, Duration.ofMinutes(30));
  }
}
