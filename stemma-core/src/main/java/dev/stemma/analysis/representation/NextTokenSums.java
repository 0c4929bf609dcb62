package dev.stemma.analysis.representation;

import dev.stemma.numeric.Matrix;
import dev.stemma.runtime.TextReader.Reading;
import java.io.Serializable;

/**
 * How two models' next-token distributions compare, summed over positions. Both are taken over the
 * tokens that they share, as if there were no others.
 *
 * @param predicts false where a model predicts no next token
 * @param positions where both had read the same bytes
 * @param agreeing positions with the same likeliest token
 * @param divergenceAB divergence of b's distribution from a's, nats
 * @param divergenceBA of a's from b's
 * @param broken positions with a logit that is no number; in no sum
 */
record NextTokenSums(
    boolean predicts,
    int positions,
    int agreeing,
    double divergenceAB,
    double divergenceBA,
    double entropyA,
    double entropyB,
    int broken)
    implements Serializable {
  static final NextTokenSums NONE = new NextTokenSums(false, 0, 0, 0, 0, 0, 0, 0);

  static NextTokenSums of(TextPair text, Reading a, Reading b, int[] sharedA, int[] sharedB) {
    Matrix ofA = a.logits();
    Matrix ofB = b.logits();
    if (ofA == null || ofB == null) {
      return NONE;
    }
    NextTokenSums sums = new NextTokenSums(true, 0, 0, 0, 0, 0, 0, 0);
    if (sharedA.length < 2) {
      return sums;
    }
    for (int at = 0; at < text.atA().length; at++) {
      if (text.atA()[at] < ofA.rows() && text.atB()[at] < ofB.rows()) {
        double[] left = shared(ofA, text.atA()[at], sharedA);
        double[] right = shared(ofB, text.atB()[at], sharedB);
        sums = sums.plus(compare(left, right));
      }
    }
    return sums;
  }

  private static double[] shared(Matrix logits, int row, int[] ids) {
    double[] some = new double[ids.length];
    for (int i = 0; i < ids.length; i++) {
      // A tokenizer may hold more tokens than the head has rows: those cannot come.
      some[i] = ids[i] < logits.columns() ? logits.get(row, ids[i]) : -1e30;
    }
    return some;
  }

  private static NextTokenSums compare(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      if (!Double.isFinite(a[i]) || !Double.isFinite(b[i])) {
        return new NextTokenSums(true, 0, 0, 0, 0, 0, 0, 1);
      }
    }
    double[] p = NextTokens.logProbabilities(a);
    double[] q = NextTokens.logProbabilities(b);
    return new NextTokenSums(
        true,
        1,
        NextTokens.best(p) == NextTokens.best(q) ? 1 : 0,
        NextTokens.divergence(p, q),
        NextTokens.divergence(q, p),
        NextTokens.entropy(p),
        NextTokens.entropy(q),
        0);
  }

  NextTokenSums plus(NextTokenSums other) {
    return new NextTokenSums(
        predicts || other.predicts,
        positions + other.positions,
        agreeing + other.agreeing,
        divergenceAB + other.divergenceAB,
        divergenceBA + other.divergenceBA,
        entropyA + other.entropyA,
        entropyB + other.entropyB,
        broken + other.broken);
  }
}
