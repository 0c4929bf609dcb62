package dev.stemma.analysis.training.reading;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Lines of a file, none longer than a bound: a longer one is skipped and named. */
final class BoundedLines implements AutoCloseable {
  /** Longest line that is read. */
  static final int MAXIMUM_BYTES = 1 << 20;

  private final InputStream input;
  private final byte[] block = new byte[1 << 16];
  private int position;
  private int limit;
  private long number;
  private boolean tooLong;
  private boolean ended;

  BoundedLines(Path file) throws IOException {
    this.input = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
  }

  /** The next line without its end, or null after the last. */
  @Nullable String next() throws IOException {
    if (ended) {
      return null;
    }
    number++;
    tooLong = false;
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    while (true) {
      if (position == limit) {
        limit = input.read(block);
        position = 0;
        if (limit <= 0) {
          ended = true;
          return line.size() == 0 && !tooLong ? null : text(line);
        }
      }
      int start = position;
      while (position < limit && block[position] != '\n') {
        position++;
      }
      if (line.size() + (position - start) > MAXIMUM_BYTES) {
        tooLong = true;
        line.reset();
      }
      if (!tooLong) {
        line.write(block, start, position - start);
      }
      if (position < limit) {
        position++;
        return text(line);
      }
    }
  }

  private String text(ByteArrayOutputStream line) {
    String text = line.toString(StandardCharsets.UTF_8);
    if (number == 1 && text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  /** Number of the line last given, from 1. */
  long number() {
    return number;
  }

  /** Whether the line last given was longer than the bound (it is then empty). */
  boolean wasTooLong() {
    return tooLong;
  }

  @Override
  public void close() throws IOException {
    input.close();
  }
}
