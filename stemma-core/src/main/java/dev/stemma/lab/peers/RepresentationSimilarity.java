package dev.stemma.lab.peers;

import dev.stemma.analysis.representation.LayerAlignment;
import dev.stemma.numeric.Matrix;
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

  static double score(List<Matrix> a, List<Matrix> b) {
    return LayerAlignment.meanOfBest(LayerAlignment.of(a, b));
  }
}
