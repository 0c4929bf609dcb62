package dev.stemma.analysis.behaviour;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How familiar a text is to a model: the mean of its least likely tokens, each measured against
 * what the model expected there (Min-K%++, Zhang et al., arXiv 2404.02936).
 */
public final class Membership {
  private static final double SHARE = 0.2;
  private static final int FEWEST_TOKENS = 8;

  private Membership() {}

  /**
   * A token of a text.
   *
   * @param logprob natural logarithm of its chance
   * @param likeliest those of the likeliest tokens there; the remaining chance is taken to lie on
   *     tokens as likely as the last of them
   */
  public record Token(double logprob, double[] likeliest) {
    /** Standard deviations above what the model expected there. */
    double surprise() {
      double mass = 0;
      double mean = 0;
      double square = 0;
      double least = logprob;
      for (double one : likeliest) {
        double chance = Math.exp(one);
        mass += chance;
        mean += chance * one;
        square += chance * one * one;
        least = Math.min(least, one);
      }
      double rest = Math.max(0, 1 - mass);
      mean += rest * least;
      square += rest * least * least;
      double deviation = Math.sqrt(Math.max(0, square - mean * mean));
      return deviation < 1e-6 ? 0 : (logprob - mean) / deviation;
    }
  }

  /** The score of a text, higher for a familiar one; nothing where it has too few tokens. */
  public static OptionalDouble score(List<Token> tokens) {
    if (tokens.size() < FEWEST_TOKENS) {
      return OptionalDouble.empty();
    }
    double[] surprises = tokens.stream().mapToDouble(Token::surprise).sorted().toArray();
    int lowest = Math.max(1, (int) Math.round(SHARE * surprises.length));
    return Arrays.stream(surprises, 0, lowest).average();
  }

  /** The mean log-probability of a token; nothing where the text has too few. */
  public static OptionalDouble likelihood(List<Token> tokens) {
    return tokens.size() < FEWEST_TOKENS
        ? OptionalDouble.empty()
        : tokens.stream().mapToDouble(Token::logprob).average();
  }
}
