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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** PyTorch's zip files: a pickled dictionary of tensors, and each storage as an entry. */
public final class PyTorchFormat implements Format {
  private static final int ZIP = 0x04034b50;
  private static final long MAXIMUM_PICKLE_BYTES = 64_000_000;
  private static final List<String> WRAPPERS =
      List.of("state_dict", "model_state_dict", "model", "module");

  @Override
  public String id() {
    return "pytorch";
  }

  @Override
  public boolean recognises(SourceFile file) {
    String name = ConfigFormat.fileName(file).toLowerCase(Locale.ROOT);
    return (name.endsWith(".bin") && !name.startsWith("tok"))
        || name.endsWith(".pt")
        || name.endsWith(".pth");
  }

  /** Whether the first bytes are those of a zip archive. */
  static boolean isZip(SourceFile file, ByteSource bytes) {
    return file.sizeBytes() >= 4
        && new HeaderCursor(file, bytes.read(file.range(0, 4)), 0).signed32() == ZIP;
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    return Contents.ofTensors(tensors(file, bytes));
  }

  static List<Tensor> tensors(SourceFile file, ByteSource bytes) {
    if (!isZip(file, bytes)) {
      throw LegacyPickle.refuse(file, bytes);
    }
    StoredZip zip = StoredZip.read(file, bytes);
    String pickle =
        zip.entries().keySet().stream()
            .filter(name -> name.endsWith("/data.pkl"))
            .min(java.util.Comparator.naturalOrder())
            .orElseThrow(() ->
                HeaderChecks.fail(
                    ErrorCode.MALFORMED_ARCHIVE, file, "", "an entry .../data.pkl", "none"));
    String folder = pickle.substring(0, pickle.length() - "data.pkl".length());
    StoredZip.Entry entry = entry(file, zip, pickle);
    if (entry.length() > MAXIMUM_PICKLE_BYTES) {
      throw HeaderChecks.fail(
          ErrorCode.HEADER_TOO_LARGE,
          file,
          pickle,
          "at most " + MAXIMUM_PICKLE_BYTES + " bytes",
          entry.length() + " bytes");
    }
    littleEndian(file, zip, folder, bytes);
    HeaderCursor cursor =
        new HeaderCursor(file, bytes.read(file.range(entry.offset(), entry.length())), 0);
    Object top = new PickleReader(file, cursor, "data.pkl, ").read();
    List<Tensor> tensors = new Builder(file, zip, folder).tensors(top);
    if (tensors.size() > HeaderChecks.MAXIMUM_TENSORS) {
      throw HeaderChecks.fail(
          ErrorCode.TOO_MANY_ENTRIES,
          file,
          pickle,
          "at most " + HeaderChecks.MAXIMUM_TENSORS + " tensors",
          tensors.size() + "");
    }
    return tensors;
  }

  private static StoredZip.Entry entry(SourceFile file, StoredZip zip, String name) {
    StoredZip.Entry entry = zip.entries().get(name);
    if (entry == null) {
      throw HeaderChecks.fail(
          ErrorCode.MALFORMED_ARCHIVE, file, "", "the entry " + name, "no such entry");
    }
    return entry;
  }

  private static void littleEndian(
      SourceFile file, StoredZip zip, String folder, ByteSource bytes) {
    StoredZip.Entry entry = zip.entries().get(folder + "byteorder");
    if (entry != null && entry.length() <= 16) {
      String order =
          new HeaderCursor(file, bytes.read(file.range(entry.offset(), entry.length())), 0)
              .text(entry.length(), 16);
      if (!order.equals("little")) {
        throw HeaderChecks.fail(
            ErrorCode.UNSUPPORTED_VERSION, file, folder + "byteorder", "little", order);
      }
    }
  }

  /** Objects of the pickle become views. */
  private record Builder(SourceFile file, StoredZip zip, String folder) {
    List<Tensor> tensors(Object top) {
      if (!(top instanceof Map<?, ?> map)) {
        throw malformed("data.pkl", "a dictionary of tensors", top.getClass().getSimpleName());
      }
      List<Tensor> tensors = direct(map);
      for (String wrapper : WRAPPERS) {
        if (tensors.isEmpty() && map.get(wrapper) instanceof Map<?, ?> inner) {
          tensors = direct(inner);
        }
      }
      return tensors;
    }

    private List<Tensor> direct(Map<?, ?> map) {
      List<Tensor> tensors = new ArrayList<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (entry.getValue() instanceof PickleReader.Rebuilt rebuilt) {
          String name = HeaderChecks.name(file, "data.pkl", String.valueOf(entry.getKey()));
          tensors.add(new Tensor(name, view("tensor " + name, rebuilt)));
        }
      }
      return tensors;
    }

    /** Arguments: storage, offset, size, stride, and what does not matter here. */
    private TensorView view(String place, PickleReader.Rebuilt rebuilt) {
      List<Object> arguments = rebuilt.arguments();
      if (arguments.size() < 4
          || !(arguments.get(0) instanceof PickleReader.Persistent persistent)
          || !(arguments.get(1) instanceof Long offset)) {
        throw malformed(place, "a storage, an offset, a size and strides", "something else");
      }
      TensorView.Stored storage = storage(place, persistent);
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

    /** Parts: "storage", its class, the entry's key, the device, the number of elements. */
    private TensorView.Stored storage(String place, PickleReader.Persistent persistent) {
      List<Object> parts = persistent.parts();
      if (parts.size() < 5
          || !"storage".equals(parts.get(0))
          || !(parts.get(1) instanceof PickleReader.Global storageClass)
          || !(parts.get(2) instanceof String key)
          || !(parts.get(4) instanceof Long elements)) {
        throw malformed(place, "a storage's class, key and size", "something else");
      }
      ElementType type =
          type(storageClass.name())
              .orElseThrow(() -> HeaderChecks.unknownType(file, place, storageClass.name()));
      StoredZip.Entry entry = entry(file, zip, folder + "data/" + key);
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
  }

  private static Optional<ElementType> type(String storage) {
    return Optional.ofNullable(
        switch (storage) {
          case "FloatStorage" -> ElementType.F32;
          case "DoubleStorage" -> ElementType.F64;
          case "HalfStorage" -> ElementType.F16;
          case "BFloat16Storage" -> ElementType.BF16;
          case "LongStorage" -> ElementType.I64;
          case "IntStorage" -> ElementType.I32;
          case "ShortStorage" -> ElementType.I16;
          case "CharStorage" -> ElementType.I8;
          case "ByteStorage" -> ElementType.U8;
          case "BoolStorage" -> ElementType.BOOL;
          case "Float8_e4m3fnStorage" -> ElementType.F8_E4M3;
          case "Float8_e5m2Storage" -> ElementType.F8_E5M2;
          default -> null;
        });
  }
}
