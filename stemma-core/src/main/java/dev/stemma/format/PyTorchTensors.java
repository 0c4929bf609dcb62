package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a PyTorch file's pickle holds, as views of its storages.
 *
 * @param storages where the bytes of a storage lie, by its key
 */
record PyTorchTensors(SourceFile file, Function<String, StoredZip.Entry> storages) {
  private static final List<String> WRAPPERS =
      List.of("state_dict", "model_state_dict", "model", "module");
  private static final int MAXIMUM_DEPTH = 16;
  private static final int TYPE_ARGUMENT = 6;

  /** Those of the model in a training's checkpoint, or the dictionary's own tensors. */
  List<Tensor> tensors(Object top) {
    if (!(top instanceof Map<?, ?> map)) {
      throw malformed("data.pkl", "a dictionary of tensors", top.getClass().getSimpleName());
    }
    Walk walk = new Walk();
    for (String wrapper : WRAPPERS) {
      if (walk.tensors.isEmpty() && map.get(wrapper) instanceof Map<?, ?> inner) {
        walk.add("", inner, 1);
        if (walk.tensors.isEmpty()) {
          walk.add("", inner, MAXIMUM_DEPTH);
        }
      }
    }
    if (walk.tensors.isEmpty()) {
      walk.add("", map, 1);
    }
    if (walk.tensors.isEmpty() && !map.isEmpty()) {
      throw malformed(
          "data.pkl",
          "tensors, or a dictionary of them under " + String.join(", ", WRAPPERS),
          map.keySet().stream().limit(8).map(String::valueOf).collect(Collectors.joining(", ")));
    }
    return walk.tensors;
  }

  /** A dictionary may be reached in many ways, even through itself: what is seen is counted. */
  private final class Walk {
    private final List<Tensor> tensors = new ArrayList<>();
    private int seen;

    /** Tensors of a dictionary and of those in it, so many levels deep. */
    void add(String prefix, Map<?, ?> map, int levels) {
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (seen++ >= HeaderChecks.MAXIMUM_TENSORS) {
          throw HeaderChecks.fail(
              ErrorCode.TOO_MANY_ENTRIES,
              file,
              "data.pkl",
              "at most " + HeaderChecks.MAXIMUM_TENSORS + " tensors",
              "more");
        }
        String name = prefix + entry.getKey();
        if (entry.getValue() instanceof PickleReader.Rebuilt rebuilt) {
          HeaderChecks.name(file, "data.pkl", name);
          tensors.add(new Tensor(name, view("tensor " + name, rebuilt)));
        } else if (levels > 1 && entry.getValue() instanceof Map<?, ?> inner) {
          if (levels == 2) {
            throw malformed("data.pkl", "at most " + MAXIMUM_DEPTH + " dictionaries deep", "more");
          }
          add(name + ".", inner, levels - 1);
        }
      }
    }
  }

  /** Arguments: storage, offset, size, stride, and what does not matter here. */
  private TensorView view(String place, PickleReader.Rebuilt rebuilt) {
    List<Object> arguments = rebuilt.arguments();
    if (arguments.size() < 4
        || !(arguments.get(0) instanceof PickleReader.Persistent persistent)
        || !(arguments.get(1) instanceof Long offset)) {
      throw malformed(place, "a storage, an offset, a size and strides", "something else");
    }
    TensorView.Stored storage = storage(place, persistent, arguments);
    Shape shape = HeaderChecks.shape(file, place, numbers(place, arguments.get(2)));
    List<Long> strides = numbers(place, arguments.get(3));
    if (shape.elements() > storage.shape().elements()) {
      throw HeaderChecks.fail(
          ErrorCode.OUT_OF_FILE,
          file,
          place,
          "at most its storage's " + storage.shape().elements() + " elements",
          shape.toString());
    }
    try {
      return arranged(storage, offset, shape, strides);
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw HeaderChecks.fail(
          ErrorCode.OUT_OF_FILE,
          file,
          place,
          "elements inside its storage of " + storage.shape().elements(),
          "offset " + offset + ", size " + shape + ", strides " + strides,
          e);
    }
  }

  private static TensorView arranged(
      TensorView.Stored storage, long offset, Shape shape, List<Long> strides) {
    TensorView.Strided strided = new TensorView.Strided(storage, offset, strides, shape);
    List<Long> rowMajor = new ArrayList<>();
    long step = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      rowMajor.addFirst(step);
      step *= Math.max(1, shape.dimension(axis));
    }
    boolean columnMajor =
        shape.rank() == 2 && strides.equals(List.of(1L, Math.max(1, shape.dimension(0))));
    if (!strides.equals(rowMajor) && !columnMajor && shape.elements() > 1) {
      return strided;
    }
    int bytes = storage.type().blockBytes();
    TensorView.Stored part =
        new TensorView.Stored(
            storage.bytes().slice(offset * bytes, shape.elements() * bytes),
            storage.type(),
            columnMajor ? Shape.of(shape.dimension(1), shape.dimension(0)) : shape);
    return columnMajor ? new TensorView.Transposed(part) : part;
  }

  /** Parts: "storage", its class, its key, the device, the number of elements. */
  private TensorView.Stored storage(
      String place, PickleReader.Persistent persistent, List<Object> arguments) {
    List<Object> parts = persistent.parts();
    if (parts.size() < 5
        || !"storage".equals(parts.get(0))
        || !(parts.get(1) instanceof PickleReader.Global storageClass)
        || !(parts.get(2) instanceof String key)
        || !(parts.get(4) instanceof Long size)) {
      throw malformed(place, "a storage's class, key and size", "something else");
    }
    // An untyped storage counts bytes; the tensor says what they are.
    boolean untyped = storageClass.name().equals("UntypedStorage");
    PickleReader.Global named =
        untyped
                && arguments.size() > TYPE_ARGUMENT
                && arguments.get(TYPE_ARGUMENT) instanceof PickleReader.Global type
            ? type
            : storageClass;
    ElementType type =
        type(named.name())
            .orElseThrow(() -> HeaderChecks.unknownType(file, place, named.toString()));
    StoredZip.Entry entry = storages.apply(key);
    long elements = untyped ? size / type.blockBytes() : size;
    Shape shape = HeaderChecks.shape(file, place, List.of(elements));
    long needed = HeaderChecks.bytesFor(file, place, type, shape);
    if (needed != entry.length()) {
      throw HeaderChecks.fail(
          ErrorCode.SIZE_MISMATCH,
          file,
          place,
          needed + " bytes for " + elements + " of " + type,
          "an entry of " + entry.length());
    }
    return HeaderChecks.stored(file, place, type, shape, entry.offset());
  }

  private List<Long> numbers(String place, Object object) {
    if (!(object instanceof List<?> list) || list.size() > Shape.MAXIMUM_RANK) {
      throw malformed(place, "at most " + Shape.MAXIMUM_RANK + " numbers", "something else");
    }
    List<Long> numbers = new ArrayList<>();
    for (Object entry : list) {
      if (!(entry instanceof Long number)) {
        throw malformed(place, "whole numbers", entry.getClass().getSimpleName());
      }
      numbers.add(number);
    }
    return numbers;
  }

  private ArtifactException malformed(String place, String expected, String found) {
    return HeaderChecks.fail(ErrorCode.MALFORMED_HEADER, file, place, expected, found);
  }

  /** By a storage's class or a tensor's type. */
  static Optional<ElementType> type(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "FloatStorage", "float32" -> ElementType.F32;
          case "DoubleStorage", "float64" -> ElementType.F64;
          case "HalfStorage", "float16" -> ElementType.F16;
          case "BFloat16Storage", "bfloat16" -> ElementType.BF16;
          case "LongStorage", "int64" -> ElementType.I64;
          case "IntStorage", "int32" -> ElementType.I32;
          case "ShortStorage", "int16" -> ElementType.I16;
          case "CharStorage", "int8" -> ElementType.I8;
          case "ByteStorage", "uint8" -> ElementType.U8;
          case "BoolStorage", "bool" -> ElementType.BOOL;
          case "Float8_e4m3fnStorage", "float8_e4m3fn" -> ElementType.F8_E4M3;
          case "Float8_e5m2Storage", "float8_e5m2" -> ElementType.F8_E5M2;
          case "float8_e8m0fnu" -> ElementType.F8_E8M0;
          case "uint16" -> ElementType.U16;
          case "uint32" -> ElementType.U32;
          case "uint64" -> ElementType.U64;
          default -> null;
        });
  }
}
