package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * PyTorch's files before version 1.6: a magic number, the protocol's version, facts about the
 * machine, the dictionary of tensors and the list of storages' keys, each a pickle; then every
 * storage in that order, its number of elements before it.
 */
final class LegacyPyTorch {
  private static final long MAXIMUM_PICKLE_BYTES = 64_000_000;
  private static final Long PROTOCOL = 1001L;
  private static final int COUNT_BYTES = 8;

  private LegacyPyTorch() {}

  static List<Tensor> tensors(SourceFile file, ByteSource bytes) {
    if (!LegacyPickle.hasMagic(file, bytes)) {
      throw LegacyPickle.refuse(file, bytes);
    }
    long length = Math.min(file.sizeBytes(), MAXIMUM_PICKLE_BYTES);
    HeaderCursor cursor = new HeaderCursor(file, bytes.read(file.range(0, length)), 0);
    new PickleReader(file, cursor, "").read();
    Object protocol = new PickleReader(file, cursor, "").read();
    if (!PROTOCOL.equals(protocol)) {
      throw HeaderChecks.fail(
          ErrorCode.UNSUPPORTED_VERSION, file, "protocol", "version 1001", "another");
    }
    if (!(new PickleReader(file, cursor, "").read() instanceof Map<?, ?> machine)
        || !Boolean.TRUE.equals(machine.get("little_endian"))) {
      throw HeaderChecks.fail(
          ErrorCode.UNSUPPORTED_VERSION, file, "little_endian", "true", "something else");
    }
    PickleReader reader = new PickleReader(file, cursor, "");
    Object top = reader.read();
    Object keys = new PickleReader(file, cursor, "").read();
    Map<String, StoredZip.Entry> storages =
        storages(file, bytes, cursor.position(), keys, types(file, reader.persistents()));
    return new PyTorchTensors(
            file,
            key -> {
              StoredZip.Entry storage = storages.get(key);
              if (storage == null) {
                throw malformed(file, "storage " + key, "a storage that is listed", "none");
              }
              return storage;
            })
        .tensors(top);
  }

  /** What each storage holds; its class says so where tensors refer to it. */
  private static Map<String, ElementType> types(
      SourceFile file, List<PickleReader.Persistent> persistents) {
    Map<String, ElementType> types = new HashMap<>();
    for (PickleReader.Persistent persistent : persistents) {
      List<Object> parts = persistent.parts();
      if (parts.size() < 5
          || !(parts.get(1) instanceof PickleReader.Global storageClass)
          || !(parts.get(2) instanceof String key)) {
        throw malformed(file, "", "a storage's class, key and size", "something else");
      }
      if (parts.size() > 5 && parts.get(5) != PickleReader.Nothing.NONE) {
        throw HeaderChecks.fail(
            ErrorCode.UNSUPPORTED_VERSION,
            file,
            "storage " + key,
            "a storage of its own",
            "a view of another (PyTorch before 0.4)");
      }
      ElementType type =
          storageClass.name().equals("UntypedStorage")
              ? ElementType.U8
              : PyTorchTensors.type(storageClass.name())
                  .orElseThrow(() ->
                      HeaderChecks.unknownType(file, "storage " + key, storageClass.toString()));
      types.put(key, type);
    }
    return types;
  }

  private static Map<String, StoredZip.Entry> storages(
      SourceFile file, ByteSource bytes, long start, Object keys, Map<String, ElementType> types) {
    if (!(keys instanceof List<?> list)) {
      throw malformed(file, "storages", "a list of keys", keys.getClass().getSimpleName());
    }
    Map<String, StoredZip.Entry> storages = new HashMap<>();
    long position = start;
    for (Object key : list) {
      ElementType type = key instanceof String text ? types.get(text) : null;
      if (type == null) {
        throw malformed(file, "storages", "keys of the tensors' storages", "another");
      }
      String place = "storage " + key;
      HeaderChecks.inFile(file, place, position, COUNT_BYTES);
      long elements =
          new HeaderCursor(file, bytes.read(file.range(position, COUNT_BYTES)), position)
              .signed64();
      long length =
          HeaderChecks.bytesFor(
              file, place, type, HeaderChecks.shape(file, place, List.of(elements)));
      HeaderChecks.inFile(file, place, position + COUNT_BYTES, length);
      storages.put((String) key, new StoredZip.Entry(position + COUNT_BYTES, length, false));
      position += COUNT_BYTES + length;
    }
    return storages;
  }

  private static ArtifactException malformed(
      SourceFile file, String place, String expected, String found) {
    return HeaderChecks.fail(ErrorCode.MALFORMED_HEADER, file, place, expected, found);
  }
}
