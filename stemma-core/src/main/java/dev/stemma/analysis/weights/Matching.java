package dev.stemma.analysis.weights;

import dev.stemma.numeric.Matrix;
import java.util.Arrays;

/** Nearest neighbours in a matrix of scores; the first of equals. */
final class Matching {
  private Matching() {}

  static void absolute(Matrix scores) {
    float[] data = scores.data();
    for (int index = 0; index < data.length; index++) {
      data[index] = Math.abs(data[index]);
    }
  }

  /** For each row the column of its largest score. */
  static int[] rowArgmax(Matrix scores) {
    int[] best = new int[scores.rows()];
    for (int row = 0; row < scores.rows(); row++) {
      float highest = Float.NEGATIVE_INFINITY;
      for (int column = 0; column < scores.columns(); column++) {
        float score = scores.get(row, column);
        if (score > highest) {
          highest = score;
          best[row] = column;
        }
      }
    }
    return best;
  }

  /** For each column the row of its largest score. */
  static int[] columnArgmax(Matrix scores) {
    int[] best = new int[scores.columns()];
    float[] highest = new float[scores.columns()];
    Arrays.fill(highest, Float.NEGATIVE_INFINITY);
    for (int row = 0; row < scores.rows(); row++) {
      for (int column = 0; column < scores.columns(); column++) {
        float score = scores.get(row, column);
        if (score > highest[column]) {
          highest[column] = score;
          best[column] = row;
        }
      }
    }
    return best;
  }

  /** For each row the column that is its nearest and whose nearest it is; -1 where none. */
  static int[] mutual(Matrix scores) {
    int[] forward = rowArgmax(scores);
    int[] backward = columnArgmax(scores);
    int[] mutual = new int[forward.length];
    for (int row = 0; row < forward.length; row++) {
      mutual[row] = backward[forward[row]] == row ? forward[row] : -1;
    }
    return mutual;
  }

  /**
   * How many askers' nearest unit has their own number; with different numbers of units, the
   * longest increasing run.
   */
  static int agreeingLabels(Matrix scores, int[] askers, boolean sameUnits) {
    int[] nearest = rowArgmax(scores);
    if (!sameUnits) {
      return dev.stemma.numeric.Chance.longestIncreasing(nearest);
    }
    int count = 0;
    for (int row = 0; row < nearest.length; row++) {
      count += nearest[row] == askers[row] ? 1 : 0;
    }
    return count;
  }

  /** How many rows both matchings send to the same column. */
  static int agreeing(int[] first, int[] second) {
    int count = 0;
    for (int row = 0; row < first.length; row++) {
      count += first[row] >= 0 && first[row] == second[row] ? 1 : 0;
    }
    return count;
  }
}
