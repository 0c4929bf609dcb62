package dev.stemma.numeric;

import java.util.Arrays;

/** The one-to-one assignment of rows to columns with the largest total (Jonker and Volgenant). */
public final class Assignment {
  private Assignment() {}

  /** For each row its column; -1 where there are more rows than columns and none is left. */
  public static int[] largest(Matrix scores) {
    if (scores.rows() > scores.columns()) {
      int[] byColumn = largest(scores.transposed());
      int[] byRow = new int[scores.rows()];
      Arrays.fill(byRow, -1);
      for (int column = 0; column < byColumn.length; column++) {
        byRow[byColumn[column]] = column;
      }
      return byRow;
    }
    return shortestPaths(scores);
  }

  /** Successive shortest augmenting paths with dual prices; cost is the negated score. */
  private static int[] shortestPaths(Matrix scores) {
    int rows = scores.rows();
    int columns = scores.columns();
    double[] rowPrice = new double[rows];
    double[] columnPrice = new double[columns];
    int[] rowOfColumn = new int[columns];
    Arrays.fill(rowOfColumn, -1);
    double[] distance = new double[columns];
    int[] previous = new int[columns];
    boolean[] done = new boolean[columns];
    for (int start = 0; start < rows; start++) {
      Arrays.fill(distance, Double.POSITIVE_INFINITY);
      Arrays.fill(previous, -1);
      Arrays.fill(done, false);
      int row = start;
      int last = -1;
      double reached = 0;
      while (row >= 0) {
        int nearest = -1;
        double smallest = Double.POSITIVE_INFINITY;
        for (int column = 0; column < columns; column++) {
          if (done[column]) {
            continue;
          }
          double length = reached - scores.get(row, column) - rowPrice[row] - columnPrice[column];
          if (length < distance[column]) {
            distance[column] = length;
            previous[column] = last;
          }
          if (distance[column] < smallest) {
            smallest = distance[column];
            nearest = column;
          }
        }
        if (nearest < 0) {
          throw new IllegalArgumentException("scores must be finite");
        }
        done[nearest] = true;
        reached = smallest;
        last = nearest;
        row = rowOfColumn[nearest];
      }
      for (int column = 0; column < columns; column++) {
        if (done[column] && column != last) {
          double change = distance[column] - reached;
          columnPrice[column] += change;
          rowPrice[rowOfColumn[column]] -= change;
        }
      }
      rowPrice[start] += reached;
      int column = last;
      while (column >= 0) {
        int before = previous[column];
        rowOfColumn[column] = before < 0 ? start : rowOfColumn[before];
        column = before;
      }
    }
    int[] assigned = new int[rows];
    for (int column = 0; column < columns; column++) {
      if (rowOfColumn[column] >= 0) {
        assigned[rowOfColumn[column]] = column;
      }
    }
    return assigned;
  }
}
