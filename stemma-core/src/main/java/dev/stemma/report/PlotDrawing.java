package dev.stemma.report;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.evidence.Figure;
import dev.stemma.evidence.LayerMap;
import dev.stemma.report.Html.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Curves, scatters and layer maps as SVG. Series differ by dash and marker, not by colour alone.
 */
final class PlotDrawing {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 300;
  private static final int LEFT = 74;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 44;
  private static final int STYLES = 6;
  private static final int MOST_SERIES = 24;
  private static final int MOST_POINTS = 3000;
  private static final int MARKED_POINTS = 40;
  private static final int LABELLED_POINTS = 24;

  private final Texts texts;

  PlotDrawing(Texts texts) {
    this.texts = texts;
  }

  List<Html.Node> curves(Figure.Curves curves) {
    List<Figure.Series> series =
        curves.series().subList(0, Math.min(MOST_SERIES, curves.series().size()));
    if (series.isEmpty() || curves.x().isEmpty()) {
      return List.of(element("p", texts.get("figure.empty")));
    }
    Axis x = Axis.over(stream(curves.x()), LEFT, WIDTH - RIGHT);
    Axis y =
        Axis.over(series.stream().flatMapToDouble(one -> stream(one.y())), HEIGHT - BOTTOM, TOP);
    if (y.low() > 0 && y.low() < y.high() / 2) {
      y = y.including(0);
    }
    Element svg = frame(curves, x, y, curves.xLabel(), curves.yLabel());
    for (int index = series.size() - 1; index >= 0; index--) {
      svg.add(line(curves.x(), series.get(index), style(series, index), x, y));
    }
    List<Html.Node> nodes = new ArrayList<>();
    nodes.add(svg);
    Element legend = styled("ul", "legend");
    for (int index = 0; index < series.size(); index++) {
      legend.add(
          element("li")
              .add(sample(style(series, index)))
              .text(texts.phrase(series.get(index).name())));
    }
    nodes.add(legend);
    return nodes;
  }

  /** Controls are grey whatever their place. */
  private static String style(List<Figure.Series> series, int index) {
    String name = series.get(index).name().toLowerCase(Locale.ROOT);
    boolean control =
        name.contains("control") || name.contains("shuffled") || name.contains("null");
    return control ? "control" : "s" + index % STYLES + (index / STYLES % 2 == 1 ? " again" : "");
  }

  private static Element sample(String style) {
    return styled("svg", "sample")
        .with("viewBox", "0 0 34 12")
        .with("aria-hidden", "true")
        .add(styled("path", "line " + style).with("d", "M1 6H33"))
        .add(marker(style, 17, 6));
  }

  private static Element line(List<Double> xs, Figure.Series series, String style, Axis x, Axis y) {
    StringBuilder path = new StringBuilder();
    Element group = element("g");
    int points = Math.min(xs.size(), series.y().size());
    boolean marked = series.y().stream().filter(Double::isFinite).count() <= MARKED_POINTS;
    boolean pen = false;
    List<Element> markers = new ArrayList<>();
    for (int index = 0; index < points; index++) {
      double value = series.y().get(index);
      double place = xs.get(index);
      if (!Double.isFinite(value) || !Double.isFinite(place)) {
        pen = false;
        continue;
      }
      path.append(pen ? 'L' : 'M')
          .append(Html.number(x.at(place)))
          .append(' ')
          .append(Html.number(y.at(value)));
      pen = true;
      if (marked) {
        markers.add(marker(style, x.at(place), y.at(value)));
      }
    }
    return group.add(styled("path", "line " + style).with("d", path.toString())).add(markers);
  }

  private static Element marker(String style, double x, double y) {
    String place = Html.number(x) + " " + Html.number(y);
    String shape =
        switch (style.replace(" again", "")) {
          case "s0" -> "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0";
          case "s1" -> "m-3-3h6v6h-6z";
          case "s2" -> "m0-4l4 7h-8z";
          case "s3" -> "m0-4l4 4l-4 4l-4-4z";
          case "s4" -> "m0 4l4-7h-8z";
          default -> "m-3-3l6 6m0-6l-6 6";
        };
    return styled("path", "marker " + style).with("d", "M" + place + shape);
  }

  List<Html.Node> scatter(Figure.Scatter scatter) {
    List<Figure.Point> all =
        scatter.points().stream()
            .filter(point -> Double.isFinite(point.x()) && Double.isFinite(point.y()))
            .toList();
    if (all.isEmpty()) {
      return List.of(element("p", texts.get("figure.empty")));
    }
    int step = (all.size() + MOST_POINTS - 1) / MOST_POINTS;
    List<Figure.Point> points = new ArrayList<>();
    for (int index = 0; index < all.size(); index += step) {
      points.add(all.get(index));
    }
    Axis x = Axis.over(all.stream().mapToDouble(Figure.Point::x), LEFT + 8, WIDTH - RIGHT - 8);
    Axis y = Axis.over(all.stream().mapToDouble(Figure.Point::y), HEIGHT - BOTTOM - 8, TOP + 8);
    Element svg = frame(scatter, x, y, scatter.xLabel(), scatter.yLabel());
    List<String> groups =
        List.copyOf(new TreeSet<>(points.stream().map(Figure.Point::group).toList()));
    for (Figure.Point point : points) {
      svg.add(
          marker("s" + groups.indexOf(point.group()) % STYLES, x.at(point.x()), y.at(point.y())));
    }
    if (points.size() <= LABELLED_POINTS) {
      for (Figure.Point point : points) {
        boolean right = x.at(point.x()) > WIDTH * 0.7;
        svg.add(
            styled("text", right ? "tick end" : "tick", point.label())
                .with("x", x.at(point.x()) + (right ? -7 : 7))
                .with("y", y.at(point.y()) + 4));
      }
    }
    List<Html.Node> nodes = new ArrayList<>();
    nodes.add(svg);
    Element legend = styled("ul", "legend");
    for (int index = 0; index < groups.size(); index++) {
      legend.add(
          element("li")
              .add(
                  styled("svg", "sample")
                      .with("viewBox", "0 0 12 12")
                      .with("aria-hidden", "true")
                      .add(marker("s" + index % STYLES, 6, 6)))
              .text(texts.phrase(groups.get(index))));
    }
    nodes.add(legend);
    if (step > 1) {
      nodes.add(styled("p", "note", texts.get("label.thinned", points.size(), all.size())));
    }
    return nodes;
  }

  private Element frame(Figure figure, Axis x, Axis y, String xLabel, String yLabel) {
    Element svg =
        styled("svg", "plot")
            .with("viewBox", "0 0 " + WIDTH + " " + HEIGHT)
            .with("role", "img")
            .with(
                "aria-label", texts.phrase(figure.title()) + ". " + FigureWords.of(texts, figure));
    for (double tick : y.ticks(5)) {
      svg.add(
          styled("path", "grid")
              .with("d", "M" + LEFT + " " + Html.number(y.at(tick)) + "H" + (WIDTH - RIGHT)));
      svg.add(
          styled("text", "tick end", Numbers.value(tick))
              .with("x", LEFT - 6)
              .with("y", y.at(tick) + 4));
    }
    for (double tick : x.ticks(8)) {
      svg.add(
          styled("text", "tick middle", Numbers.value(tick))
              .with("x", x.at(tick))
              .with("y", HEIGHT - BOTTOM + 17));
    }
    svg.add(
        styled("path", "axis")
            .with("d", "M" + LEFT + " " + (HEIGHT - BOTTOM) + "H" + (WIDTH - RIGHT)));
    svg.add(
        styled("text", "label middle", texts.phrase(xLabel))
            .with("x", (LEFT + WIDTH - RIGHT) / 2)
            .with("y", HEIGHT - 6));
    svg.add(
        styled("text", "label middle", texts.phrase(yLabel))
            .with("transform", "translate(13 " + (TOP + HEIGHT - BOTTOM) / 2 + ") rotate(-90)"));
    return svg;
  }

  /** Layers of a above, of b below, joined where they correspond. */
  Element layerMap(LayerMap map) {
    int height = 128;
    Element svg =
        styled("svg", "layer-map")
            .with("viewBox", "0 0 " + WIDTH + " " + height)
            .with("role", "img")
            .with("aria-label", texts.get("note.layer-map-alt", LayerRanges.sentence(texts, map)));
    Axis a = places(map.layersOfA());
    Axis b = places(map.layersOfB());
    for (LayerMap.Link link : map.links()) {
      svg.add(
          styled("path", link.strength() < 0.5 ? "link weak" : "link")
              .with(
                  "d",
                  "M"
                      + Html.number(a.at(link.a()))
                      + " 34V40L"
                      + Html.number(b.at(link.b()))
                      + " 88V94"));
    }
    layers(svg, map.layersOfA(), a, 28, 18, "A");
    layers(svg, map.layersOfB(), b, 100, 120, "B");
    return svg;
  }

  private static Axis places(int layers) {
    return new Axis(-0.5, Math.max(1, layers) - 0.5, 36, WIDTH - 8);
  }

  private static void layers(
      Element svg, int layers, Axis axis, int middle, int textAt, String name) {
    double size = Math.min(12, 0.7 * (WIDTH - 44.0) / Math.max(1, layers));
    StringBuilder path = new StringBuilder();
    int every = Math.max(1, (layers + 23) / 24);
    for (int layer = 0; layer < layers; layer++) {
      path.append('M').append(Html.number(axis.at(layer) - size / 2)).append(' ');
      path.append(middle - 5).append('h').append(Html.number(size)).append("v10h");
      path.append(Html.number(-size)).append('z');
      if (layer % every == 0) {
        svg.add(
            styled("text", "tick middle", Integer.toString(layer))
                .with("x", axis.at(layer))
                .with("y", textAt));
      }
    }
    svg.add(styled("path", "layer").with("d", path.toString()));
    svg.add(styled("text", "label", name).with("x", 8).with("y", middle + 5));
  }

  private static java.util.stream.DoubleStream stream(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue);
  }
}
