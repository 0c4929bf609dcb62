package dev.stemma.source.remote;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows redirects by hand: each hop is checked, and is told only what is meant for it. */
record Hops(HttpTransport transport) {
  private static final int MOST = 6;
  private static final int REDIRECT_BODY_BYTES = 64 << 10;

  /**
   * Where the redirects led.
   *
   * @param linkedEtag the content's digest as the first server names it
   */
  record Landing(Answer answer, @Nullable String linkedEtag) {}

  /**
   * Asks, from the origin or from where it led before.
   *
   * @param known content digest that is here already: a redirect to it is not followed
   */
  Landing ask(Origin origin, URI start, Map<String, String> headers, @Nullable String known)
      throws IOException {
    URI hop = start;
    String linkedEtag = null;
    for (int hops = 0; hops <= MOST; hops++) {
      Map<String, String> all = new HashMap<>(headers);
      all.putAll(origin.authoriser().headers("GET", hop));
      Answer answer = transport.get(hop, all, origin.loopbackAsked());
      if (Authoriser.sameOrigin(origin.uri(), hop) && answer.header("X-Linked-Etag") != null) {
        linkedEtag = answer.header("X-Linked-Etag");
      }
      String location = answer.header("Location");
      if (!answer.isRedirect() || location == null) {
        return new Landing(answer, linkedEtag);
      }
      if (known != null && known.equals(linkedEtag)) {
        return new Landing(answer, linkedEtag);
      }
      hop = target(answer, hop, location);
    }
    throw Failures.download(
        origin.uri(), "", "at most " + MOST + " redirects", "more of them", null);
  }

  private static URI target(Answer answer, URI from, String location) throws IOException {
    if (answer.body().readNBytes(REDIRECT_BODY_BYTES).length < REDIRECT_BODY_BYTES) {
      answer.done();
    } else {
      answer.close();
    }
    try {
      return from.resolve(URI.create(location));
    } catch (IllegalArgumentException e) {
      throw Failures.download(from, "Location", "an address", location, e);
    }
  }
}
