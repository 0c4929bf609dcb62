package dev.stemma.lab.peers;

import dev.stemma.architecture.Part;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Zhu et al.'s phi_U: neurons matched by an assignment on the cosines of their up rows, Spearman's
 * correlation of the matching with the identity, p-values joined over layers after Fisher. The
 * score is the mean of -ln p, which orders pairs of equal depth as Fisher's statistic does.
 */
final class NeuronOrder {
  private static final double SMALLEST = 1e-300;

  private NeuronOrder() {}

  static double score(PeerModel a, PeerModel b) {
    Scores.Mean mean = new Scores.Mean();
    for (int layer : a.layers()) {
      Optional<Matrix> left = a.matrix(layer, Part.UP);
      Optional<Matrix> right = b.matrix(layer, Part.UP);
      if (left.isPresent()
          && right.isPresent()
          && left.get().rows() == right.get().rows()
          && left.get().columns() == right.get().columns()
          && left.get().rows() > 4) {
        mean.add(-Math.log(pValue(left.get(), right.get())));
      }
    }
    return mean.value();
  }

  private static double pValue(Matrix a, Matrix b) {
    int[] map =
        LinearAssignment.largest(
            LinearAlgebra.best()
                .multiplyByTransposed(a.copy().normaliseRows(), b.copy().normaliseRows()));
    int[] identity = new int[map.length];
    Arrays.setAll(identity, i -> i);
    return pValue(identity, map);
  }

  /** Upper tail of Spearman's correlation between two one-to-one matchings of the same units. */
  static double pValue(int[] first, int[] second) {
    int n = first.length;
    double[] left = ranks(first);
    double[] right = ranks(second);
    double distance = 0;
    for (int i = 0; i < n; i++) {
      distance += (left[i] - right[i]) * (left[i] - right[i]);
    }
    double r = 1 - 6 * distance / (n * ((double) n * n - 1));
    if (r >= 1) {
      return SMALLEST;
    }
    double t = r * Math.sqrt((n - 2) / (1 - r * r));
    return Math.max(SMALLEST, TDistribution.of(n - 2).survivalProbability(t));
  }

  private static double[] ranks(int[] distinct) {
    int[] sorted = distinct.clone();
    Arrays.sort(sorted);
    return Arrays.stream(distinct)
        .mapToDouble(value -> Arrays.binarySearch(sorted, value))
        .toArray();
  }
}
