package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;

class IndexFormatTest extends FormatContract {
  @Override
  Format format() {
    return IndexFormat.ofSafetensors();
  }

  @Override
  String fileName() {
    return "model.safetensors.index.json";
  }

  /** The index as configuration: its shard is all zeros, so a valid index has no tensors. */
  @Override
  byte[] valid() {
    return "{\"metadata\":{\"total_size\":10},\"weight_map\":{}}".getBytes(StandardCharsets.UTF_8);
  }

  @Override
  void readsTheValidFile() {
    org.assertj.core.api.Assertions.assertThat(read(valid()).tensors()).isEmpty();
  }

  @Override
  List<String> siblings() {
    return List.of("one.safetensors");
  }

  @Override
  List<Attack> attacks() {
    return List.of(
        attack("up", "../one.safetensors", ErrorCode.PATH_TRAVERSAL),
        attack("absolute", "/etc/passwd", ErrorCode.PATH_TRAVERSAL),
        attack("other system", "..\\\\one.safetensors", ErrorCode.PATH_TRAVERSAL),
        attack("address", "http:one", ErrorCode.PATH_TRAVERSAL),
        attack("empty", "", ErrorCode.PATH_TRAVERSAL),
        attack("missing", "two.safetensors", ErrorCode.INDEX_MISMATCH),
        attack("a shard that is none", "one.safetensors", ErrorCode.WRONG_MAGIC),
        json("no map", "{}", ErrorCode.MALFORMED_HEADER),
        json("not a name", "{\"weight_map\":{\"a\":[]}}", ErrorCode.MALFORMED_HEADER),
        json("twice", "{\"weight_map\":{\"a\":\"x\",\"a\":\"y\"}}", ErrorCode.DUPLICATE_NAME),
        json("nested", "{\"a\":".repeat(5000), ErrorCode.MALFORMED_JSON),
        json("long", "{\"a\":\"" + "x".repeat(5_000_000), ErrorCode.MALFORMED_JSON));
  }

  private static Attack attack(String name, String shard, ErrorCode code) {
    return json(name, "{\"weight_map\":{\"a\":\"" + shard + "\"}}", code);
  }

  private static Attack json(String name, String json, ErrorCode code) {
    return new Attack(name, json.getBytes(StandardCharsets.UTF_8), code);
  }
}
