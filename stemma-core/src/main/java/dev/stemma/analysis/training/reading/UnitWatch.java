package dev.stemma.analysis.training.reading;

import java.util.EnumMap;
import java.util.Map;

/** Notices when a column changes its unit in the middle of a file. */
final class UnitWatch {
  private final Map<Field, String> units = new EnumMap<>(Field.class);
  private final LogCollector collector;

  UnitWatch(LogCollector collector) {
    this.collector = collector;
  }

  /** Looks at one value's unit; a change is named once, and the value is converted anyway. */
  void see(Column column, String unit, long place) {
    String known = units.putIfAbsent(column.field(), unit);
    if (known != null && !known.equals(unit)) {
      units.put(column.field(), unit);
      collector.problem(
          place,
          column.name() + " in one unit" + (known.isEmpty() ? "" : " (" + known + ")"),
          unit.isEmpty() ? "a number without unit" : "unit " + unit + " (converted)");
    }
  }
}
