package dev.stemma;

import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Draws control pairs beside the pair: layer by layer, what unrelated models give. */
final class ControlCurves {
  private ControlCurves() {}

  /** A control pair and what was drawn of it. */
  record Drawn(String name, List<Figure> figures) {}

  /** The pair's figures; a curve that stands alone gets the controls', a heat map such a figure. */
  static List<Figure> beside(List<Figure> figures, List<Drawn> controls) {
    List<Figure> out = new ArrayList<>();
    for (Figure figure : figures) {
      switch (figure) {
        case Figure.Curves curves when isAlone(curves) -> out.add(with(curves, controls));
        case Figure.HeatMap map -> {
          out.add(map);
          Figure.Curves best = with(best(map), controls);
          if (best.series().size() > 1 && best.x().size() > 1) {
            out.add(best);
          }
        }
        default -> out.add(figure);
      }
    }
    return out;
  }

  private static boolean isAlone(Figure.Curves curves) {
    return curves.series().size() == 1 && curves.series().getFirst().name().equals(Figure.PAIR);
  }

  private static Figure.Curves with(Figure.Curves pair, List<Drawn> controls) {
    List<Figure.Series> series = new ArrayList<>(pair.series());
    List<Double> x = new ArrayList<>(pair.x());
    for (Drawn control : controls) {
      control.figures().stream()
          .map(figure -> figure instanceof Figure.HeatMap map ? best(map) : figure)
          .filter(Figure.Curves.class::isInstance)
          .map(Figure.Curves.class::cast)
          .filter(curves -> curves.title().equals(pair.title()) && isAlone(curves))
          .findFirst()
          .ifPresent(curves -> {
            List<Double> y = new ArrayList<>();
            for (Double at : x) {
              int index = curves.x().indexOf(at);
              y.add(index < 0 ? Double.NaN : curves.series().getFirst().y().get(index));
            }
            series.add(new Figure.Series("control: " + control.name(), y));
          });
    }
    return new Figure.Curves(pair.title(), pair.xLabel(), pair.yLabel(), x, series);
  }

  /** The best of each row of a map: a layer and the layer of the other that is most like it. */
  private static Figure.Curves best(Figure.HeatMap map) {
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int row = 0; row < map.values().size(); row++) {
      Optional<Double> best =
          map.values().get(row).stream().filter(value -> !value.isNaN()).max(Double::compare);
      if (best.isPresent()) { // layers that were not tested leave no gap
        x.add((double) row);
        y.add(best.get());
      }
    }
    return new Figure.Curves(
        map.title() + ": the best of each layer",
        "layer",
        "highest value",
        x,
        List.of(new Figure.Series(Figure.PAIR, y)));
  }
}
