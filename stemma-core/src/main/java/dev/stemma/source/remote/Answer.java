package dev.stemma.source.remote;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/** One answer of a server, its body not yet read. */
final class Answer implements AutoCloseable {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18})");
  private static final int SAID_BYTES = 300;

  private final URI uri;
  private final HttpUriRequestBase request;
  private final ClassicHttpResponse response;
  private boolean done;

  Answer(URI uri, HttpUriRequestBase request, ClassicHttpResponse response) {
    this.uri = uri;
    this.request = request;
    this.response = response;
  }

  /** What a server says of the part it sends. */
  record ContentRange(long first, long last, long total) {}

  URI uri() {
    return uri;
  }

  int status() {
    return response.getCode();
  }

  @Nullable String header(String name) {
    Header header = response.getFirstHeader(name);
    String value = header == null ? null : header.getValue();
    return value == null || value.isBlank() ? null : value.strip();
  }

  boolean isRedirect() {
    return switch (status()) {
      case 301, 302, 303, 307, 308 -> header("Location") != null;
      default -> false;
    };
  }

  /** The range that a 206 or 416 speaks of. */
  Optional<ContentRange> contentRange() {
    String text = header("Content-Range");
    Matcher range = CONTENT_RANGE.matcher(text == null ? "" : text);
    if (!range.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        range.group(1) == null
            ? new ContentRange(-1, -1, Long.parseLong(range.group(3)))
            : new ContentRange(
                Long.parseLong(range.group(1)),
                Long.parseLong(range.group(2)),
                Long.parseLong(range.group(3))));
  }

  /** The body's length, or -1 where it is not said. */
  long length() {
    return response.getEntity() == null ? 0 : response.getEntity().getContentLength();
  }

  InputStream body() throws IOException {
    return response.getEntity() == null
        ? InputStream.nullInputStream()
        : response.getEntity().getContent();
  }

  /** How long the server wants to be left alone. */
  Optional<Duration> retryAfter() {
    String text = header("Retry-After");
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          text.matches("\\d{1,9}")
              ? Duration.ofSeconds(Long.parseLong(text))
              : Duration.between(
                  Instant.now(),
                  ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** The beginning of what an error's body says, or nothing. */
  String said() {
    String type = header("Content-Type");
    if (type == null || !(type.contains("json") || type.startsWith("text/plain"))) {
      return "";
    }
    try {
      String text = new String(body().readNBytes(SAID_BYTES), StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? "" : ": " + text;
    } catch (IOException e) {
      return "";
    }
  }

  /** Lets the connection be used again; only after the whole body was read. */
  void done() {
    done = true;
    try {
      response.close();
    } catch (IOException e) {
      request.cancel();
    }
  }

  /** Gives the connection up, with whatever is still under way on it. */
  @Override
  public void close() {
    if (!done) {
      request.cancel();
      done();
    }
  }
}
