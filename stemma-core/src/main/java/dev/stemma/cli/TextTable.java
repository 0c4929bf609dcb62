package dev.stemma.cli;

import dev.stemma.evidence.Figure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Prints a table in columns of equal width. */
final class TextTable {
  private TextTable() {}

  static void print(PrintWriter out, Figure.Table table) {
    if (table.rows().isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    rows.add(table.head());
    rows.addAll(table.rows());
    int[] widths = new int[table.head().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length && i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    out.println();
    out.println(table.title());
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 0; i < row.size(); i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
