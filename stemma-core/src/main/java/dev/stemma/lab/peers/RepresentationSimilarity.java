package dev.stemma.lab.peers;

import dev.stemma.analysis.representation.LayerAlignment;
import dev.stemma.numeric.Matrix;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * REEF (Zhang et al. 2024, arXiv 2410.14273): centred kernel alignment of the hidden states that
 * both models have on the same texts. The score is the mean, over the second model's layers, of the
 * best of the first's.
 */
final class RepresentationSimilarity {
  private RepresentationSimilarity() {}

  static double score(PeerModel a, PeerModel b) {
    Optional<List<Matrix>> left = a.states();
    Optional<List<Matrix>> right = b.states();
    return left.isEmpty() || right.isEmpty() ? Double.NaN : score(left.get(), right.get());
  }

  /**
   * The mean of the best.
   *
   * @param a states by layer, the embedding first, which is left out
   */
  static double score(List<Matrix> a, List<Matrix> b) {
    double[][] values = LayerAlignment.of(a, b);
    double sum = 0;
    for (int layer = 1; layer < b.size(); layer++) {
      int of = layer;
      sum += Arrays.stream(values).skip(1).mapToDouble(row -> row[of]).max().orElse(Double.NaN);
    }
    return sum / (b.size() - 1);
  }
}
