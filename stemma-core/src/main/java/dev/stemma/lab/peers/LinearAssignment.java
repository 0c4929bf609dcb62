package dev.stemma.lab.peers;

import dev.stemma.numeric.Matrix;
import java.util.Arrays;

/** The linear assignment problem, solved by shortest augmenting paths (Jonker, Volgenant 1987). */
final class LinearAssignment {
  private LinearAssignment() {}

  /**
   * For every row its column, so that the sum of the chosen values is largest.
   *
   * @param values at most as many rows as columns
   */
  static int[] largest(Matrix values) {
    int rows = values.rows();
    int columns = values.columns();
    if (rows > columns) {
      throw new IllegalArgumentException(rows + " rows for " + columns + " columns");
    }
    double[] rowPrice = new double[rows];
    double[] columnPrice = new double[columns];
    int[] rowOf = new int[columns];
    Arrays.fill(rowOf, -1);
    int[] from = new int[columns];
    double[] distance = new double[columns];
    boolean[] done = new boolean[columns];
    for (int start = 0; start < rows; start++) {
      Arrays.fill(distance, Double.POSITIVE_INFINITY);
      Arrays.fill(done, false);
      int row = start;
      int column = -1;
      double reached = 0;
      do {
        int next = -1;
        double least = Double.POSITIVE_INFINITY;
        for (int j = 0; j < columns; j++) {
          if (done[j]) {
            continue;
          }
          double length = reached - values.get(row, j) - rowPrice[row] - columnPrice[j];
          if (length < distance[j]) {
            distance[j] = length;
            from[j] = column;
          }
          if (distance[j] < least) {
            least = distance[j];
            next = j;
          }
        }
        if (next < 0) {
          throw new IllegalArgumentException("values that are not numbers");
        }
        reached = least;
        column = next;
        done[column] = true;
        row = rowOf[column];
      } while (row >= 0);
      rowPrice[start] += reached;
      for (int j = 0; j < columns; j++) {
        if (done[j] && rowOf[j] >= 0) {
          rowPrice[rowOf[j]] += reached - distance[j];
        }
        if (done[j]) {
          columnPrice[j] -= reached - distance[j];
        }
      }
      while (column >= 0) {
        int previous = from[column];
        rowOf[column] = previous < 0 ? start : rowOf[previous];
        column = previous;
      }
    }
    int[] columnOf = new int[rows];
    for (int j = 0; j < columns; j++) {
      if (rowOf[j] >= 0) {
        columnOf[rowOf[j]] = j;
      }
    }
    return columnOf;
  }
}
