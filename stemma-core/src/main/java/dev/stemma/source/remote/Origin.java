package dev.stemma.source.remote;

import java.net.URI;

/**
 * Where a file is asked for first.
 *
 * @param uri http or https
 * @param loopbackAsked whether the reference itself says that it is on this machine
 * @param namesContent whether the server's content digests ({@code X-Linked-Etag}) are believed for
 *     all its files, so that the same content is kept once
 */
record Origin(URI uri, Authoriser authoriser, boolean loopbackAsked, boolean namesContent) {
  /** An address that nobody needs to log in to. */
  static Origin open(URI uri) {
    return new Origin(
        uri,
        Authoriser.NONE,
        uri.getHost() != null && Addresses.isWrittenLoopback(uri.getHost()),
        false);
  }
}
