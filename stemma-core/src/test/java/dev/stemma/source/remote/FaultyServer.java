package dev.stemma.source.remote;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * A real server on this machine that gives files by range as storage does, and does to the next
 * answers whatever a test asks.
 */
final class FaultyServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

  /** What is done to one answer. */
  interface Fault {
    /** True if it has answered. */
    boolean answer(Request request, Response response, Callback callback) throws Exception;
  }

  /** A request as it came. */
  record Seen(String path, String range, String authorization) {}

  final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  final Map<String, byte[]> files = new ConcurrentHashMap<>();
  final Map<String, String> etags = new ConcurrentHashMap<>();
  volatile boolean ranges = true;
  volatile Fault fault = (request, response, callback) -> false;
  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  FaultyServer(String host) throws Exception {
    connector.setHost(host);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            seen.add(
                new Seen(
                    Request.getPathInContext(request),
                    String.valueOf(request.getHeaders().get(HttpHeader.RANGE)),
                    String.valueOf(request.getHeaders().get(HttpHeader.AUTHORIZATION))));
            return fault.answer(request, response, callback) || give(request, response, callback);
          }
        });
    server.start();
  }

  URI uri(String path) {
    return URI.create("http://" + connector.getHost() + ":" + connector.getLocalPort() + path);
  }

  /** Serves all files of a folder below a path. */
  void serve(String path, Path folder) throws Exception {
    try (var all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        put(path + "/" + folder.relativize(file), Files.readAllBytes(file));
      }
    }
  }

  void put(String path, byte[] content) {
    files.put(path, content);
    etags.put(path, '"' + Integer.toHexString(java.util.Arrays.hashCode(content)) + '"');
  }

  boolean give(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    byte[] content = files.get(path);
    if (content == null) {
      return say(response, callback, 404, "no " + path);
    }
    String etag = etags.getOrDefault(path, "");
    if (!etag.isEmpty()) {
      response.getHeaders().put(HttpHeader.ETAG, etag);
    }
    if (!etag.isEmpty() && etag.equals(request.getHeaders().get(HttpHeader.IF_NONE_MATCH))) {
      response.setStatus(304);
      callback.succeeded();
      return true;
    }
    String condition = request.getHeaders().get(HttpHeader.IF_RANGE);
    Matcher range = RANGE.matcher(String.valueOf(request.getHeaders().get(HttpHeader.RANGE)));
    boolean whole = !ranges || !range.matches() || (condition != null && !condition.equals(etag));
    long first = whole ? 0 : Long.parseLong(range.group(1));
    long last =
        whole ? content.length - 1 : Math.min(content.length - 1, Long.parseLong(range.group(2)));
    if (!whole && first >= content.length) {
      response.getHeaders().put("Content-Range", "bytes */" + content.length);
      return say(response, callback, 416, "range");
    }
    if (!whole) {
      response.setStatus(206);
      response
          .getHeaders()
          .put("Content-Range", "bytes " + first + "-" + last + "/" + content.length);
    }
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, last - first + 1);
    response.write(true, ByteBuffer.wrap(content, (int) first, (int) (last - first + 1)), callback);
    return true;
  }

  /** Answers with a status and a text. */
  static boolean say(Response response, Callback callback, int status, String text) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain");
    response.write(true, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), callback);
    return true;
  }

  /** Sends the head of the right answer and half of its body, then drops the connection. */
  boolean cut(Request request, Response response, Callback callback) {
    byte[] content = files.get(Request.getPathInContext(request));
    Matcher range = RANGE.matcher(String.valueOf(request.getHeaders().get(HttpHeader.RANGE)));
    if (content == null || !range.matches()) {
      return false;
    }
    int first = Integer.parseInt(range.group(1));
    int last = (int) Math.min(content.length - 1, Long.parseLong(range.group(2)));
    response.setStatus(206);
    response.getHeaders().put(HttpHeader.ETAG, etags.get(Request.getPathInContext(request)));
    response
        .getHeaders()
        .put("Content-Range", "bytes " + first + "-" + last + "/" + content.length);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, last - first + 1);
    response.write(
        false,
        ByteBuffer.wrap(content, first, (last - first + 1) / 2),
        Callback.from(() -> callback.failed(new java.io.IOException("cut"))));
    return true;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
