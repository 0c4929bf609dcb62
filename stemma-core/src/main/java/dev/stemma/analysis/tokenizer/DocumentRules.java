package dev.stemma.analysis.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The rules of the user's documents, as they are: vocabulary shares with bounds 98, 95 and 90%, the
 * merge rules, the special tokens. Shown beside the order, which decides.
 */
public final class DocumentRules {
  private DocumentRules() {}

  /** A rule, the figure it looks at, and what it says. */
  public record Said(String rule, String figure, String says) {}

  /** What each rule says of a pair. */
  public static List<Said> of(VocabularyComparison counts, Traits traits) {
    List<Said> said = new ArrayList<>();
    double share = counts.aInB();
    String percent = String.format(Locale.ROOT, "%.1f%% of a's tokens", 100 * share);
    said.add(
        new Said(
            "vocabulary: over 98% fine-tuned, 90-98% continued or extended, under 90% from scratch",
            percent,
            share > 0.98
                ? "fine-tuning likely"
                : share >= 0.9 ? "continued pretraining or extension" : "from scratch likely"));
    said.add(
        new Said(
            "vocabulary: 95% and more the same means fine-tuned",
            percent, share >= 0.95 ? "fine-tuning likely" : "not said"));
    Integer same = traits.firstMerges();
    said.add(
        new Said(
            "merge rules: the same means the same tokenizer",
            same == null
                ? "not tested: a file has no merge rules"
                : same + " of the first " + traits.mergesCompared() + " are the same",
            same == null
                ? "not tested"
                : same == traits.mergesCompared() ? "same tokenizer" : "another tokenizer"));
    said.add(
        new Said(
            "special tokens: the same pattern means the same origin",
            traits.sharedMarks().size() + " shared",
            traits.marks() >= 0.5 ? "same origin likely" : "not said"));
    return said;
  }
}
