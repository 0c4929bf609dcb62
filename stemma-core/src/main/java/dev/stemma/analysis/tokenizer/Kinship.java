package dev.stemma.analysis.tokenizer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the comparison of two tokenizers comes to.
 *
 * @param ancestor the known tokenizer that both hold, by name
 * @param parent {@code a}, {@code b} or {@code undetermined}
 * @param reasons plain sentences, most important first
 */
public record Kinship(
    TokenizerRelation relation, @Nullable String ancestor, String parent, List<String> reasons) {
  /** Nobody can say which came first. */
  public static final String UNDETERMINED = "undetermined";

  /** Keeps the list unmodifiable. */
  public Kinship {
    reasons = List.copyOf(reasons);
  }
}
