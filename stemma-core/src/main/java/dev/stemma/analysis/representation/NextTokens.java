package dev.stemma.analysis.representation;

/** Compares distributions of the next token, given as logits over the same tokens. */
public final class NextTokens {
  private NextTokens() {}

  /** log softmax, in natural logarithms; finite logits are needed. */
  public static double[] logProbabilities(double[] logits) {
    double maximum = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      maximum = Math.max(maximum, logit);
    }
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - maximum);
    }
    double[] logs = new double[logits.length];
    for (int i = 0; i < logs.length; i++) {
      logs[i] = logits[i] - maximum - Math.log(sum);
    }
    return logs;
  }

  /** Kullback-Leibler divergence of q from p in nats, from log probabilities. */
  public static double divergence(double[] p, double[] q) {
    if (p.length != q.length) {
      throw new IllegalArgumentException(p.length + " tokens against " + q.length);
    }
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double probability = Math.exp(p[i]);
      sum += probability == 0 ? 0 : probability * (p[i] - q[i]);
    }
    return Math.max(0, sum);
  }

  /** Shannon entropy in nats, from log probabilities. */
  public static double entropy(double[] p) {
    double sum = 0;
    for (double log : p) {
      double probability = Math.exp(log);
      sum -= probability == 0 ? 0 : probability * log;
    }
    return Math.max(0, sum);
  }

  /** The likeliest token; the first of several. */
  public static int best(double[] p) {
    int best = 0;
    for (int i = 1; i < p.length; i++) {
      best = p[i] > p[best] ? i : best;
    }
    return best;
  }
}
