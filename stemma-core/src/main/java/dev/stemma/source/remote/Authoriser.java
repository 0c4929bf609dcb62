package dev.stemma.source.remote;

import java.net.URI;
import java.util.Map;

/** Headers that say who asks. What is for one host never goes to another: each hop is asked for. */
interface Authoriser {
  /** Nobody. */
  Authoriser NONE =
      new Authoriser() {
        @Override
        public Map<String, String> headers(String method, URI hop) {
          return Map.of();
        }

        @Override
        public String advice() {
          return "The server wants a login, which this kind of reference cannot give: download the"
              + " files and give their folder.";
        }
      };

  /** Headers for one request to this very address; none for a host that they are not meant for. */
  Map<String, String> headers(String method, URI hop);

  /**
   * Takes note of how a server wants to be asked ({@code WWW-Authenticate}).
   *
   * @return whether asking again may help
   */
  default boolean learns(String challenge) {
    return false;
  }

  /** What the user can do where access is denied. */
  String advice();

  /** Same scheme, host and port. */
  static boolean sameOrigin(URI a, URI b) {
    return a.getScheme().equalsIgnoreCase(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && port(a) == port(b);
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0
        ? uri.getPort()
        : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
  }
}
