package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.SourceFile;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON from strangers: nesting, lengths of numbers, names and texts, and the document itself are
 * bounded, and a key given twice is an error. Python's NaN and Infinity are understood.
 */
public final class BoundedJson {
  private static final int MAXIMUM_DEPTH = 64;
  private static final int MAXIMUM_NAME = 10_000;
  private static final int MAXIMUM_NUMBER = 64;
  private static final int MAXIMUM_TEXT = 4_000_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAXIMUM_DEPTH)
                          .maxNameLength(MAXIMUM_NAME)
                          .maxNumberLength(MAXIMUM_NUMBER)
                          .maxStringLength(MAXIMUM_TEXT)
                          .build())
                  // Names come from strangers: sharing them in a table would only grow it.
                  .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                  .build())
          .build();

  private BoundedJson() {}

  /**
   * A whole file that holds one JSON object.
   *
   * @param maximumBytes bound of the file's size
   */
  public static ObjectNode object(SourceFile file, ByteSource bytes, long maximumBytes) {
    if (file.sizeBytes() > maximumBytes) {
      throw new ArtifactException(
          ErrorCode.HEADER_TOO_LARGE,
          file.name(),
          "",
          "at most " + maximumBytes + " bytes of JSON",
          file.sizeBytes() + " bytes",
          "This is no file of that kind; check what was downloaded.");
    }
    MemorySegment all = bytes.read(file.bytes());
    return parse(
        file,
        all,
        parser -> {
          JsonNode node = MAPPER.readTree(parser);
          if (!(node instanceof ObjectNode object)) {
            throw HeaderChecks.fail(
                ErrorCode.MALFORMED_JSON, file, "", "a JSON object", "something else");
          }
          return object;
        });
  }

  /**
   * Streams over JSON; whatever the parser finds wrong becomes an error that names file and place.
   *
   * @param json exactly one document, perhaps with white space around it
   */
  public static <T> T parse(SourceFile file, MemorySegment json, Function<JsonParser, T> reading) {
    return LocalBytes.guarding(
        file.name(),
        () -> {
          try (JsonParser parser = MAPPER.createParser(new SegmentInput(json))) {
            T result = reading.apply(parser);
            if (parser.nextToken() != null) {
              throw malformed(
                  file, parser.currentTokenLocation(), "more after the end of the JSON", null);
            }
            return result;
          } catch (JacksonException e) {
            throw malformed(file, e.getLocation(), e.getOriginalMessage(), e);
          }
        });
  }

  private static ArtifactException malformed(
      SourceFile file,
      @org.jspecify.annotations.Nullable TokenStreamLocation location,
      String found,
      @org.jspecify.annotations.Nullable Throwable cause) {
    String place = "";
    if (location != null) {
      place =
          location.getByteOffset() >= 0
              ? "byte " + location.getByteOffset()
              : "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
    boolean duplicate = found.startsWith("Duplicate");
    // The parser's own words about its source tell a user nothing.
    String plainly = found.replaceAll("\\s*\\(start marker at .*", "");
    return new ArtifactException(
        duplicate ? ErrorCode.DUPLICATE_NAME : ErrorCode.MALFORMED_JSON,
        file.name(),
        place,
        duplicate
            ? "every key once"
            : "JSON, nested at most "
                + MAXIMUM_DEPTH
                + " deep, with numbers, names and texts"
                + " within their bounds",
        plainly,
        "Download or copy the file again; do not trust it if it stays.",
        cause);
  }
}
