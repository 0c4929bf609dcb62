package dev.stemma.lab.bench;

import dev.stemma.evidence.Figure;
import java.util.List;
import java.util.Locale;

/** ROC curves as an SVG image; curves differ by dash as well as by colour. */
public final class RocPlot {
  private static final int SIDE = 420;
  private static final int LEFT = 58;
  private static final int TOP = 34;
  private static final int LEGEND = 190;
  private static final List<String> COLOURS =
      List.of("#1b1b1b", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#7a5c00", "#56b4e9");
  private static final List<String> DASHES = List.of("", "7 3", "2 3", "10 3 2 3", "1 2");

  private RocPlot() {}

  /** The image. */
  public static String svg(Figure.Curves curves) {
    StringBuilder svg = new StringBuilder();
    int width = LEFT + SIDE + LEGEND + 24;
    int height = TOP + SIDE + 54;
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
                + "height=\"%d\" font-family=\"sans-serif\" font-size=\"13\" role=\"img\">\n",
            width,
            height,
            width,
            height));
    svg.append("<title>").append(escaped(curves.title())).append("</title>\n");
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    text(svg, LEFT, 20, "start", curves.title());
    for (int tenth = 0; tenth <= 10; tenth += 2) {
      double at = tenth / 10.0;
      svg.append(
          String.format(
              Locale.ROOT,
              "<path d=\"M%.1f %dV%dM%d %.1fH%d\" stroke=\"#ddd\" fill=\"none\"/>\n",
              x(at),
              TOP,
              TOP + SIDE,
              LEFT,
              y(at),
              LEFT + SIDE));
      text(svg, x(at), TOP + SIDE + 18, "middle", String.format(Locale.ROOT, "%.1f", at));
      text(svg, LEFT - 8, y(at) + 4, "end", String.format(Locale.ROOT, "%.1f", at));
    }
    text(svg, x(0.5), TOP + SIDE + 42, "middle", curves.xLabel());
    svg.append(
        String.format(
            Locale.ROOT,
            "<text transform=\"translate(16 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
            y(0.5),
            escaped(curves.yLabel())));
    for (int index = curves.series().size() - 1; index >= 0; index--) {
      curve(svg, curves, index);
    }
    return svg.append("</svg>\n").toString();
  }

  private static void curve(StringBuilder svg, Figure.Curves curves, int index) {
    Figure.Series series = curves.series().get(index);
    String style =
        String.format(
            Locale.ROOT,
            "stroke=\"%s\" stroke-dasharray=\"%s\" stroke-width=\"%s\" fill=\"none\"",
            COLOURS.get(index % COLOURS.size()),
            DASHES.get(index % DASHES.size()),
            index == 0 ? "3" : "1.7");
    svg.append("<path d=\"M").append(point(0, 0));
    for (int i = 0; i < curves.x().size(); i++) {
      svg.append('L').append(point(curves.x().get(i), series.y().get(i)));
    }
    svg.append("\" ").append(style).append("/>\n");
    int line = TOP + 14 + index * 22;
    int from = LEFT + SIDE + 18;
    svg.append(String.format(Locale.ROOT, "<path d=\"M%d %dh30\" %s/>\n", from, line - 4, style));
    text(svg, from + 38, line, "start", series.name());
  }

  private static String point(double rate, double height) {
    return String.format(Locale.ROOT, "%.1f %.1f", x(rate), y(height));
  }

  private static double x(double value) {
    return LEFT + SIDE * value;
  }

  private static double y(double value) {
    return TOP + SIDE * (1 - value);
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n",
            x,
            y,
            anchor,
            escaped(text)));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
