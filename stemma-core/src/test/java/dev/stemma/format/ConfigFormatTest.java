package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;

class ConfigFormatTest extends FormatContract {
  @Override
  Format format() {
    return new ConfigFormat("config.json");
  }

  @Override
  String fileName() {
    return "config.json";
  }

  @Override
  byte[] valid() {
    return "{\"model_type\":\"llama\",\"hidden_size\":64,\"rope_scaling\":{\"factor\":2.0}}"
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  List<Attack> attacks() {
    return List.of(
        attack("empty", "", ErrorCode.MALFORMED_JSON),
        attack("a list", "[]", ErrorCode.MALFORMED_JSON),
        attack("twice", "{\"a\":1,\"a\":2}", ErrorCode.DUPLICATE_NAME),
        attack("nested", "{\"a\":" + "[".repeat(100_000), ErrorCode.MALFORMED_JSON),
        attack("a number bomb", "{\"a\":1" + "0".repeat(100_000) + "}", ErrorCode.MALFORMED_JSON),
        attack("a name bomb", "{\"" + "a".repeat(100_000) + "\":1}", ErrorCode.MALFORMED_JSON),
        attack("two documents", "{} {}", ErrorCode.MALFORMED_JSON),
        attack("too large", "{}" + " ".repeat(17_000_000), ErrorCode.HEADER_TOO_LARGE));
  }

  private static Attack attack(String name, String json, ErrorCode code) {
    return new Attack(name, json.getBytes(StandardCharsets.UTF_8), code);
  }
}
