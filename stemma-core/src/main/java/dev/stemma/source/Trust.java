package dev.stemma.source;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * For which references the tokens and logins of this machine's user are shown to a registry: for
 * all that he writes himself, and for none that others write, unless he lists a prefix.
 *
 * @param everything whether no prefix is asked for
 * @param prefixes of references, such as {@code hf:my-organisation/}
 */
public record Trust(boolean everything, List<String> prefixes) {
  /** The user's own command line. */
  public static final Trust USER = new Trust(true, List.of());

  private static final String HUB = "hf:";
  private static final String HUB_API = "/api/models/";

  /** Keeps the list unmodifiable. */
  public Trust {
    prefixes = List.copyOf(prefixes);
  }

  /** Of others, who get what lies behind these prefixes only. */
  public static Trust of(List<String> prefixes) {
    return new Trust(false, prefixes);
  }

  /** Whether logins may be used for a reference. */
  public boolean covers(String reference) {
    return everything || prefixes.stream().anyMatch(reference::startsWith);
  }

  /** Whether the hub's token may be shown at an address of the hub. */
  public boolean coversHub(URI address) {
    if (everything) {
      return true;
    }
    String path = String.valueOf(address.getRawPath());
    String lower = path.toLowerCase(Locale.ROOT);
    if (path.contains("..")
        || path.contains("//")
        || path.contains("\\")
        || lower.contains("%2e")
        || lower.contains("%2f")
        || lower.contains("%5c")) {
      return false; // what a server makes of such a path is not what is compared here
    }
    String name =
        path.startsWith(HUB_API)
            ? path.substring(HUB_API.length())
            : path.startsWith("/") ? path.substring(1) : path;
    return prefixes.stream()
        .anyMatch(prefix ->
            prefix.startsWith(HUB) && prefix.length() > 3 && (HUB + name).startsWith(prefix));
  }

  /** Whether a login for references of this scheme, such as {@code s3:}, is of any use. */
  public boolean knows(String scheme) {
    return everything || prefixes.stream().anyMatch(prefix -> prefix.startsWith(scheme));
  }
}
