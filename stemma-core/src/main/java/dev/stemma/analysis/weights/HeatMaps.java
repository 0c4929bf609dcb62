package dev.stemma.analysis.weights;

import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Layer by layer heat maps; the largest value of a cell counts, NaN is "not tested". */
final class HeatMaps {
  private HeatMaps() {}

  /** One value between 0 and 1. */
  record Cell(int layerA, int layerB, double value) {}

  static Figure of(String title, List<Integer> layersA, List<Integer> layersB, List<Cell> cells) {
    List<List<Double>> values = new ArrayList<>();
    for (int row = 0; row < layersA.size(); row++) {
      values.add(new ArrayList<>(Collections.nCopies(layersB.size(), Double.NaN)));
    }
    for (Cell cell : cells) {
      int row = layersA.indexOf(cell.layerA());
      int column = layersB.indexOf(cell.layerB());
      if (row >= 0 && column >= 0) {
        double before = values.get(row).get(column);
        values
            .get(row)
            .set(column, Double.isNaN(before) ? cell.value() : Math.max(before, cell.value()));
      }
    }
    return new Figure.HeatMap(
        title,
        "layer of A",
        "layer of B",
        0,
        1,
        values.stream().map(Collections::unmodifiableList).toList());
  }
}
