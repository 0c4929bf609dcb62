package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Safetensors: eight bytes of header length, a JSON header with type, shape and byte offsets of
 * every tensor, then the tensors without gaps.
 */
public final class SafetensorsFormat implements Format {
  /** The format's own bound. */
  private static final long MAXIMUM_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  @Override
  public String id() {
    return "safetensors";
  }

  @Override
  public boolean recognises(SourceFile file) {
    return file.name().toLowerCase(Locale.ROOT).endsWith(".safetensors");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    return Contents.ofTensors(tensors(file, bytes));
  }

  static List<Tensor> tensors(SourceFile file, ByteSource bytes) {
    long headerBytes = headerLength(file, bytes);
    MemorySegment header = bytes.read(file.range(LENGTH_BYTES, headerBytes));
    if (headerBytes == 0 || header.get(ValueLayout.JAVA_BYTE, 0) != '{') {
      throw HeaderChecks.fail(
          ErrorCode.WRONG_MAGIC,
          file,
          "byte 8",
          "the { of a safetensors header",
          headerBytes == 0 ? "an empty header" : "byte " + header.get(ValueLayout.JAVA_BYTE, 0));
    }
    long dataStart = LENGTH_BYTES + headerBytes;
    List<Tensor> tensors =
        BoundedJson.parse(file, header, parser -> new Header(file, dataStart, parser).read());
    checkLayout(file, dataStart, tensors);
    return tensors;
  }

  private static long headerLength(SourceFile file, ByteSource bytes) {
    long length =
        bytes
            .read(file.range(0, LENGTH_BYTES))
            .get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 0);
    if (length < 0 || length > MAXIMUM_HEADER_BYTES) {
      throw HeaderChecks.fail(
          ErrorCode.HEADER_TOO_LARGE,
          file,
          "byte 0",
          "a header of at most " + MAXIMUM_HEADER_BYTES + " bytes",
          Long.toUnsignedString(length) + " bytes (is this a safetensors file?)");
    }
    if (length > file.sizeBytes() - LENGTH_BYTES) {
      throw HeaderChecks.fail(
          ErrorCode.TRUNCATED,
          file,
          "byte 0",
          "a header of " + length + " bytes",
          "a file of " + file.sizeBytes() + " bytes");
    }
    return length;
  }

  /** Every byte of the data belongs to exactly one tensor. */
  private static void checkLayout(SourceFile file, long dataStart, List<Tensor> tensors) {
    List<HeaderChecks.Claim> claims = HeaderChecks.claims(tensors);
    HeaderChecks.noOverlap(file, claims);
    long position = file.offsetBytes() + dataStart;
    for (HeaderChecks.Claim claim : HeaderChecks.inOrder(claims)) {
      if (claim.bytes().lengthBytes() == 0) {
        continue;
      }
      if (claim.bytes().offsetBytes() != position) {
        throw gap(file, position, claim.bytes().offsetBytes());
      }
      position += claim.bytes().lengthBytes();
    }
    if (position != file.offsetBytes() + file.sizeBytes()) {
      throw gap(file, position, file.offsetBytes() + file.sizeBytes());
    }
  }

  private static ArtifactException gap(SourceFile file, long from, long to) {
    return HeaderChecks.fail(
        ErrorCode.SIZE_MISMATCH,
        file,
        "byte " + (from - file.offsetBytes()),
        "tensors without gaps, up to the end of the file",
        (to - from) + " bytes that belong to no tensor");
  }

  /** The JSON header, read as a stream. */
  private record Header(SourceFile file, long dataStart, JsonParser parser) {
    List<Tensor> read() {
      List<Tensor> tensors = new ArrayList<>();
      Set<String> names = new HashSet<>();
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        if (name.equals("__metadata__")) {
          metadata();
          continue;
        }
        HeaderChecks.name(file, "tensor " + tensors.size(), name);
        if (!names.add(name)) {
          throw HeaderChecks.fail(
              ErrorCode.DUPLICATE_NAME, file, "tensor " + name, "every name once", "it twice");
        }
        if (tensors.size() == HeaderChecks.MAXIMUM_TENSORS) {
          throw HeaderChecks.fail(
              ErrorCode.TOO_MANY_ENTRIES,
              file,
              "tensor " + name,
              "at most " + HeaderChecks.MAXIMUM_TENSORS + " tensors",
              "more");
        }
        tensors.add(new Tensor(name, tensor("tensor " + name)));
      }
      return tensors;
    }

    private void metadata() {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw malformed("__metadata__", "an object of texts", parser.currentToken());
      }
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_STRING) {
          throw malformed("__metadata__." + key, "a text", parser.currentToken());
        }
      }
    }

    private TensorView tensor(String place) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw malformed(place, "an object", parser.currentToken());
      }
      String typeName = "";
      List<Long> dimensions = null;
      List<Long> offsets = null;
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        parser.nextToken();
        switch (key) {
          case "dtype" -> {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
              throw malformed(place + ", dtype", "a text", parser.currentToken());
            }
            typeName = parser.getString();
          }
          case "shape" -> dimensions = numbers(place + ", shape", Shape.MAXIMUM_RANK);
          case "data_offsets" -> offsets = numbers(place + ", data_offsets", 2);
          default ->
              throw HeaderChecks.fail(
                  ErrorCode.MALFORMED_HEADER,
                  file,
                  place,
                  "dtype, shape and data_offsets only",
                  "the key " + key);
        }
      }
      if (typeName.isEmpty() || dimensions == null || offsets == null || offsets.size() != 2) {
        throw HeaderChecks.fail(
            ErrorCode.MALFORMED_HEADER,
            file,
            place,
            "dtype, shape and two data_offsets",
            "not all of them");
      }
      String found = typeName;
      ElementType type =
          type(typeName).orElseThrow(() -> HeaderChecks.unknownType(file, place, "dtype " + found));
      return view(place, type, HeaderChecks.shape(file, place, dimensions), offsets);
    }

    private TensorView view(String place, ElementType type, Shape shape, List<Long> offsets) {
      long begin = offsets.get(0);
      long end = offsets.get(1);
      long room = file.sizeBytes() - dataStart;
      if (begin < 0 || end < begin || end > room) {
        throw HeaderChecks.fail(
            ErrorCode.OUT_OF_FILE,
            file,
            place,
            "data_offsets inside the " + room + " bytes of data",
            begin + " to " + end);
      }
      long needed = HeaderChecks.bytesFor(file, place, type, shape);
      if (needed != end - begin) {
        throw HeaderChecks.fail(
            ErrorCode.SIZE_MISMATCH,
            file,
            place,
            needed + " bytes for " + shape + " of " + type,
            (end - begin) + " bytes");
      }
      return HeaderChecks.stored(file, place, type, shape, dataStart + begin);
    }

    private static java.util.Optional<ElementType> type(String name) {
      // Block types are other formats' own.
      return ElementType.named(name)
          .filter(type -> !type.isBlockQuantised() && type.name().equals(name));
    }

    private List<Long> numbers(String place, int maximum) {
      if (parser.currentToken() != JsonToken.START_ARRAY) {
        throw malformed(place, "a list of whole numbers", parser.currentToken());
      }
      List<Long> numbers = new ArrayList<>(4);
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
          throw malformed(place, "a whole number", parser.currentToken());
        }
        if (numbers.size() == maximum) {
          throw HeaderChecks.fail(
              ErrorCode.BAD_SHAPE, file, place, "at most " + maximum + " numbers", "more");
        }
        if (!parser.getNumberType().equals(JsonParser.NumberType.INT)
            && !parser.getNumberType().equals(JsonParser.NumberType.LONG)) {
          throw HeaderChecks.fail(
              ErrorCode.BAD_SHAPE, file, place, "a number below 2^63", parser.getString());
        }
        numbers.add(parser.getLongValue());
      }
      return numbers;
    }

    private ArtifactException malformed(
        String place, String expected, @org.jspecify.annotations.Nullable JsonToken found) {
      return HeaderChecks.fail(
          ErrorCode.MALFORMED_HEADER, file, place, expected, String.valueOf(found));
    }
  }
}
