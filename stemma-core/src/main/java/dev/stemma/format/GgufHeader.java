package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a GGUF file's header says, under its own names.
 *
 * @param metadata single values and short lists of numbers; vocabularies are left out
 */
record GgufHeader(ObjectNode metadata, List<Tensor> tensors) {
  private static final int MAGIC = 0x46554747;
  private static final long MAXIMUM_ENTRIES = 100_000;
  private static final int MAXIMUM_TEXT_BYTES = 16_000_000;
  private static final int MAXIMUM_LIST = 1024;
  private static final int TEXT = 8;
  private static final int LIST = 9;

  /** Types that llama.cpp knows and that are not read: their levels are tables of its own. */
  private static final Map<Long, String> UNREAD =
      Map.ofEntries(
          Map.entry(9L, "(Q8_1)"),
          Map.entry(15L, "(Q8_K)"),
          Map.entry(16L, "(IQ2_XXS)"),
          Map.entry(17L, "(IQ2_XS)"),
          Map.entry(18L, "(IQ3_XXS)"),
          Map.entry(19L, "(IQ1_S)"),
          Map.entry(21L, "(IQ3_S)"),
          Map.entry(22L, "(IQ2_S)"),
          Map.entry(29L, "(IQ1_M)"),
          Map.entry(40L, "(NVFP4)"),
          Map.entry(41L, "(Q1_0)"));

  private static final int[] BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

  /**
   * Nothing says how long the header is: from far away, no more is read than it turns out to be.
   */
  private static final long FIRST_BYTES = 4 << 20;

  static GgufHeader read(SourceFile file, ByteSource bytes) {
    long length = Math.min(file.sizeBytes(), FIRST_BYTES);
    while (true) {
      HeaderCursor cursor = new HeaderCursor(file, bytes.read(file.range(0, length)), 0);
      try {
        return read(file, cursor);
      } catch (ArtifactException e) {
        if (!cursor.ended() || length == file.sizeBytes()) {
          throw e;
        }
      }
      length = Math.min(file.sizeBytes(), length * 4);
    }
  }

  private static GgufHeader read(SourceFile file, HeaderCursor cursor) {
    int magic = cursor.signed32();
    if (magic != MAGIC) {
      throw HeaderChecks.fail(
          ErrorCode.WRONG_MAGIC, file, "byte 0", "GGUF", String.format("bytes %08x", magic));
    }
    long version = cursor.unsigned32();
    if (version != 2 && version != 3) {
      throw HeaderChecks.fail(
          ErrorCode.UNSUPPORTED_VERSION,
          file,
          "byte 4",
          "GGUF version 2 or 3, little-endian",
          version >>> 16 != 0 && version % 65_536 == 0
              ? "a big-endian file"
              : "version " + version);
    }
    long tensors = count(file, cursor, HeaderChecks.MAXIMUM_TENSORS, "tensors");
    long entries = count(file, cursor, MAXIMUM_ENTRIES, "metadata entries");
    ObjectNode metadata = metadata(file, cursor, entries);
    return new GgufHeader(metadata, tensors(file, cursor, tensors, metadata));
  }

  private static long count(SourceFile file, HeaderCursor cursor, long maximum, String what) {
    String place = cursor.place();
    long count = cursor.signed64();
    if (count < 0 || count > maximum) {
      throw HeaderChecks.fail(
          ErrorCode.TOO_MANY_ENTRIES,
          file,
          place,
          "at most " + maximum + " " + what,
          Long.toUnsignedString(count));
    }
    return count;
  }

  private static ObjectNode metadata(SourceFile file, HeaderCursor cursor, long entries) {
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    for (long entry = 0; entry < entries; entry++) {
      String key = HeaderChecks.name(file, cursor.place(), cursor.text(cursor.signed64(), 4096));
      if (metadata.has(key)) {
        throw HeaderChecks.fail(
            ErrorCode.DUPLICATE_NAME, file, "metadata " + key, "every key once", "it twice");
      }
      long type = cursor.unsigned32();
      if (type == LIST) {
        list(file, key, cursor, metadata.putArray(key));
      } else {
        ArrayNode one = JsonNodeFactory.instance.arrayNode();
        value(file, key, type, cursor, one);
        metadata.set(key, one.get(0));
      }
    }
    return metadata;
  }

  private static void list(SourceFile file, String key, HeaderCursor cursor, ArrayNode into) {
    long type = cursor.unsigned32();
    String place = cursor.place();
    long count = cursor.signed64();
    if (count < 0 || type == LIST || type >= BYTES.length) {
      throw HeaderChecks.fail(
          ErrorCode.MALFORMED_HEADER,
          file,
          "metadata " + key + ", " + place,
          "a flat list of a known type",
          "type " + type + ", " + Long.toUnsignedString(count) + " entries");
    }
    if (type == TEXT) {
      // Each text takes bytes of the file, so the file's end bounds the count.
      for (long i = 0; i < count; i++) {
        long length = cursor.signed64();
        cursor.skip(length);
      }
    } else if (count > MAXIMUM_LIST) {
      if (count > file.sizeBytes()) {
        throw HeaderChecks.fail(
            ErrorCode.TRUNCATED,
            file,
            "metadata " + key + ", " + place,
            count + " entries",
            "the end");
      }
      cursor.skip(count * BYTES[(int) type]);
    } else {
      for (long i = 0; i < count; i++) {
        value(file, key, type, cursor, into);
      }
    }
  }

  private static void value(
      SourceFile file, String key, long type, HeaderCursor cursor, ArrayNode into) {
    switch ((int) Math.min(type, 99)) {
      case 0 -> into.add(cursor.unsigned8());
      case 1 -> into.add((byte) cursor.unsigned8());
      case 2 -> into.add(cursor.unsigned16());
      case 3 -> into.add((short) cursor.unsigned16());
      case 4 -> into.add(cursor.unsigned32());
      case 5 -> into.add(cursor.signed32());
      case 6 -> into.add(cursor.float32());
      case 7 -> into.add(cursor.unsigned8() != 0);
      case TEXT -> into.add(cursor.text(cursor.signed64(), MAXIMUM_TEXT_BYTES));
      case 10, 11 -> into.add(cursor.signed64());
      case 12 -> into.add(cursor.float64());
      default ->
          throw HeaderChecks.fail(
              ErrorCode.MALFORMED_HEADER,
              file,
              "metadata " + key,
              "a value type from 0 to 12",
              "type " + type);
    }
  }

  private record Info(String name, ElementType type, Shape shape, long offset) {}

  private static List<Tensor> tensors(
      SourceFile file, HeaderCursor cursor, long count, ObjectNode metadata) {
    List<Info> infos = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < count; i++) {
      String name = HeaderChecks.name(file, cursor.place(), cursor.text(cursor.signed64(), 4096));
      String place = "tensor " + name;
      if (!names.add(name)) {
        throw HeaderChecks.fail(ErrorCode.DUPLICATE_NAME, file, place, "every name once", "twice");
      }
      long rank = cursor.unsigned32();
      if (rank > Shape.MAXIMUM_RANK) {
        throw HeaderChecks.fail(
            ErrorCode.BAD_SHAPE,
            file,
            place,
            "at most " + Shape.MAXIMUM_RANK + " dimensions",
            rank + "");
      }
      List<Long> dimensions = new ArrayList<>();
      for (long axis = 0; axis < rank; axis++) {
        dimensions.addFirst(cursor.signed64());
      }
      long typeNumber = cursor.unsigned32();
      ElementType type =
          type(typeNumber)
              .orElseThrow(() ->
                  HeaderChecks.unknownType(
                      file,
                      place,
                      "type " + typeNumber + " " + UNREAD.getOrDefault(typeNumber, "")));
      infos.add(
          new Info(name, type, HeaderChecks.shape(file, place, dimensions), cursor.signed64()));
    }
    return located(file, infos, cursor.position(), alignment(file, metadata));
  }

  private static List<Tensor> located(
      SourceFile file, List<Info> infos, long headerEnd, long alignment) {
    long dataStart = Math.ceilDiv(headerEnd, alignment) * alignment;
    List<Tensor> tensors = new ArrayList<>(infos.size());
    for (Info info : infos) {
      String place = "tensor " + info.name();
      if (info.offset() < 0
          || info.offset() > file.sizeBytes()
          || info.offset() % alignment != 0
          || !wholeRows(info)) {
        throw HeaderChecks.fail(
            info.offset() < 0 || info.offset() > file.sizeBytes()
                ? ErrorCode.OUT_OF_FILE
                : ErrorCode.MALFORMED_HEADER,
            file,
            place,
            "an offset in the file, a multiple of " + alignment + ", and rows of whole blocks",
            "offset " + Long.toUnsignedString(info.offset()) + ", " + info.shape());
      }
      tensors.add(
          new Tensor(
              info.name(),
              HeaderChecks.stored(
                  file, place, info.type(), info.shape(), dataStart + info.offset())));
    }
    HeaderChecks.noOverlap(file, HeaderChecks.claims(tensors));
    return tensors;
  }

  /** Blocks never go over the end of a row. */
  private static boolean wholeRows(Info info) {
    int rank = info.shape().rank();
    return rank == 0 || info.shape().dimension(rank - 1) % info.type().blockElements() == 0;
  }

  private static long alignment(SourceFile file, ObjectNode metadata) {
    long alignment = metadata.path("general.alignment").asLong(32);
    if (alignment < 1 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
      throw HeaderChecks.fail(
          ErrorCode.MALFORMED_HEADER,
          file,
          "metadata general.alignment",
          "a power of two up to 2^20",
          alignment + "");
    }
    return alignment;
  }

  private static Optional<ElementType> type(long number) {
    return Optional.ofNullable(
        switch ((int) Math.min(number, 999)) {
          case 0 -> ElementType.F32;
          case 1 -> ElementType.F16;
          case 2 -> ElementType.Q4_0;
          case 3 -> ElementType.Q4_1;
          case 6 -> ElementType.Q5_0;
          case 7 -> ElementType.Q5_1;
          case 8 -> ElementType.Q8_0;
          case 10 -> ElementType.Q2_K;
          case 11 -> ElementType.Q3_K;
          case 12 -> ElementType.Q4_K;
          case 13 -> ElementType.Q5_K;
          case 14 -> ElementType.Q6_K;
          case 20 -> ElementType.IQ4_NL;
          case 23 -> ElementType.IQ4_XS;
          case 24 -> ElementType.I8;
          case 25 -> ElementType.I16;
          case 26 -> ElementType.I32;
          case 27 -> ElementType.I64;
          case 28 -> ElementType.F64;
          case 30 -> ElementType.BF16;
          case 34 -> ElementType.TQ1_0;
          case 35 -> ElementType.TQ2_0;
          case 39 -> ElementType.MXFP4;
          default -> null;
        });
  }
}
