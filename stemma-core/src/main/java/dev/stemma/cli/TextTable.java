package dev.stemma.cli;

import dev.stemma.analysis.architecture.Folding;
import dev.stemma.evidence.Figure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Prints a table in columns of equal width; on a terminal wide cells go on in the next line. */
final class TextTable {
  private static final int INDENT = 2;
  private static final int GAP = 2;
  private static final int WIDEST_WORD = 24;

  private TextTable() {}

  static void print(PrintWriter out, Figure.Table table) {
    print(out, table, Terminal.outputIsTerminal() ? Terminal.width() : Integer.MAX_VALUE);
  }

  static void print(PrintWriter out, Figure.Table table, int widest) {
    if (table.rows().isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(table.head());
    rows.addAll(table.rows());
    int[] widths = widths(rows, table.head().size(), widest);
    out.println();
    Folding.fold(table.title(), widest).forEach(out::println);
    for (List<String> row : rows) {
      print(out, row, widths);
    }
  }

  private static void print(PrintWriter out, List<String> row, int[] widths) {
    List<List<String>> cells = new ArrayList<>();
    int height = 1;
    for (int i = 0; i < row.size() && i < widths.length; i++) {
      List<String> cell = Folding.fold(row.get(i), widths[i]);
      cells.add(cell);
      height = Math.max(height, cell.size());
    }
    for (int line = 0; line < height; line++) {
      StringBuilder text = new StringBuilder(" ".repeat(INDENT));
      for (int i = 0; i < cells.size(); i++) {
        String part = line < cells.get(i).size() ? cells.get(i).get(line) : "";
        text.append(part).append(" ".repeat(Math.max(0, widths[i] - part.length()) + GAP));
      }
      out.println(text.toString().stripTrailing());
    }
  }

  /** As wide as the cells, unless the line would be too wide: then the widest give way. */
  private static int[] widths(List<List<String>> rows, int columns, int widest) {
    int[] widths = new int[columns];
    int[] least = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns && i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
        for (String word : row.get(i).split(" ", -1)) {
          least[i] = Math.max(least[i], Math.min(WIDEST_WORD, word.length()));
        }
      }
    }
    long excess = INDENT + (long) Arrays.stream(widths).sum() + (columns - 1L) * GAP - widest;
    while (excess > 0) {
      int most = 0;
      for (int i = 1; i < columns; i++) {
        most = widths[i] - least[i] > widths[most] - least[most] ? i : most;
      }
      if (widths[most] <= least[most]) {
        break;
      }
      widths[most]--;
      excess--;
    }
    return widths;
  }
}
