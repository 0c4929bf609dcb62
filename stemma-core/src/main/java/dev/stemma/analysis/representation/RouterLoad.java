package dev.stemma.analysis.representation;

import dev.stemma.runtime.Router;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one layer's router chose over a text. */
public final class RouterLoad {
  private final long[] chosen;
  private final double[] weights;
  private final List<float[]> shares = new ArrayList<>();
  private double entropy;
  private long tokens;
  private long broken;

  /** Nothing was seen yet. */
  public RouterLoad(int experts) {
    chosen = new long[experts];
    weights = new double[experts];
  }

  /**
   * Takes one token.
   *
   * @param sigmoid whether the router scores each expert by itself (else by softmax)
   */
  public void see(float[] logits, List<Router.Choice> choices, boolean sigmoid) {
    double[] logs = distribution(logits, sigmoid);
    double own = NextTokens.entropy(logs);
    if (!Double.isFinite(own) || choices.stream().anyMatch(c -> !Float.isFinite(c.weight()))) {
      broken++;
      return;
    }
    tokens++;
    entropy += own;
    double sum = choices.stream().mapToDouble(Router.Choice::weight).sum();
    float[] share = new float[choices.size()];
    for (int rank = 0; rank < share.length; rank++) {
      Router.Choice choice = choices.get(rank);
      share[rank] = (float) (sum > 0 ? choice.weight() / sum : 1.0 / share.length);
      chosen[choice.expert()]++;
      weights[choice.expert()] += share[rank];
    }
    shares.add(share);
  }

  /** The router's scores as log probabilities over all experts. */
  private static double[] distribution(float[] logits, boolean sigmoid) {
    double[] scores = new double[logits.length];
    for (int i = 0; i < scores.length; i++) {
      // log(sigmoid(x)) = -log(1 + e^-x); normalising it is a softmax of the logarithms.
      scores[i] = sigmoid ? -Math.log1p(Math.exp(-logits[i])) : logits[i];
    }
    return NextTokens.logProbabilities(scores);
  }

  /** How many experts. */
  public int experts() {
    return chosen.length;
  }

  /** Tokens that were seen. */
  public long tokens() {
    return tokens;
  }

  /** Tokens whose router gave something that is no number; in no other figure. */
  public long broken() {
    return broken;
  }

  /** Each expert's share of all choices; they sum to 1. */
  public double[] load() {
    double all = Math.max(1, Arrays.stream(chosen).sum());
    return Arrays.stream(chosen).mapToDouble(count -> count / all).toArray();
  }

  /** Each expert's share of the routing weight; they sum to 1. */
  public double[] weightShares() {
    return Arrays.stream(weights).map(weight -> weight / Math.max(1, tokens)).toArray();
  }

  /** Entropy of the load over its largest possible value: 1 when all experts are used alike. */
  public double balance() {
    double sum = 0;
    for (double share : load()) {
      sum -= share > 0 ? share * Math.log(share) : 0;
    }
    return chosen.length > 1 ? sum / Math.log(chosen.length) : 1;
  }

  /** Mean entropy of the router's scores over its largest possible value: 1 when undecided. */
  public double routingEntropy() {
    return chosen.length > 1 && tokens > 0 ? entropy / tokens / Math.log(chosen.length) : 0;
  }

  /** Experts that were never chosen. */
  public long unused() {
    return Arrays.stream(chosen).filter(count -> count == 0).count();
  }

  /** The shares of a token's weight that its experts had, best first, token by token. */
  public List<float[]> shares() {
    return List.copyOf(shares);
  }
}
