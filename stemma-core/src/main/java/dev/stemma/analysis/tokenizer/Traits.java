package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.TokenizerTraits;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How alike two tokenizers are beside their vocabularies: marks, chat templates, first merge rules,
 * split patterns. Each is copied freely, so none decides.
 *
 * @param marks shared share of the control tokens, as written
 * @param sharedMarks control tokens that both have
 * @param chatTemplates share of the templates' pieces that both have; null where one has none
 * @param firstMerges how many of the first merge rules are the same, place by place; null where one
 *     file has none
 * @param mergesCompared how many were compared
 * @param splitPattern whether both split text by the same expressions; null where one states none
 */
public record Traits(
    double marks,
    List<String> sharedMarks,
    @Nullable Double chatTemplates,
    @Nullable Integer firstMerges,
    int mergesCompared,
    @Nullable Boolean splitPattern) {
  private static final int PIECE_CHARACTERS = 12;
  private static final int MAXIMUM_TEMPLATE = 100_000;

  /** Keeps the list unmodifiable. */
  public Traits {
    sharedMarks = List.copyOf(sharedMarks);
  }

  static Traits of(Tokenizer a, Tokenizer b) {
    TokenizerTraits ofA = a.traits();
    TokenizerTraits ofB = b.traits();
    Set<String> marksOfA = new HashSet<>(KnownTokenizers.marks(a));
    List<String> both = new ArrayList<>(KnownTokenizers.marks(b));
    Set<String> either = new HashSet<>(marksOfA);
    either.addAll(both);
    both.retainAll(marksOfA);
    int compared = Math.min(ofA.firstMerges().size(), ofB.firstMerges().size());
    int same = 0;
    for (int i = 0; i < compared; i++) {
      if (ofA.firstMerges().get(i).equals(ofB.firstMerges().get(i))) {
        same++;
      }
    }
    return new Traits(
        either.isEmpty() ? 0 : (double) both.size() / either.size(),
        both,
        (ofA.chatTemplate().isPresent() && ofB.chatTemplate().isPresent())
            ? alike(ofA.chatTemplate().get(), ofB.chatTemplate().get())
            : null,
        compared == 0 ? null : same,
        compared,
        (ofA.splitPatterns().isEmpty() || ofB.splitPatterns().isEmpty())
            ? null
            : ofA.splitPatterns().equals(ofB.splitPatterns()));
  }

  /** Shared share of the pieces of twelve characters. */
  private static double alike(String left, String right) {
    Set<String> ofLeft = pieces(left);
    Set<String> both = pieces(right);
    Set<String> either = new HashSet<>(ofLeft);
    either.addAll(both);
    both.retainAll(ofLeft);
    return either.isEmpty() ? 1 : (double) both.size() / either.size();
  }

  private static Set<String> pieces(String text) {
    Set<String> pieces = new HashSet<>();
    int end = Math.min(text.length(), MAXIMUM_TEMPLATE);
    for (int i = 0; i < Math.max(1, end - PIECE_CHARACTERS + 1); i++) {
      pieces.add(text.substring(i, Math.min(end, i + PIECE_CHARACTERS)));
    }
    return pieces;
  }
}
