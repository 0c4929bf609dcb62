package dev.stemma.mcp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** JSON schemas of arguments and results. */
final class Schemas {
  private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
  static final String REFERENCE =
      "hf:org/name[@revision], https://..., maven:group:artifact:version, npm:name@version,"
          + " catalogue:NAME, or a path below the server's root";

  private Schemas() {}

  /** One argument. */
  record Argument(String name, Map<String, Object> schema, boolean required) {
    Argument needed() {
      return new Argument(name, schema, true);
    }
  }

  static Argument text(String name, String description) {
    return new Argument(name, Map.of("type", "string", "description", description), false);
  }

  static Argument choice(String name, String description, List<String> values) {
    return new Argument(
        name, Map.of("type", "string", "enum", values, "description", description), false);
  }

  static Argument texts(String name, String description, int least) {
    return new Argument(
        name,
        Map.of(
            "type",
            "array",
            "items",
            Map.of("type", "string"),
            "minItems",
            least,
            "maxItems",
            12,
            "description",
            description),
        false);
  }

  static Argument flag(String name, String description) {
    return new Argument(name, Map.of("type", "boolean", "description", description), false);
  }

  static Argument number(String name, String description) {
    return new Argument(name, Map.of("type", "integer", "description", description), false);
  }

  static Map<String, Object> input(Argument... arguments) {
    Map<String, Object> properties = new LinkedHashMap<>();
    for (Argument argument : arguments) {
      properties.put(argument.name(), argument.schema());
    }
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("properties", properties);
    schema.put(
        "required",
        List.of(arguments).stream().filter(Argument::required).map(Argument::name).toList());
    schema.put("additionalProperties", false);
    return schema;
  }

  /** A document of ours: its name is its first key. */
  static Map<String, Object> output(String name) {
    return Map.of(
        "$schema",
        DIALECT,
        "type",
        "object",
        "required",
        List.of("schema"),
        "properties",
        Map.of("schema", Map.of("type", "string", "const", name)));
  }

  /** The report's own schema. */
  static Map<String, Object> report() {
    try (InputStream in =
        Objects.requireNonNull(
            Schemas.class.getResourceAsStream("/dev/stemma/report/report.schema.json"))) {
      return JsonMapper.shared().readValue(in, new TypeReference<>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
