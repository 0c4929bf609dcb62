package dev.stemma.web;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/**
 * What the HTTP layer itself refuses (a malformed request line, a header too large): one line that
 * repeats nothing of the request. Versions and encodings that it does not know are the client's
 * fault too.
 */
final class PlainErrors extends ErrorHandler {
  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status = response.getStatus();
    if (status == 501 || status == 505) {
      response.setStatus(400);
    }
    response.getHeaders().put("Content-Type", "text/plain; charset=utf-8");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    Content.Sink.write(
        response, true, "The request cannot be served (" + response.getStatus() + ").\n", callback);
    return true;
  }
}
