package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** The errors of reading far away, each with what the user can do. */
final class Failures {
  private Failures() {}

  /** A URI as it may be printed: signatures stand in queries. */
  static String shown(URI uri) {
    String text = uri.toString();
    int query = text.indexOf('?');
    return query < 0 ? text : text.substring(0, query);
  }

  static ArtifactException refused(URI uri, String expected, String found, String next) {
    return new ArtifactException(
        ErrorCode.ADDRESS_REFUSED, shown(uri), "address", expected, found, next);
  }

  static ArtifactException changed(URI uri, String expected, String found) {
    return new ArtifactException(
        ErrorCode.CHANGED_WHILE_READ,
        shown(uri),
        "",
        expected,
        found,
        "Somebody replaced the file meanwhile: run the command again.");
  }

  static ArtifactException download(
      URI uri, String place, String expected, String found, @Nullable Throwable cause) {
    return new ArtifactException(
        ErrorCode.DOWNLOAD_FAILED,
        shown(uri),
        place,
        expected,
        found,
        "Check the network and the address, and run the command again: what was read is kept.",
        cause);
  }

  /** A server whose certificate nobody vouches for that this machine knows. */
  static ArtifactException untrusted(URI uri, Throwable cause) {
    return new ArtifactException(
        ErrorCode.DOWNLOAD_FAILED,
        shown(uri),
        "certificate",
        "one of this host from an authority that Java trusts",
        String.valueOf(cause.getMessage()),
        "Check the address. For an authority of your own (a company's proxy has one), put its"
            + " certificate into a store with keytool -importcert and set"
            + " JAVA_TOOL_OPTIONS='-Djavax.net.ssl.trustStore=STORE"
            + " -Djavax.net.ssl.trustStorePassword=PASSWORD'.",
        cause);
  }

  /** What an answer other than success means, where asking again does not help. */
  static ArtifactException status(URI uri, int status, String said, String howToAuthorise) {
    return switch (status) {
      case 407 ->
          new ArtifactException(
              ErrorCode.ACCESS_DENIED,
              shown(uri),
              "proxy",
              "a proxy that lets through",
              "status 407" + said,
              "Give its login: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT.");
      case 401, 403 ->
          new ArtifactException(
              ErrorCode.ACCESS_DENIED,
              shown(uri),
              "",
              "a file that may be read",
              "status " + status + said,
              howToAuthorise);
      case 404, 410 ->
          new ArtifactException(
              ErrorCode.NOT_FOUND,
              shown(uri),
              "",
              "a file",
              "status " + status + said,
              "Check the address, the revision, and whether the file is public.");
      default ->
          download(uri, "", "the bytes asked for (status 206)", "status " + status + said, null);
    };
  }
}
