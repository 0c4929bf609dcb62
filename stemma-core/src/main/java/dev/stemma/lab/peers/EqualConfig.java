package dev.stemma.lab.peers;

import dev.stemma.artifact.Config;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** "Equal values of nine fields of the configuration confirm a match." */
final class EqualConfig {
  private static final List<String> FIELDS =
      List.of(
          "model_type",
          "hidden_size",
          "intermediate_size",
          "num_hidden_layers",
          "num_attention_heads",
          "num_key_value_heads",
          "vocab_size",
          "max_position_embeddings",
          "tie_word_embeddings");

  private EqualConfig() {}

  static double score(PeerModel a, PeerModel b) {
    Optional<Config> left = a.model().model().config();
    Optional<Config> right = b.model().model().config();
    if (left.isEmpty() || right.isEmpty()) {
      return Double.NaN;
    }
    for (String field : FIELDS) {
      JsonNode one = left.get().json().path(field);
      JsonNode other = right.get().json().path(field);
      if (!one.equals(other)) {
        return 0;
      }
    }
    return 1;
  }
}
