package dev.stemma.analysis.tokenizer;

import dev.stemma.analysis.HeaderAnalysis;
import dev.stemma.analysis.Pair;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Tokenizer;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Was one tokenizer made from the other, or both from a third?
 *
 * <p>Statistic: longest increasing subsequence of the shared tokens' ranks over their number, on
 * raw bytes of tokens with several characters. Null hypothesis: trained independently; the orders
 * of public pairs without a common ancestor and of vocabularies trained on one text, its halves,
 * and with other word boundaries are the sample that p-values count in. Paper: the length for
 * random orders is that of Vershik and Kerov (1977), Logan and Shepp (1977).
 *
 * <p>Fooled by ids sorted by the alphabet (seen, then inconclusive), by a vocabulary whose ids were
 * shuffled on purpose (then only equal vocabularies are seen), and by an ancestor that is not among
 * the known ones (then an extension and a common ancestor can look alike).
 */
public final class TokenizerVocabulary implements HeaderAnalysis {
  /** The report's key. */
  public static final String ID = "tokenizer.vocabulary";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Was one tokenizer made from the other, or did both grow from a third?";
  }

  @Override
  public List<Evidence> conclude(Pair pair) {
    Optional<Tokenizer> a = pair.a().model().tokenizer();
    Optional<Tokenizer> b = pair.b().model().tokenizer();
    if (a.isEmpty() || b.isEmpty()) {
      return List.of(
          new NotApplicable(
              ID,
              Component.TOKENIZER,
              a.isEmpty() && b.isEmpty()
                  ? "neither model has a tokenizer file"
                  : (a.isEmpty() ? "a" : "b") + " has no tokenizer file"));
    }
    TokenizerComparison comparison = TokenizerComparison.of(a.get(), b.get());
    List<String> warnings = new ArrayList<>();
    warn("a", pair.a().model().reference(), comparison.a(), warnings);
    warn("b", pair.b().model().reference(), comparison.b(), warnings);
    List<TextEncoding.Language> languages =
        TextEncoding.compare(TextEncoding.of(a.get(), false), TextEncoding.of(b.get(), false));
    return List.of(TokenizerEvidence.of(comparison, languages, warnings));
  }

  private static void warn(String side, String reference, KnownKin kin, List<String> warnings) {
    DeclaredName.contradiction(reference, kin.name(), KnownTokenizers.standard())
        .ifPresent(warning -> warnings.add(side + ": " + warning));
  }
}
