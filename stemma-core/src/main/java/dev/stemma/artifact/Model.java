package dev.stemma.artifact;

import java.util.List;
import java.util.Optional;

/**
 * A model as its public artifacts show it. Only headers have been read: tensors are views.
 *
 * @param reference what the user asked for, as in {@code maven:group:artifact:version}
 * @param name a short name for people
 * @param digest SHA-256 over the names, sizes and content digests or headers of what was read; says
 *     which bytes the report speaks of
 * @param config the configuration file, where there is one
 * @param tensors all tensors, sorted by name
 * @param tokenizer the vocabulary, where there is one
 * @param notes what a reader wants said in the report (a file left out, a weight seen through its
 *     scales)
 */
public record Model(
    String reference,
    String name,
    Digest digest,
    Optional<Config> config,
    List<Tensor> tensors,
    Optional<Tokenizer> tokenizer,
    List<String> notes) {
  /** Keeps the lists unmodifiable. */
  public Model {
    tensors = List.copyOf(tensors);
    notes = List.copyOf(notes);
  }
}
