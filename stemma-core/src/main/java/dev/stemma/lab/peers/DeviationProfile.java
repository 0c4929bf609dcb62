package dev.stemma.lab.peers;

import dev.stemma.architecture.Part;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The "intrinsic fingerprint": standard deviations of the attention matrices by layer, as profiles
 * over depth, stretched to one length and correlated.
 */
final class DeviationProfile {
  private DeviationProfile() {}

  static double score(PeerModel a, PeerModel b) {
    Scores.Mean mean = new Scores.Mean();
    for (Part part : List.of(Part.QUERY, Part.KEY, Part.VALUE, Part.OUTPUT)) {
      double[] left = profile(a, part);
      double[] right = profile(b, part);
      int length = Math.max(left.length, right.length);
      if (Math.min(left.length, right.length) >= 3) {
        mean.add(Scores.pearson(stretched(left, length), stretched(right, length)));
      }
    }
    return mean.value();
  }

  private static double[] profile(PeerModel model, Part part) {
    List<Double> deviations = new ArrayList<>();
    for (int layer : model.layers()) {
      Optional<Matrix> matrix = model.matrix(layer, part);
      matrix.ifPresent(found -> deviations.add(deviation(found.data())));
    }
    return deviations.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double deviation(float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double mean = sum / values.length;
    return Math.sqrt(Math.max(0, squares / values.length - mean * mean));
  }

  static double[] stretched(double[] values, int length) {
    double[] out = new double[length];
    for (int i = 0; i < length; i++) {
      double place = length == 1 ? 0 : (double) i * (values.length - 1) / (length - 1);
      int below = Math.min(values.length - 1, (int) place);
      int above = Math.min(values.length - 1, below + 1);
      out[i] = values[below] + (place - below) * (values[above] - values[below]);
    }
    return out;
  }
}
