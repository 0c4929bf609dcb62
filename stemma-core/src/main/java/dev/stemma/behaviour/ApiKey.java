package dev.stemma.behaviour;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The secret of an endpoint. It has no {@code toString} that shows it, and {@link #redacted} takes
 * it out of whatever is kept.
 */
public final class ApiKey {
  /** No key. */
  public static final ApiKey NONE = new ApiKey("");

  private static final int SHORTEST_REDACTED = 4;

  private final String value;

  private ApiKey(String value) {
    this.value = value;
  }

  /**
   * The key for an endpoint: {@code STEMMA_API_KEY_HOST} (the host in capitals, other characters as
   * {@code _}); else, for the first endpoint of a command, {@code STEMMA_API_KEY} or {@code
   * OPENAI_API_KEY}. A key never goes over plain http except on this machine.
   *
   * @param first whether this is the first endpoint's origin: a key for one host is not shown to
   *     another
   */
  public static ApiKey of(Map<String, String> environment, URI base, boolean first) {
    String host = base.getHost() == null ? "" : base.getHost();
    String own = "STEMMA_API_KEY_" + host.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    String found = environment.getOrDefault(own, "");
    if (found.isBlank() && first) {
      found = environment.getOrDefault("STEMMA_API_KEY", "");
      found = found.isBlank() ? environment.getOrDefault("OPENAI_API_KEY", "") : found;
    }
    boolean safe = "https".equalsIgnoreCase(base.getScheme()) || isLoopback(host);
    return found.isBlank() || !safe ? NONE : new ApiKey(found.strip());
  }

  private static boolean isLoopback(String host) {
    return host.equalsIgnoreCase("localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  /** The value of the Authorization header, where there is a key. */
  Optional<String> authorization() {
    return value.isEmpty() ? Optional.empty() : Optional.of("Bearer " + value);
  }

  /** The text with the key taken out, should a server have echoed it. */
  public String redacted(String text) {
    return value.length() < SHORTEST_REDACTED ? text : text.replace(value, "[key]");
  }

  @Override
  public String toString() {
    return value.isEmpty() ? "no key" : "a key";
  }
}
