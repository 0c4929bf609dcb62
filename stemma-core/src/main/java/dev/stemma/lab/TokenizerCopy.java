package dev.stemma.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private static String extended(Path file, int firstId, int added) throws IOException {
    JsonNode json;
    try {
      json = JsonMapper.shared().readTree(Files.readAllBytes(file));
    } catch (JacksonException e) {
      throw new IOException(file + " is not JSON", e);
    }
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
