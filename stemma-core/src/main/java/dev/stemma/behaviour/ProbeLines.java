package dev.stemma.behaviour;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.format.BoundedJson;
import dev.stemma.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads files of one JSON object a line: UTF-8, bounded in bytes, lines and length of a line. */
final class ProbeLines {
  static final int MAXIMUM_BYTES = 32 * 1024 * 1024;
  static final int MAXIMUM_LINES = 200_000;
  static final int MAXIMUM_LINE_BYTES = 64 * 1024;
  private static final String NEXT_STEP = "See docs/behaviour-probes.md for the format.";

  private ProbeLines() {}

  static List<ProbeLine> bundled(String name) {
    return lines(name, ProbeFiles.bytes(name));
  }

  static List<ProbeLine> read(Path file) {
    String name = file.toString();
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw fail(ErrorCode.UNREADABLE, name, "", "a file", "something else", null);
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAXIMUM_BYTES + 1);
      if (bytes.length > MAXIMUM_BYTES) {
        throw fail(
            ErrorCode.HEADER_TOO_LARGE,
            name,
            "",
            "at most " + MAXIMUM_BYTES + " bytes",
            "more",
            null);
      }
      return lines(name, bytes);
    } catch (NoSuchFileException e) {
      throw fail(ErrorCode.NOT_FOUND, name, "", "a file of probes", "no such file", e);
    } catch (IOException e) {
      throw fail(ErrorCode.UNREADABLE, name, "", "a file that can be read", e.toString(), e);
    }
  }

  private static List<ProbeLine> lines(String name, byte[] bytes) {
    List<ProbeLine> lines = new ArrayList<>();
    int number = 0;
    for (int start = 0; start < bytes.length; ) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      String place = "line " + ++number;
      if (number > MAXIMUM_LINES) {
        throw fail(
            ErrorCode.TOO_MANY_ENTRIES, name, place, "at most " + MAXIMUM_LINES, "more", null);
      }
      if (end - start > MAXIMUM_LINE_BYTES) {
        throw fail(
            ErrorCode.HEADER_TOO_LARGE,
            name,
            place,
            "at most " + MAXIMUM_LINE_BYTES + " bytes a line",
            (end - start) + " bytes",
            null);
      }
      if (!text(name, place, bytes, start, end).isBlank()) {
        lines.add(new ProbeLine(name, number, object(name, number, bytes, start, end)));
      }
      start = end + 1;
    }
    if (lines.isEmpty()) {
      throw fail(ErrorCode.BAD_ARGUMENT, name, "", "at least one line", "an empty file", null);
    }
    return lines;
  }

  private static String text(String name, String place, byte[] bytes, int start, int end) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw fail(ErrorCode.MALFORMED_JSON, name, place, "UTF-8", "other bytes", e);
    }
  }

  private static ObjectNode object(String name, int number, byte[] bytes, int start, int end) {
    String line = name + ", line " + number;
    SourceFile file = new SourceFile(line, URI.create("probes:line"), end - start);
    MemorySegment json = MemorySegment.ofArray(bytes).asSlice(start, end - start);
    return BoundedJson.parse(
        file,
        json,
        parser -> {
          if (!(JsonMapper.shared().readTree(parser) instanceof ObjectNode object)) {
            throw fail(ErrorCode.MALFORMED_JSON, line, "", "a JSON object", "something else", null);
          }
          return object;
        });
  }

  private static ArtifactException fail(
      ErrorCode code,
      String file,
      String place,
      String expected,
      String found,
      @org.jspecify.annotations.Nullable Throwable cause) {
    return new ArtifactException(code, file, place, expected, found, NEXT_STEP, cause);
  }
}
