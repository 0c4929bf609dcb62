package dev.stemma.cli;

import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON as plain maps, lists, texts and numbers, as a chat template reads it. */
final class Json {
  private Json() {}

  static Map<String, Object> map(JsonNode object) {
    return JsonMapper.shared().convertValue(object, new TypeReference<>() {});
  }

  static Object value(JsonNode node) {
    return JsonMapper.shared().convertValue(node, Object.class);
  }
}
