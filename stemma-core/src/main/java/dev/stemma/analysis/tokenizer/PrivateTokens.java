package dev.stemma.analysis.tokenizer;

import dev.stemma.analysis.tokenizer.VocabularyComparison.Order;
import dev.stemma.analysis.tokenizer.VocabularyComparison.SharedRanks;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Shared tokens that no public tokenizer has but those two (and what was made from them): the real
 * evidence, where they stand in a common order. Counted on the tokens that the signatures sample.
 *
 * @param sampled shared tokens among those that every signature samples
 * @param inNone how many of these no public ancestor has
 * @param estimate of all the shared tokens, how many are private
 * @param order of the private ones in the sample
 * @param examples some of them, as text
 */
public record PrivateTokens(
    int sampled, int inNone, long estimate, Order order, List<String> examples) {
  private static final int EXAMPLES = 8;

  /** Keeps the list unmodifiable. */
  public PrivateTokens {
    examples = List.copyOf(examples);
  }

  static PrivateTokens of(
      VocabularyComparison counts, KnownKin a, KnownKin b, KnownTokenizers known) {
    List<KnownTokenizer> ancestors =
        known.all().stream()
            .filter(each -> !isKinOf(each.name(), a.name(), b.name(), known))
            .toList();
    int zeroBits = ancestors.stream().mapToInt(KnownTokenizer::zeroBits).max().orElse(0);
    Set<Long> seen = new HashSet<>();
    ancestors.forEach(each -> Arrays.stream(each.hashes()).forEach(seen::add));
    SharedRanks ranks = counts.sharedRanks();
    int sampled = 0;
    int[] ranksInB = new int[ranks.size()];
    int inNone = 0;
    List<String> examples = new ArrayList<>();
    for (int i = 0; i < ranks.size(); i++) {
      long hash = a.vocabulary().hash(ranks.a()[i]);
      if (zeroBits > 0 && hash >>> (64 - zeroBits) != 0) {
        continue;
      }
      sampled++;
      if (!seen.contains(hash)) {
        ranksInB[inNone++] = ranks.b()[i];
        if (examples.size() < EXAMPLES) {
          int index = a.vocabulary().index(ranks.a()[i]);
          examples.add(new String(a.vocabulary().tokenizer().bytes(index), StandardCharsets.UTF_8));
        }
      }
    }
    long estimate = sampled == 0 ? 0 : Math.round((double) ranks.size() * inNone / sampled);
    return new PrivateTokens(
        sampled, inNone, estimate, Order.of(Arrays.copyOf(ranksInB, inNone)), examples);
  }

  private static boolean isKinOf(
      String name, @Nullable String a, @Nullable String b, KnownTokenizers known) {
    return name.equals(a)
        || name.equals(b)
        || (a != null && known.descends(name, a))
        || (b != null && known.descends(name, b));
  }
}
