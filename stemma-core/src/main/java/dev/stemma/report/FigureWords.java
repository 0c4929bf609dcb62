package dev.stemma.report;

import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A figure told in words: for those who do not see it, and for formats that do not draw. */
final class FigureWords {
  private static final int MOST_COLUMNS = 64;

  private FigureWords() {}

  static String of(Texts texts, Figure figure) {
    return switch (figure) {
      case Figure.HeatMap map -> heatMap(texts, map);
      case Figure.Curves curves -> curves(texts, curves);
      case Figure.Scatter scatter ->
          texts.get(
              "figure.scatter.alt",
              scatter.points().size(),
              texts.phrase(scatter.xLabel()),
              texts.phrase(scatter.yLabel()),
              String.join(
                  ", ",
                  new TreeSet<>(scatter.points().stream().map(Figure.Point::group).toList())));
      case Figure.Sets sets ->
          texts.get(
              "figure.sets.alt",
              Numbers.count(sets.onlyA()),
              texts.phrase(sets.nameA()),
              Numbers.count(sets.both()),
              Numbers.count(sets.onlyB()),
              texts.phrase(sets.nameB()));
      case Figure.Stacks stacks -> StacksDrawing.words(stacks);
      case Figure.ExpertMap map -> ExpertMapDrawing.words(texts, map);
      case Figure.Table table -> texts.get("figure.table.alt", table.rows().size());
    };
  }

  private static String heatMap(Texts texts, Figure.HeatMap map) {
    int rows = map.values().size();
    int columns = map.values().stream().mapToInt(List::size).max().orElse(0);
    int missing = 0;
    int diagonal = 0;
    List<String> best = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      List<Double> values = map.values().get(row);
      int at = -1;
      for (int column = 0; column < values.size(); column++) {
        if (values.get(column).isNaN()) {
          missing++;
        } else if (at < 0 || values.get(column) > values.get(at)) {
          at = column;
        }
      }
      diagonal += at == row ? 1 : 0;
      best.add(at < 0 ? Numbers.MISSING : Integer.toString(at));
    }
    boolean mostlyDiagonal = diagonal * 2 > rows || rows > MOST_COLUMNS;
    String pattern =
        rows == 0
            ? texts.get("figure.empty")
            : mostlyDiagonal
                ? texts.get("figure.heat-map.diagonal", diagonal, rows)
                : texts.get("figure.heat-map.best", String.join(" ", best));
    String notTested = missing == 0 ? "" : " " + texts.get("figure.heat-map.not-tested", missing);
    return texts.get(
        "figure.heat-map.alt",
        rows,
        texts.phrase(map.rowLabel()),
        columns,
        texts.phrase(map.columnLabel()),
        Numbers.value(map.low()),
        Numbers.value(map.high()),
        pattern + notTested);
  }

  private static String curves(Texts texts, Figure.Curves curves) {
    List<String> series = new ArrayList<>();
    for (Figure.Series one : curves.series()) {
      double[] values =
          one.y().stream()
              .mapToDouble(Double::doubleValue)
              .filter(Double::isFinite)
              .sorted()
              .toArray();
      series.add(
          values.length == 0
              ? texts.phrase(one.name()) + ": " + texts.get("figure.empty")
              : texts.get(
                  "figure.curves.series",
                  texts.phrase(one.name()),
                  Numbers.value(values[0]),
                  Numbers.value(values[values.length - 1]),
                  Numbers.value(values[values.length / 2])));
    }
    return texts.get("figure.curves.alt", texts.phrase(curves.xLabel()), String.join("; ", series));
  }
}
