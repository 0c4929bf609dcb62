package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * Gets parts of files: after a cut it goes on at the next byte, it asks again where that may help,
 * and it takes nothing that is not of the pinned content.
 */
final class RangeReader {
  private static final int BUFFER_BYTES = 256 << 10;

  /** A server that gives less than this for a whole attempt is left. */
  private static final long SLOWEST_BYTES_PER_SECOND = 2_000;

  private static final long GRACE_NANOSECONDS = Duration.ofSeconds(60).toNanos();

  private final Hops hops;
  private final Duration firstWait;
  private final AtomicLong bytesReceived = new AtomicLong();

  /** Where an origin's redirects led last: asked directly until it refuses. */
  private final Map<URI, URI> direct = new ConcurrentHashMap<>();

  RangeReader(HttpTransport transport, Duration firstWait) {
    this.hops = new Hops(transport);
    this.firstWait = firstWait;
  }

  long bytesReceived() {
    return bytesReceived.get();
  }

  /** An answer that another attempt may better. */
  private static final class Again extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient Optional<Duration> wait;

    Again(String why, Optional<Duration> wait) {
      super(why);
      this.wait = wait;
    }
  }

  /** What is done with one answer. */
  interface Attempt<T> {
    T run() throws IOException;
  }

  /** Tries until it works or does not help. */
  <T> T persistently(URI uri, Patience patience, Attempt<T> attempt) {
    while (true) {
      try {
        return attempt.run();
      } catch (Again e) {
        patience.after(String.valueOf(e.getMessage()), e.wait, e);
      } catch (java.nio.channels.ClosedByInterruptException | java.io.InterruptedIOException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw (java.util.concurrent.CancellationException)
              new java.util.concurrent.CancellationException("interrupted").initCause(e);
        }
        patience.after(e.toString(), Optional.empty(), e);
      } catch (javax.net.ssl.SSLHandshakeException e) {
        throw Failures.untrusted(uri, e);
      } catch (java.net.UnknownHostException e) {
        throw Failures.download(uri, "", "a server that can be reached", e.toString(), e);
      } catch (java.net.ConnectException e) {
        patience.afterNoConnection(e);
      } catch (IOException e) {
        patience.after(e.toString(), Optional.empty(), e);
      }
    }
  }

  /** A small document, whole. */
  byte[] document(Origin origin, int maximumBytes) {
    return document(origin, maximumBytes, Map.of());
  }

  /** The same, asked with further headers. */
  byte[] document(Origin origin, int maximumBytes, Map<String, String> headers) {
    return persistently(
        origin.uri(),
        new Patience(origin.uri(), firstWait),
        () -> {
          try (Answer answer = hops.ask(origin, origin.uri(), headers, null).answer()) {
            if (answer.status() != 200) {
              throw problem(origin, answer);
            }
            byte[] bytes = answer.body().readNBytes(maximumBytes + 1);
            if (bytes.length > maximumBytes) {
              throw Failures.download(
                  origin.uri(), "", "at most " + maximumBytes + " bytes", "more", null);
            }
            if (answer.length() >= 0 && bytes.length != answer.length()) {
              throw new Again("cut after " + bytes.length + " bytes", Optional.empty());
            }
            bytesReceived.addAndGet(bytes.length);
            answer.done();
            return bytes;
          }
        });
  }

  /** What an answer says in a header, whatever its status. */
  Optional<String> header(Origin origin, String name) {
    return persistently(
        origin.uri(),
        new Patience(origin.uri(), firstWait),
        () -> {
          try (Answer answer = hops.ask(origin, origin.uri(), Map.of(), null).answer()) {
            return Optional.ofNullable(answer.header(name));
          }
        });
  }

  /** What a first request found. */
  record Found(Pin pin, byte[] head) {}

  /**
   * Asks for the beginning of a file.
   *
   * @param known what is known of it from another time; where it still holds, no byte is sent
   */
  Found first(Origin origin, int headBytes, Optional<Pin> known) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Range", "bytes=0-" + (headBytes - 1));
    known
        .map(Pin::etag)
        .filter(etag -> !etag.isEmpty())
        .ifPresent(etag -> headers.put("If-None-Match", etag));
    String knownContent = known.map(Pin::linked).filter(text -> !text.isEmpty()).orElse(null);
    return persistently(
        origin.uri(),
        new Patience(origin.uri(), firstWait),
        () -> {
          Hops.Landing landing = hops.ask(origin, origin.uri(), headers, knownContent);
          try (Answer answer = landing.answer()) {
            if (known.isPresent() && (answer.status() == 304 || answer.isRedirect())) {
              answer.done();
              return new Found(known.get(), new byte[0]);
            }
            remember(origin, answer);
            return found(origin, landing, headBytes);
          }
        });
  }

  private Found found(Origin origin, Hops.Landing landing, int headBytes) throws IOException {
    Answer answer = landing.answer();
    checkEncoding(answer);
    String linked = landing.linkedEtag() == null ? "" : landing.linkedEtag();
    return switch (answer.status()) {
      case 206 -> {
        Answer.ContentRange range =
            answer
                .contentRange()
                .filter(said -> said.first() == 0 && said.last() < said.total())
                .orElseThrow(() -> new Again("no Content-Range from byte 0", Optional.empty()));
        byte[] head = exactly(answer, (int) Math.min(headBytes, range.total()));
        yield new Found(pin(answer, linked, range.total(), true), head);
      }
      case 200 -> {
        long length = answer.length() >= 0 ? answer.length() : counted(answer);
        yield new Found(pin(answer, linked, length, false), new byte[0]);
      }
      case 416 -> {
        if (answer.contentRange().map(Answer.ContentRange::total).orElse(-1L) == 0) {
          yield new Found(pin(answer, linked, 0, true), new byte[0]);
        }
        throw problem(origin, answer);
      }
      default -> throw problem(origin, answer);
    };
  }

  private static Pin pin(Answer answer, String linked, long size, boolean ranges) {
    String etag = answer.header("ETag");
    String modified = answer.header("Last-Modified");
    return new Pin(
        etag == null ? "" : etag, modified == null ? "" : modified, linked, size, ranges);
  }

  /** The length of a body whose server does not say it. */
  private static long counted(Answer answer) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    InputStream body = answer.body();
    long length = 0;
    for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
      length += count;
    }
    answer.done();
    return length;
  }

  private byte[] exactly(Answer answer, int length) throws IOException {
    byte[] bytes = answer.body().readNBytes(length);
    bytesReceived.addAndGet(bytes.length);
    if (bytes.length != length) {
      throw new Again("cut after " + bytes.length + " bytes", Optional.empty());
    }
    answer.done();
    return bytes;
  }

  /** Gets a piece into the file; gives its checksum. */
  SparseFile.Stored fetch(Origin origin, Pin pin, Piece piece, SparseFile file) {
    Transfer transfer = new Transfer(origin, pin, piece, file);
    return persistently(origin.uri(), transfer.patience, transfer::attempt);
  }

  private final class Transfer {
    private final Origin origin;
    private final Pin pin;
    private final Piece piece;
    private final SparseFile file;
    private final Patience patience;
    private CRC32C checksum = new CRC32C();
    private long at;

    Transfer(Origin origin, Pin pin, Piece piece, SparseFile file) {
      this.origin = origin;
      this.pin = pin;
      this.piece = piece;
      this.file = file;
      this.patience = new Patience(origin.uri(), firstWait);
      this.at = piece.offset;
    }

    SparseFile.Stored attempt() throws IOException {
      Map<String, String> headers = new HashMap<>();
      if (pin.ranges()) {
        headers.put("Range", "bytes=" + at + "-" + (piece.end() - 1));
        pin.condition().ifPresent(etag -> headers.put("If-Range", etag));
      } else {
        at = 0;
        checksum = new CRC32C();
      }
      URI start = direct.getOrDefault(origin.uri(), origin.uri());
      try (Answer answer = hops.ask(origin, start, headers, null).answer()) {
        if (!start.equals(origin.uri()) && isStale(answer.status())) {
          direct.remove(origin.uri(), start);
          throw new Again("status " + answer.status() + " of the storage", Optional.empty());
        }
        check(answer);
        remember(origin, answer);
        copy(answer);
        answer.done();
      }
      return new SparseFile.Stored(piece.offset, piece.length, (int) checksum.getValue());
    }

    private void check(Answer answer) throws IOException {
      int expected = pin.ranges() ? 206 : 200;
      if (answer.status() == expected || answer.status() == 200) {
        Optional<String> other = pin.contradiction(answer);
        if (other.isPresent()) {
          throw Failures.changed(origin.uri(), pin.shown(), other.get());
        }
      }
      if (answer.status() == 412 || answer.status() == 416) {
        throw Failures.changed(
            origin.uri(), pin.shown(), "no byte " + at + " (status " + answer.status() + ")");
      }
      if (answer.status() == 200 && pin.ranges()) {
        throw new Again("the whole file instead of a part", Optional.empty());
      }
      if (answer.status() != expected) {
        throw problem(origin, answer);
      }
      checkEncoding(answer);
      if (pin.ranges()) {
        Answer.ContentRange said =
            answer
                .contentRange()
                .orElseThrow(() -> new Again("no Content-Range", Optional.empty()));
        if (said.total() != pin.sizeBytes()) {
          throw Failures.changed(origin.uri(), pin.shown(), said.total() + " bytes");
        }
        if (said.first() != at) {
          throw new Again("bytes from " + said.first() + " instead of " + at, Optional.empty());
        }
      } else if (answer.length() >= 0 && answer.length() != pin.sizeBytes()) {
        throw Failures.changed(origin.uri(), pin.shown(), answer.length() + " bytes");
      }
    }

    private void copy(Answer answer) throws IOException {
      byte[] buffer = new byte[(int) Math.min(BUFFER_BYTES, piece.length)];
      InputStream body = answer.body();
      long begun = System.nanoTime();
      long first = at;
      while (at < piece.end()) {
        int count = body.read(buffer, 0, (int) Math.min(buffer.length, piece.end() - at));
        if (count < 0) {
          throw new Again("cut after " + (at - piece.offset) + " bytes", Optional.empty());
        }
        file.write(buffer, count, at);
        checksum.update(buffer, 0, count);
        at += count;
        bytesReceived.addAndGet(count);
        long nanoseconds = System.nanoTime() - begun;
        if (nanoseconds > GRACE_NANOSECONDS
            && (at - first) < SLOWEST_BYTES_PER_SECOND * (nanoseconds / 1e9)) {
          throw new Again("fewer than 2,000 bytes a second", Optional.empty());
        }
        patience.rewarded();
      }
    }
  }

  /** A storage's address that has expired, or has moved. */
  private static boolean isStale(int status) {
    return status == 400 || status == 401 || status == 403 || status == 404 || status == 410;
  }

  private void remember(Origin origin, Answer answer) {
    if (!answer.uri().equals(origin.uri()) && answer.status() / 100 == 2) {
      direct.put(origin.uri(), answer.uri());
    }
  }

  private static void checkEncoding(Answer answer) {
    String encoding = answer.header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw Failures.download(
          answer.uri(), "Content-Encoding", "the bytes as they are", encoding, null);
    }
  }

  /** The error for an answer that is none; passing ones are tried again. */
  private static RuntimeException problem(Origin origin, Answer answer) throws IOException {
    if (Patience.isPassing(answer.status())) {
      throw new Again("status " + answer.status() + answer.said(), answer.retryAfter());
    }
    String challenge = answer.status() == 401 ? answer.header("WWW-Authenticate") : null;
    if (challenge != null && origin.authoriser().learns(challenge)) {
      throw new Again("a login", Optional.of(Duration.ZERO));
    }
    ArtifactException failure =
        Failures.status(answer.uri(), answer.status(), answer.said(), origin.authoriser().advice());
    throw failure;
  }
}
