package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tensor;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/** Hugging Face's shard index, the same for safetensors and PyTorch files. */
final class ShardIndex {
  private static final long MAXIMUM_BYTES = 100_000_000;

  private ShardIndex() {}

  /** Shard file by tensor name. */
  static Map<String, String> read(SourceFile file, ByteSource bytes) {
    JsonNode map = BoundedJson.object(file, bytes, MAXIMUM_BYTES).get("weight_map");
    if (map == null || !map.isObject()) {
      throw HeaderChecks.fail(
          ErrorCode.MALFORMED_HEADER, file, "weight_map", "an object of shard names", "none");
    }
    if (map.size() > HeaderChecks.MAXIMUM_TENSORS) {
      throw HeaderChecks.fail(
          ErrorCode.TOO_MANY_ENTRIES,
          file,
          "weight_map",
          "at most " + HeaderChecks.MAXIMUM_TENSORS + " tensors",
          map.size() + "");
    }
    Map<String, String> shardOf = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String name = HeaderChecks.name(file, "weight_map", entry.getKey());
      if (!entry.getValue().isString()) {
        throw HeaderChecks.fail(
            ErrorCode.MALFORMED_HEADER, file, "weight_map." + name, "a shard's name", "no text");
      }
      // Shards share their name's one text, however many tensors they hold.
      shardOf.put(name, entry.getValue().stringValue().intern());
    }
    return shardOf;
  }

  /** The file of that name beside the index. */
  static SourceFile shard(SourceFile index, String name, SourceFiles siblings) {
    return sibling(index, name, siblings, "weight_map", ErrorCode.INDEX_MISMATCH);
  }

  /**
   * A file that a header names; only a plain name in the same folder is followed.
   *
   * @param missing the code where it is not there
   */
  static SourceFile sibling(
      SourceFile from, String name, SourceFiles siblings, String place, ErrorCode missing) {
    if (name.isEmpty()
        || name.contains("/")
        || name.contains("\\")
        || name.contains(":")
        || name.contains("\0")
        || name.equals(".")
        || name.equals("..")) {
      throw new ArtifactException(
          ErrorCode.PATH_TRAVERSAL,
          from.name(),
          place,
          "the plain name of a file in the same folder",
          name.isEmpty() ? "an empty name" : name,
          "Do not trust the file: it points outside of its model.");
    }
    return siblings
        .beside(from, name)
        .orElseThrow(() ->
            new ArtifactException(
                missing,
                from.name(),
                place,
                "the file " + name + " beside it",
                "no such file",
                "Get the missing file, into the same folder."));
  }

  /** The tensors, checked against the index: each in its shard, none missing, none twice. */
  static List<Tensor> chosen(SourceFile file, Map<String, String> shardOf, List<Tensor> tensors) {
    Map<String, Tensor> byName = HashMap.newHashMap(tensors.size());
    for (Tensor tensor : tensors) {
      if (byName.put(tensor.name(), tensor) != null) {
        throw HeaderChecks.fail(
            ErrorCode.DUPLICATE_NAME,
            file,
            "tensor " + tensor.name(),
            "every name in one shard",
            "it in two");
      }
    }
    Set<String> missing = new TreeSet<>(shardOf.keySet());
    missing.removeAll(byName.keySet());
    if (!missing.isEmpty()) {
      String first = missing.iterator().next();
      throw HeaderChecks.fail(
          ErrorCode.INDEX_MISMATCH,
          file,
          "weight_map." + first,
          "the tensor in " + shardOf.get(first),
          "no such tensor (" + missing.size() + " are missing)");
    }
    return new ArrayList<>(byName.values());
  }
}
