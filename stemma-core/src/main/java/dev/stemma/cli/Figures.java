package dev.stemma.cli;

import dev.stemma.analysis.architecture.LayerDrawing;
import dev.stemma.evidence.Figure;
import java.io.PrintWriter;

/** Prints those figures of an analysis that a terminal can show: tables and stacks of boxes. */
final class Figures {
  private Figures() {}

  static void print(PrintWriter out, Figure figure) {
    switch (figure) {
      case Figure.Table table -> TextTable.print(out, table);
      case Figure.Stacks stacks -> {
        out.println();
        out.println(stacks.title());
        LayerDrawing.text(stacks, Terminal.width()).forEach(out::println);
      }
      case Figure.ExpertMap _,
          Figure.HeatMap _,
          Figure.Curves _,
          Figure.Scatter _,
          Figure.Sets _ -> {}
    }
  }
}
