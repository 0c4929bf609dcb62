package dev.stemma.report;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.evidence.Figure;
import dev.stemma.report.Html.Element;
import java.util.ArrayList;
import java.util.List;

/**
 * A heat map as SVG: cells of one colour are one path, so that sixty by sixty layers take some
 * twenty kilobytes; what was not tested is hatched. The values stand in an attribute for the
 * pointer and the arrow keys to read.
 */
final class HeatMapDrawing {
  static final int COLOURS = 16;
  private static final int MOST_CELLS = 128;
  private static final int WIDTH = 640;
  private static final int LEFT = 56;
  private static final int TOP = 8;

  private final Texts texts;
  private final Figure.HeatMap map;
  private final int pooling;
  private final List<double[]> cells;
  private final int columns;

  HeatMapDrawing(Texts texts, Figure.HeatMap map) {
    this.texts = texts;
    this.map = map;
    int widest = map.values().stream().mapToInt(List::size).max().orElse(0);
    int largest = Math.max(map.values().size(), widest);
    this.pooling = Math.max(1, (largest + MOST_CELLS - 1) / MOST_CELLS);
    this.columns = (widest + pooling - 1) / pooling;
    this.cells = pooled();
  }

  private List<double[]> pooled() {
    List<double[]> pooled = new ArrayList<>();
    for (int row = 0; row < map.values().size(); row += pooling) {
      double[] line = new double[columns];
      java.util.Arrays.fill(line, Double.NaN);
      for (int inner = row; inner < Math.min(row + pooling, map.values().size()); inner++) {
        List<Double> values = map.values().get(inner);
        for (int column = 0; column < values.size(); column++) {
          double value = values.get(column);
          double seen = line[column / pooling];
          if (!Double.isNaN(value) && !(seen >= value)) {
            line[column / pooling] = value;
          }
        }
      }
      pooled.add(line);
    }
    return pooled;
  }

  List<Html.Node> draw() {
    List<Html.Node> nodes = new ArrayList<>();
    if (cells.isEmpty() || columns == 0) {
      return List.of(element("p", texts.get("figure.empty")));
    }
    nodes.add(svg());
    nodes.add(legend());
    nodes.add(styled("output", "readout").with("aria-live", "polite"));
    if (pooling > 1) {
      nodes.add(styled("p", "note", texts.get("label.pooled", pooling, pooling)));
    }
    return nodes;
  }

  private Element svg() {
    double cell = Math.min(28, Math.min((WIDTH - LEFT - 8.0) / columns, 620.0 / cells.size()));
    double width = cell * columns;
    double height = cell * cells.size();
    double whole = LEFT + Math.max(width, 90) + 8;
    int pixels = (int) Math.ceil(whole * 1.05);
    Element svg =
        styled("svg", "heat-map")
            .with("viewBox", "0 0 " + Html.number(whole) + " " + Html.number(TOP + height + 44))
            // No larger than drawn; where the page is narrower, down to a size that can be read.
            .with("style", "max-width:" + pixels + "px;min-width:min(" + pixels + "px,34rem)")
            .with("role", "img")
            .with("tabindex", "0")
            .with("aria-label", texts.phrase(map.title()) + ". " + FigureWords.of(texts, map))
            .with("data-columns", columns)
            .with("data-pooling", pooling)
            .with("data-low", map.low())
            .with("data-high", map.high())
            .with("data-row", texts.phrase(map.rowLabel()))
            .with("data-column", texts.phrase(map.columnLabel()))
            .with("data-missing", texts.get("label.not-tested-cell"))
            .with("data-values", values());
    Element plane =
        element("g")
            .with(
                "transform",
                "translate(" + LEFT + " " + TOP + ") scale(" + Html.number(cell) + ")");
    for (int colour = -1; colour < COLOURS; colour++) {
      StringBuilder path = new StringBuilder();
      for (int row = 0; row < cells.size(); row++) {
        for (int column = 0; column < columns; column++) {
          int run = 0;
          while (column + run < columns && colour(cells.get(row)[column + run]) == colour) {
            run++;
          }
          if (run > 0) {
            path.append('M').append(column).append(' ').append(row).append('h').append(run);
            path.append("v1h-").append(run).append('z');
            column += run;
          }
        }
      }
      if (!path.isEmpty()) {
        plane.add(
            styled("path", colour < 0 ? "missing" : "heat" + colour).with("d", path.toString()));
      }
    }
    plane.add(
        styled("rect", "cursor").with("width", 1).with("height", 1).with("x", -9).with("y", 0));
    svg.add(plane);
    int every = Math.max(1, (int) Math.ceil(22 / cell));
    every = every > 2 ? (every + 4) / 5 * 5 : every;
    for (int column = 0; column < columns; column += every) {
      svg.add(
          styled("text", "tick middle", Integer.toString(column * pooling))
              .with("x", LEFT + (column + 0.5) * cell)
              .with("y", TOP + height + 15));
    }
    int everyRow = cell >= 12 ? 1 : every;
    for (int row = 0; row < cells.size(); row += everyRow) {
      svg.add(
          styled("text", "tick end", Integer.toString(row * pooling))
              .with("x", LEFT - 5.0)
              .with("y", TOP + (row + 0.5) * cell + 4));
    }
    svg.add(
        styled("text", "label middle", texts.phrase(map.columnLabel()))
            .with("x", LEFT + width / 2)
            .with("y", TOP + height + 35));
    svg.add(
        styled("text", "label middle", texts.phrase(map.rowLabel()))
            .with("transform", "translate(14 " + Html.number(TOP + height / 2) + ") rotate(-90)"));
    return svg;
  }

  private int colour(double value) {
    if (Double.isNaN(value)) {
      return -1;
    }
    double range = map.high() - map.low();
    double share = range > 0 ? (value - map.low()) / range : 0;
    return Math.clamp((int) (share * COLOURS), 0, COLOURS - 1);
  }

  /** Every value as three digits between low and high; {@code ---} where it was not tested. */
  private String values() {
    StringBuilder out = new StringBuilder();
    double range = map.high() - map.low();
    for (double[] line : cells) {
      for (double value : line) {
        double share = range > 0 ? (value - map.low()) / range : 0;
        out.append(
            Double.isNaN(value)
                ? "---"
                : String.format(
                    java.util.Locale.ROOT, "%03d", Math.clamp(Math.round(share * 999), 0, 999)));
      }
    }
    return out.toString();
  }

  private Element legend() {
    Element legend = styled("p", "legend").with("aria-hidden", "true");
    legend.add(styled("span", "low", Numbers.value(map.low())));
    Element bar = styled("span", "bar");
    for (int colour = 0; colour < COLOURS; colour++) {
      bar.add(styled("i", "heat" + colour));
    }
    legend.add(bar).add(styled("span", "high", Numbers.value(map.high())));
    legend.add(styled("i", "swatch missing-swatch"));
    return legend.add(styled("span", "", texts.get("label.not-tested-cell")));
  }
}
