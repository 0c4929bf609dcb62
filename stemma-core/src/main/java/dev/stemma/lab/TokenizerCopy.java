package dev.stemma.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The base's tokenizer beside a derivative: the same, with the new tokens where the vocabulary was
 * extended, or none where it was replaced.
 */
final class TokenizerCopy {
  private static final long MOST_BYTES = 1L << 28;

  private TokenizerCopy() {}

  /**
   * Copies the files.
   *
   * @param firstId id of the first token that was added
   * @param added how many were
   */
  static void write(List<Path> files, Path folder, int firstId, int added) throws IOException {
    for (Path file : files) {
      Path copy = folder.resolve(file.getFileName().toString());
      if (added > 0
          && file.getFileName().toString().equals("tokenizer.json")
          && Files.size(file) <= MOST_BYTES) {
        Files.writeString(copy, extended(file, firstId, added), StandardCharsets.UTF_8);
      } else {
        Files.copy(file, copy);
      }
    }
  }

  /**
   * The tokenizer without the tokens that were left out; other tokenizer files than tokenizer.json
   * are not written, since they would still name them.
   *
   * @param kept ids that stay, ascending
   */
  static void reduced(List<Path> files, Path folder, int[] kept) throws IOException {
    for (Path file : files) {
      if (file.getFileName().toString().equals("tokenizer.json")
          && Files.size(file) <= MOST_BYTES) {
        Files.writeString(
            folder.resolve("tokenizer.json"), reduced(file, kept), StandardCharsets.UTF_8);
      }
    }
  }

  private static String reduced(Path file, int[] kept) throws IOException {
    if (!(read(file) instanceof ObjectNode tokenizer)) {
      throw new IOException(file + " is not a JSON object");
    }
    if (tokenizer.path("model") instanceof ObjectNode model
        && model.path("vocab") instanceof ObjectNode vocabulary) {
      ObjectNode fewer = JsonMapper.shared().createObjectNode();
      vocabulary
          .properties()
          .forEach(token -> {
            int place = Arrays.binarySearch(kept, token.getValue().asInt(-1));
            if (place >= 0) {
              fewer.put(token.getKey(), place);
            }
          });
      model.set("vocab", fewer);
      ArrayNode merges = JsonMapper.shared().createArrayNode();
      for (JsonNode merge : model.path("merges")) {
        String left = merge.isArray() ? merge.path(0).asString("") : part(merge, 0);
        String right = merge.isArray() ? merge.path(1).asString("") : part(merge, 1);
        if (fewer.has(left) && fewer.has(right) && fewer.has(left + right)) {
          merges.add(merge);
        }
      }
      if (model.has("merges")) {
        model.set("merges", merges);
      }
    }
    ArrayNode added = JsonMapper.shared().createArrayNode();
    for (JsonNode token : tokenizer.path("added_tokens")) {
      int place = Arrays.binarySearch(kept, token.path("id").asInt(-1));
      if (place >= 0 && token.deepCopy() instanceof ObjectNode moved) {
        added.add(moved.put("id", place));
      }
    }
    tokenizer.set("added_tokens", added);
    return tokenizer.toPrettyString();
  }

  /** One of the two words of a merge. */
  private static String part(JsonNode merge, int index) {
    String[] words = merge.asString("").split(" ", 2);
    return index < words.length ? words[index] : "";
  }

  private static JsonNode read(Path file) throws IOException {
    try {
      return JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new IOException(file + " is not JSON", e);
    }
  }

  private static String extended(Path file, int firstId, int added) throws IOException {
    JsonNode json = read(file);
    if (json instanceof ObjectNode tokenizer) {
      ArrayNode tokens =
          tokenizer.path("added_tokens") instanceof ArrayNode present
              ? present
              : tokenizer.putArray("added_tokens");
      for (int i = 0; i < added; i++) {
        tokens
            .addObject()
            .put("id", firstId + i)
            .put("content", "<extended_" + (firstId + i) + ">")
            .put("single_word", false)
            .put("lstrip", false)
            .put("rstrip", false)
            .put("normalized", false)
            .put("special", false);
      }
    }
    return json.toPrettyString();
  }
}
