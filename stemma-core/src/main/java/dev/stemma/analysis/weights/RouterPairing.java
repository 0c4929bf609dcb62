package dev.stemma.analysis.weights;

import dev.stemma.numeric.Assignment;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The experts of one layer of b paired with those of a layer of a, by router rows on one half of
 * the hidden dimensions; the cosines are those of the other half.
 *
 * @param indexA place of a's layer among those planned
 * @param expertOfA for each expert of b its partner, or -1
 * @param cosine of each expert of b with its partner
 * @param others mean cosine of the experts that were not paired with each other
 */
record RouterPairing(
    int layerA, int indexA, int layerB, int[] expertOfA, double[] cosine, double others)
    implements Serializable {

  int[] matchedOfB() {
    return IntStream.range(0, expertOfA.length).filter(b -> expertOfA[b] >= 0).toArray();
  }

  int[] matchedOfA() {
    return IntStream.of(expertOfA).filter(a -> a >= 0).toArray();
  }

  /** Each layer of b with the layer of a whose rows resemble its own most. */
  static List<RouterPairing> of(
      RouterMatching.Unit unit, List<Matrix> a, List<Matrix> b, int[][] halves) {
    List<Matrix> matchingA = a.stream().map(rows -> half(rows, halves[0])).toList();
    List<RouterPairing> layers = new ArrayList<>();
    for (int layer = 0; layer < b.size(); layer++) {
      Matrix own = half(b.get(layer), halves[0]);
      int best = 0;
      double highest = Double.NEGATIVE_INFINITY;
      Matrix bestCosines = new Matrix(0, 0);
      for (int other = 0; other < a.size(); other++) {
        Matrix cosines = LinearAlgebra.best().multiplyByTransposed(own, matchingA.get(other));
        double score = mutual(cosines);
        if (score > highest) {
          highest = score;
          best = other;
          bestCosines = cosines;
        }
      }
      int[] expertOfA = Assignment.largest(bestCosines);
      Matrix held =
          LinearAlgebra.best()
              .multiplyByTransposed(half(b.get(layer), halves[1]), half(a.get(best), halves[1]));
      layers.add(
          paired(unit.a().get(best).layer(), best, unit.b().get(layer).layer(), expertOfA, held));
    }
    return layers;
  }

  private static RouterPairing paired(
      int layerA, int indexA, int layerB, int[] expertOfA, Matrix held) {
    double[] cosine = new double[expertOfA.length];
    double others = 0;
    long unpaired = 0;
    for (int b = 0; b < expertOfA.length; b++) {
      cosine[b] = Double.NaN;
      for (int a = 0; a < held.columns(); a++) {
        if (a == expertOfA[b]) {
          cosine[b] = held.get(b, a);
        } else {
          others += held.get(b, a);
          unpaired++;
        }
      }
    }
    return new RouterPairing(
        layerA, indexA, layerB, expertOfA, cosine, unpaired == 0 ? 0 : others / unpaired);
  }

  private static Matrix half(Matrix rows, int[] dimensions) {
    return rows.selectColumns(dimensions).normaliseRows();
  }

  /** Mean cosine of mutual nearest rows, those without one counting nothing. */
  private static double mutual(Matrix cosines) {
    int[] partner = Matching.mutual(cosines);
    double sum = 0;
    for (int row = 0; row < partner.length; row++) {
      sum += partner[row] < 0 ? 0 : cosines.get(row, partner[row]);
    }
    return sum / Math.max(1, Math.min(cosines.rows(), cosines.columns()));
  }
}
