package dev.stemma.artifact;

import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a tokenizer's files say beside the vocabulary.
 *
 * @param chatTemplate the template of a conversation
 * @param roles which text plays which part, as in {@code bos_token}: {@code <s>}
 * @param splitPatterns the expressions that split text before merging
 * @param firstMerges the first merge rules as written, at most {@link #MERGES_KEPT}
 * @param mergeCount how many merge rules the file has
 * @param huggingFaceFile the {@code tokenizer.json} on this machine, where that is what was read
 */
public record TokenizerTraits(
    Optional<String> chatTemplate,
    SortedMap<String, String> roles,
    List<String> splitPatterns,
    List<String> firstMerges,
    int mergeCount,
    Optional<URI> huggingFaceFile) {
  /** How many merge rules are kept for comparison. */
  public static final int MERGES_KEPT = 1000;

  /** Nothing is said. */
  public static final TokenizerTraits NONE =
      new TokenizerTraits(
          Optional.empty(), new TreeMap<>(), List.of(), List.of(), 0, Optional.empty());

  /** Keeps the collections unmodifiable. */
  public TokenizerTraits {
    roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
    splitPatterns = List.copyOf(splitPatterns);
    firstMerges = List.copyOf(firstMerges);
  }

  /** With a chat template and the texts' parts. */
  public TokenizerTraits with(Optional<String> template, SortedMap<String, String> parts) {
    return new TokenizerTraits(
        template, parts, splitPatterns, firstMerges, mergeCount, huggingFaceFile);
  }
}
