package dev.stemma.source.remote;

import dev.stemma.artifact.Sha256;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Which content an address had when it was first asked; whatever comes later must be of it.
 *
 * @param etag empty where the server names none
 * @param modified the server's Last-Modified; empty where it names none
 * @param linked content digest that the origin names; empty where it names none
 * @param ranges whether the server gives parts
 */
record Pin(String etag, String modified, String linked, long sizeBytes, boolean ranges) {
  /** Whether another run can tell that the content is the same. */
  boolean isLasting() {
    return !etag.isEmpty() || !modified.isEmpty() || !linked.isEmpty();
  }

  /** Name of the content in the cache. A server can only name its own. */
  String key(Origin origin) {
    URI uri = origin.uri();
    String place =
        origin.namesContent() && !linked.isEmpty()
            ? uri.getScheme() + "://" + uri.getAuthority() + " " + linked
            : uri + " " + etag + " " + modified + " " + linked;
    return Sha256.hex(place + " " + sizeBytes);
  }

  /** What a request for a part carries, so that it comes from the same content. */
  Optional<String> condition() {
    return etag.startsWith("\"") ? Optional.of(etag) : Optional.empty();
  }

  /** What an answer says that contradicts this; empty if nothing. */
  Optional<String> contradiction(Answer answer) {
    String otherEtag = answer.header("ETag");
    String otherModified = answer.header("Last-Modified");
    if (!etag.isEmpty() && otherEtag != null) {
      return otherEtag.equals(etag) ? Optional.empty() : Optional.of("ETag " + otherEtag);
    }
    return !modified.isEmpty() && otherModified != null && !otherModified.equals(modified)
        ? Optional.of("modified " + otherModified)
        : Optional.empty();
  }

  /** For messages. */
  String shown() {
    return sizeBytes
        + " bytes"
        + (etag.isEmpty() ? "" : ", ETag " + etag)
        + (modified.isEmpty() ? "" : ", modified " + modified);
  }

  String text() {
    return String.join("\n", List.of(etag, modified, linked, sizeBytes + "", ranges + ""));
  }

  static Optional<Pin> parse(String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length != 5 || !lines[3].matches("\\d{1,18}")) {
      return Optional.empty();
    }
    return Optional.of(
        new Pin(lines[0], lines[1], lines[2], Long.parseLong(lines[3]), lines[4].equals("true")));
  }
}
