package dev.stemma.architecture;

import dev.stemma.artifact.Config;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model whose configuration and counts are known.
 *
 * @param repository its name on the hub, where it is known
 * @param computed counts by the official modelling code
 * @param confidence how well its configuration is confirmed
 * @param unconfirmedKeys keys that no primary source confirms
 * @param note what to know about it; may be empty
 */
public record KnownModel(
    String name,
    Optional<String> repository,
    Config config,
    Map<String, Long> computed,
    String publishedTotal,
    String publishedActive,
    String confidence,
    List<String> unconfirmedKeys,
    String source,
    String note) {
  /** Keeps the collections unmodifiable. */
  public KnownModel {
    computed = Map.copyOf(computed);
    unconfirmedKeys = List.copyOf(unconfirmedKeys);
  }
}
