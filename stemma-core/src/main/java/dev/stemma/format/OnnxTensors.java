package dev.stemma.format;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads TensorProto messages: the values lie in one of seven fields, or in a file beside. */
final class OnnxTensors {
  /** Values that are packed in variable lengths are taken to the heap, no more than this a file. */
  private static final int MAXIMUM_LITERALS = 16_000_000;

  private static final int STRING = 8;

  private final SourceFile file;
  private final SourceFiles siblings;
  private int literals;

  OnnxTensors(SourceFile file, SourceFiles siblings) {
    this.file = file;
    this.siblings = siblings;
  }

  /** A tensor; without a view if it holds texts. */
  record Named(String name, @Nullable TensorView view) {}

  Named read(ProtoReader message) {
    List<Long> dimensions = new ArrayList<>(4);
    String name = "";
    int typeNumber = 0;
    boolean external = false;
    Map<String, String> location = new HashMap<>();
    Values values = new Values();
    while (message.next()) {
      switch (message.field()) {
        case 1 ->
            message.numbers(dimension -> {
              if (dimensions.size() <= Shape.MAXIMUM_RANK) {
                dimensions.add(dimension);
              }
            });
        case 2 -> typeNumber = (int) message.number();
        case 8 -> name = message.text();
        case 13 -> entry(location, message.message());
        case 14 -> external = message.number() == 1;
        case 4, 5, 7, 9, 10, 11 -> values.add(message);
        default -> {}
      }
    }
    HeaderChecks.name(file, "an initializer", name);
    String place = "initializer " + name;
    if (typeNumber == STRING) {
      return new Named(name, null);
    }
    int number = typeNumber;
    ElementType type =
        type(typeNumber)
            .orElseThrow(() -> HeaderChecks.unknownType(file, place, "data_type " + number));
    Shape shape = HeaderChecks.shape(file, place, dimensions);
    return new Named(
        name, external ? external(place, type, shape, location) : values.view(place, type, shape));
  }

  private static Optional<ElementType> type(int number) {
    return Optional.ofNullable(
        switch (number) {
          case 1 -> ElementType.F32;
          case 2 -> ElementType.U8;
          case 3 -> ElementType.I8;
          case 4 -> ElementType.U16;
          case 5 -> ElementType.I16;
          case 6 -> ElementType.I32;
          case 7 -> ElementType.I64;
          case 9 -> ElementType.BOOL;
          case 10 -> ElementType.F16;
          case 11 -> ElementType.F64;
          case 12 -> ElementType.U32;
          case 13 -> ElementType.U64;
          case 16 -> ElementType.BF16;
          case 17 -> ElementType.F8_E4M3;
          case 19 -> ElementType.F8_E5M2;
          case 21 -> ElementType.U4;
          case 22 -> ElementType.I4;
          case 23 -> ElementType.F4;
          case 24 -> ElementType.F8_E8M0;
          default -> null;
        });
  }

  private void entry(Map<String, String> location, ProtoReader message) {
    String key = "";
    String value = "";
    while (message.next()) {
      if (message.field() == 1) {
        key = message.text();
      } else if (message.field() == 2) {
        value = message.text();
      }
    }
    if (location.size() < 16 && location.put(key, value) != null) {
      throw HeaderChecks.fail(
          ErrorCode.DUPLICATE_NAME, file, "external_data", "every key once", key + " twice");
    }
  }

  private TensorView external(
      String place, ElementType type, Shape shape, Map<String, String> location) {
    String path = location.getOrDefault("location", "");
    SourceFile beside =
        ShardIndex.sibling(
            file,
            path.startsWith("./") ? path.substring(2) : path,
            siblings,
            place + ", external_data",
            ErrorCode.NOT_FOUND);
    long offset = whole(place, location.getOrDefault("offset", "0"));
    long needed = HeaderChecks.bytesFor(file, place, type, shape);
    String length = location.get("length");
    if (length != null && whole(place, length) != needed) {
      throw HeaderChecks.fail(
          ErrorCode.SIZE_MISMATCH, file, place, needed + " bytes for " + shape, length + " bytes");
    }
    return HeaderChecks.stored(beside, place, type, shape, offset);
  }

  private long whole(String place, String number) {
    try {
      return Long.parseLong(number);
    } catch (NumberFormatException e) {
      throw HeaderChecks.fail(
          ErrorCode.MALFORMED_HEADER, file, place + ", external_data", "a number", number, e);
    }
  }

  /** The values of one tensor, wherever they stand. */
  private final class Values {
    private long start;
    private long length;
    private int field;
    private float[] listed = new float[0];
    private int count;

    /** Takes one occurrence of a value field; packed fixed-width ones stay in the file. */
    void add(ProtoReader message) {
      if (field != 0 && (field != message.field() || length > 0)) {
        throw HeaderChecks.fail(
            ErrorCode.MALFORMED_HEADER,
            file,
            "byte " + message.start(),
            "a tensor's values in one place",
            "a second one");
      }
      field = message.field();
      boolean packed = message.wire() == ProtoReader.LENGTH;
      switch (field) {
        case 5, 7, 11 -> message.numbers(this::list);
        default -> {
          if (packed) {
            start = message.start();
            length = message.length();
          } else if (field == 4) {
            append(message.float32());
          } else {
            append((float) message.float64());
          }
        }
      }
    }

    private void list(long number) {
      append(
          field == 11 && number < 0 ? (float) ((number >>> 1) | (number & 1)) * 2 : (float) number);
    }

    private void append(float value) {
      if (literals++ >= MAXIMUM_LITERALS) {
        throw HeaderChecks.fail(
            ErrorCode.TOO_MANY_ENTRIES,
            file,
            "initializers",
            "at most " + MAXIMUM_LITERALS + " values outside of raw_data",
            "more");
      }
      if (count == listed.length) {
        listed = java.util.Arrays.copyOf(listed, Math.max(16, count * 2));
      }
      listed[count++] = value;
    }

    TensorView view(String place, ElementType type, Shape shape) {
      boolean inPlace =
          length > 0 || (count == 0 && (field == 9 || field == 0 || shape.elements() == 0));
      if (inPlace) {
        ElementType stored = field == 4 ? ElementType.F32 : field == 10 ? ElementType.F64 : type;
        long needed = HeaderChecks.bytesFor(file, place, stored, shape);
        if (needed != length || stored != type) {
          throw sizes(place, needed + " bytes for " + shape + " of " + type, length + " bytes");
        }
        return HeaderChecks.stored(file, place, type, shape, start);
      }
      if (field == 5 && asBits(type)) {
        return fromBits(place, type, shape);
      }
      if (count != shape.elements()) {
        throw sizes(place, shape.elements() + " values for " + shape, count + " values");
      }
      return new TensorView.Literal(java.util.Arrays.copyOf(listed, count), shape);
    }

    private dev.stemma.artifact.ArtifactException sizes(
        String place, String expected, String found) {
      return HeaderChecks.fail(ErrorCode.SIZE_MISMATCH, file, place, expected, found);
    }

    /** int32_data holds small floats as their bits, and of half bytes two in a number. */
    private TensorView fromBits(String place, ElementType type, Shape shape) {
      int bytes = type.blockBytes();
      long numbers = Math.ceilDiv(shape.elements(), type.blockElements());
      if (count != numbers) {
        throw sizes(place, numbers + " numbers for " + shape + " of " + type, count + " numbers");
      }
      ByteBuffer bits = ByteBuffer.allocate(count * bytes).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        if (bytes == 1) {
          bits.put((byte) (int) listed[i]);
        } else {
          bits.putShort((short) (int) listed[i]);
        }
      }
      float[] values = new float[Math.toIntExact(shape.elements())];
      ElementDecoder.decode(MemorySegment.ofBuffer(bits.flip()), type, 0, values.length, values, 0);
      return new TensorView.Literal(values, shape);
    }

    private static boolean asBits(ElementType type) {
      return switch (type) {
        case F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, U4, I4, F4 -> true;
        default -> false;
      };
    }
  }
}
