package dev.stemma.analysis.training;

import java.util.List;

/**
 * A fitted law of loss by parameters N and tokens D: E + A N^-alpha + B D^-beta.
 *
 * @param source who fitted it
 */
public record Chinchilla(
    String name, double e, double a, double b, double alpha, double beta, String source) {
  /** Both sets of constants. */
  public static final List<Chinchilla> ALL =
      List.of(
          new Chinchilla(
              "hoffmann", 1.69, 406.4, 410.7, 0.34, 0.28, "Hoffmann et al. 2022, arXiv 2203.15556"),
          new Chinchilla(
              "epoch",
              1.8169,
              482.01,
              2085.43,
              0.3478,
              0.3658,
              "Besiroglu et al. 2024, arXiv 2404.10102"));

  /** Parameters that spend a number of FLOP best. */
  public double optimalParameters(double flop) {
    double ratio = Math.pow(alpha * a / (beta * b), 1 / (alpha + beta));
    return ratio * Math.pow(flop / 6, beta / (alpha + beta));
  }

  /** Tokens that spend a number of FLOP best. */
  public double optimalTokens(double flop) {
    return flop / 6 / optimalParameters(flop);
  }

  /** Predicted loss in nats a token. */
  public double loss(double parameters, double tokens) {
    return e + a * Math.pow(parameters, -alpha) + b * Math.pow(tokens, -beta);
  }
}
