package dev.stemma.behaviour;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every request and answer, one JSON object a line: a run that was killed goes on where it stopped,
 * and answers can be scored again without asking. A line that a kill cut short is passed over.
 */
public final class Transcript implements AutoCloseable {
  private final Map<String, JsonNode> answers = new HashMap<>();
  private final @Nullable FileChannel channel;
  private final Path file;
  private final Map<String, String> refusals = new HashMap<>();
  private int unreadable;

  private Transcript(@Nullable FileChannel channel, Path file) {
    this.channel = channel;
    this.file = file;
  }

  /** One that is kept in memory only. */
  public static Transcript none() {
    return new Transcript(null, Path.of(""));
  }

  /**
   * Opens a file, new or of an earlier run.
   *
   * @throws ArtifactException if it cannot be read and written, or another run writes it
   */
  public static Transcript open(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        if (channel.tryLock() == null) {
          throw new OverlappingFileLockException();
        }
      } catch (OverlappingFileLockException e) {
        channel.close();
        throw new IOException("another run is writing it", e);
      }
      Transcript transcript = new Transcript(channel, file);
      transcript.read(channel);
      return transcript;
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          file.toString(),
          "transcript",
          "a file that can be read and written by this run alone",
          String.valueOf(e),
          "Choose another file with --transcript.",
          e);
    }
  }

  private void read(FileChannel from) throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(from), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      try {
        JsonNode json = JsonMapper.shared().readTree(line);
        if (json.path("answer").isObject()) {
          answers.put(json.path("key").asString(""), json.get("answer"));
        } else if (Retries.isRefusal(json.path("status").asInt(0))) {
          refusals.put(json.path("key").asString(""), json.path("failure").asString(""));
        }
      } catch (JacksonException e) {
        unreadable += line.isBlank() ? 0 : 1;
      }
    }
    from.position(from.size());
    if (from.size() > 0) {
      ByteBuffer last = ByteBuffer.allocate(1);
      from.read(last, from.size() - 1);
      if (last.get(0) != '\n') {
        from.write(ByteBuffer.wrap(new byte[] {'\n'}));
      }
    }
  }

  /** Lines that hold no JSON. */
  public int unreadable() {
    return unreadable;
  }

  /** What was answered before. */
  synchronized Optional<Answer> known(String key) {
    JsonNode json = answers.get(key);
    return json == null ? Optional.empty() : Optional.of(AnswerJson.read(json));
  }

  /** What the endpoint said when it did not take the question. */
  Optional<String> refusal(String key) {
    return Optional.ofNullable(refusals.get(key));
  }

  /** Keeps an answer. */
  void answered(String key, Target target, JsonNode request, Answer answer, long millis) {
    ObjectNode line = line(key, target, request, millis);
    line.set("answer", AnswerJson.write(answer));
    write(line);
  }

  /** Keeps a try, whatever came of it; a failure's words stand in it, an answer's come after. */
  void exchanged(String key, Target target, ExchangeLog.Exchange exchange) {
    ObjectNode line = line(key, target, exchange.request(), exchange.millis());
    line.put("status", exchange.status());
    ObjectNode headers = line.putObject("headers");
    exchange.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
    if (exchange.status() != 200) {
      line.put("failure", exchange.body());
    }
    write(line);
  }

  private static ObjectNode line(String key, Target target, JsonNode request, long millis) {
    ObjectNode line = JsonMapper.shared().createObjectNode();
    line.put("key", key);
    line.put("target", target.reference());
    line.put("time", Instant.now().toString());
    line.put("milliseconds", millis);
    line.set("request", request);
    return line;
  }

  private synchronized void write(ObjectNode line) {
    if (channel == null) {
      return;
    }
    ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new ArtifactException(
          ErrorCode.CANNOT_WRITE,
          file.toString(),
          "transcript",
          "room for one more line",
          String.valueOf(e),
          "Free some room; the run goes on from the transcript.",
          e);
    }
  }

  @Override
  public void close() {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
