package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tokenizer against the known ones.
 *
 * @param matches against each, best first
 * @param name the known tokenizer that it is; null if none
 * @param ancestor the largest known tokenizer that it holds and is not; null if none
 */
public record KnownKin(
    Vocabulary vocabulary,
    List<KnownMatch> matches,
    @Nullable String name,
    @Nullable String ancestor) {

  /** Looks a tokenizer up. */
  public static KnownKin of(Tokenizer tokenizer, KnownTokenizers known) {
    Thresholds thresholds = Thresholds.STANDARD;
    Vocabulary vocabulary = new Vocabulary(tokenizer);
    List<KnownMatch> matches = known.matches(vocabulary);
    @Nullable String name =
        KnownTokenizers.same(matches, thresholds).map(match -> match.known().name()).orElse(null);
    @Nullable String ancestor =
        matches.stream()
            .filter(match -> match.isHeld(thresholds))
            .map(KnownMatch::known)
            .filter(each -> each.size() <= vocabulary.size())
            .filter(each ->
                name == null
                    ? true
                    : !each.name().equals(name) && known.descends(name, each.name()))
            .max(java.util.Comparator.comparingInt(KnownTokenizer::size))
            .map(KnownTokenizer::name)
            .orElse(null);
    return new KnownKin(vocabulary, matches, name, ancestor);
  }
}
