package dev.stemma.format;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads what lies beside a vocabulary: {@code tokenizer_config.json}, {@code
 * special_tokens_map.json}, {@code chat_template.jinja}.
 */
final class TokenizerCompanions {
  private static final long MAXIMUM_JSON_BYTES = 64L << 20;
  private static final long MAXIMUM_TEMPLATE_BYTES = 1L << 20;

  private TokenizerCompanions() {}

  /** The tokenizer with the parts of its special tokens and its chat template. */
  static Tokenizer complete(
      Tokenizer tokenizer, SourceFile file, SourceFiles siblings, ByteSource bytes) {
    SortedMap<String, String> roles = new TreeMap<>(tokenizer.traits().roles());
    Optional<String> template = tokenizer.traits().chatTemplate();
    Optional<SourceFile> map = beside(file, siblings, "special_tokens_map.json");
    if (map.isPresent()) {
      roles(BoundedJson.object(map.get(), bytes, MAXIMUM_JSON_BYTES), roles);
    }
    Optional<SourceFile> config = beside(file, siblings, "tokenizer_config.json");
    if (config.isPresent()) {
      ObjectNode json = BoundedJson.object(config.get(), bytes, MAXIMUM_JSON_BYTES);
      roles(json, roles);
      template = template(json.get("chat_template")).or(orElse(template));
    }
    Optional<SourceFile> jinja = beside(file, siblings, "chat_template.jinja");
    if (jinja.isPresent()) {
      template =
          Optional.of(
              new String(
                  TokenizerCollector.copy(jinja.get(), bytes, MAXIMUM_TEMPLATE_BYTES),
                  StandardCharsets.UTF_8));
    }
    return tokenizer.with(tokenizer.traits().with(template, roles));
  }

  /** The file of a name in the same folder. */
  static Optional<SourceFile> beside(SourceFile file, SourceFiles siblings, String name) {
    return siblings.beside(file, name);
  }

  private static void roles(ObjectNode json, SortedMap<String, String> roles) {
    json.properties()
        .forEach(entry -> {
          if (entry.getKey().endsWith("_token") && roles.size() < 64) {
            text(entry.getValue()).ifPresent(text -> roles.put(entry.getKey(), text));
          }
        });
  }

  private static Optional<String> text(JsonNode node) {
    if (node.isString()) {
      return Optional.of(node.stringValue());
    }
    JsonNode content = node.isObject() ? node.get("content") : null;
    return content != null && content.isString()
        ? Optional.of(content.stringValue())
        : Optional.empty();
  }

  /** A template is a text, or a list of named ones of which the first or default counts. */
  private static Optional<String> template(@org.jspecify.annotations.Nullable JsonNode node) {
    if (node == null) {
      return Optional.empty();
    }
    if (node.isString()) {
      return Optional.of(node.stringValue());
    }
    Optional<String> first = Optional.empty();
    if (node.isArray()) {
      for (JsonNode named : node) {
        JsonNode template = named.get("template");
        JsonNode name = named.get("name");
        if (template != null && template.isString()) {
          if (name != null && name.isString() && name.stringValue().equals("default")) {
            return Optional.of(template.stringValue());
          }
          first = first.or(orElse(Optional.of(template.stringValue())));
        }
      }
    }
    return first;
  }

  private static java.util.function.Supplier<Optional<String>> orElse(Optional<String> other) {
    return () -> other;
  }
}
