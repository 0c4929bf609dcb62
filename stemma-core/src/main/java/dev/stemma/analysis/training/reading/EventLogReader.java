package dev.stemma.analysis.training.reading;

import dev.stemma.analysis.training.TrainingLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** TensorBoard event files: scalars by tag, of several files of one run in the order of names. */
final class EventLogReader {
  private static final Column WALL = wall();
  private static final Column STEP = step();

  private final Map<String, Optional<Column>> tags = new HashMap<>();

  /** Reads the files of one run. */
  List<TrainingLog> read(List<Path> files, String name) throws IOException {
    LogCollector collector = new LogCollector(name, "TensorBoard events", "byte");
    for (Path file : files) {
      String prefix = files.size() == 1 ? "" : file.getFileName() + ", ";
      try (RecordFile records = new RecordFile(file)) {
        records.read(
            new RecordFile.Visitor() {
              @Override
              public void record(long offset, ByteBuffer data) {
                try {
                  event(new ProtoFields(data), offset, collector);
                } catch (ProtoFields.Malformed e) {
                  defect(offset, "an event message", e.getMessage() + " (skipped)");
                }
              }

              @Override
              public void defect(long offset, String expected, String found) {
                collector.problem(prefix + "byte " + offset, expected, found);
              }
            });
      }
    }
    return List.of(collector.finish());
  }

  private void event(ProtoFields event, long offset, LogCollector collector)
      throws ProtoFields.Malformed {
    Map<Column, Double> values = new HashMap<>();
    double step = 0;
    double wall = Double.NaN;
    while (event.next()) {
      if (event.field() == 1 && event.is(1)) {
        wall = event.fixed64();
      } else if (event.field() == 2 && event.is(0)) {
        step = event.varint();
      } else if (event.field() == 5 && event.is(2)) {
        summary(new ProtoFields(event.slice()), values, collector);
      } else {
        event.skip();
      }
    }
    if (!values.isEmpty()) {
      values.put(STEP, step);
      values.put(WALL, wall);
      collector.add(offset, values);
    }
  }

  private void summary(ProtoFields summary, Map<Column, Double> values, LogCollector collector)
      throws ProtoFields.Malformed {
    while (summary.next()) {
      if (summary.field() == 1 && summary.is(2)) {
        value(new ProtoFields(summary.slice()), values, collector);
      } else {
        summary.skip();
      }
    }
  }

  private void value(ProtoFields fields, Map<Column, Double> values, LogCollector collector)
      throws ProtoFields.Malformed {
    String tag = "";
    double scalar = Double.NaN;
    boolean has = false;
    while (fields.next()) {
      if (fields.field() == 1 && fields.is(2)) {
        tag = fields.text();
      } else if (fields.field() == 2 && fields.is(5)) {
        scalar = fields.fixed32();
        has = true;
      } else if (fields.field() == 8 && fields.is(2)) {
        Optional<Double> tensor = tensor(new ProtoFields(fields.slice()));
        has |= tensor.isPresent();
        scalar = tensor.orElse(scalar);
      } else {
        fields.skip();
      }
    }
    if (!has) {
      return;
    }
    if (Column.tellsOfOtherLoss(tag)) {
      collector.lossIsOther();
    }
    Optional<Column> column = tags.get(tag);
    if (column == null) {
      column = Column.of(tag);
      if (tags.size() < 10_000) {
        tags.put(tag, column);
      }
    }
    if (column.isPresent() && column.get().field() != Field.STEP) {
      values.put(column.get(), scalar);
    }
  }

  /** A scalar stored as a tensor: float (1) or double (2), by content or by value. */
  private static Optional<Double> tensor(ProtoFields fields) throws ProtoFields.Malformed {
    long type = 0;
    Optional<Double> value = Optional.empty();
    while (fields.next()) {
      if (fields.field() == 1 && fields.is(0)) {
        type = fields.varint();
      } else if (fields.is(2)
          && (fields.field() == 4 || fields.field() == 5 || fields.field() == 6)) {
        boolean wide = fields.field() == 6 || (fields.field() == 4 && type == 2);
        boolean known = fields.field() != 4 || type == 1 || type == 2;
        ByteBuffer content = fields.slice();
        if (known && content.remaining() == (wide ? 8 : 4)) {
          value = Optional.of(wide ? content.getDouble() : content.getFloat());
        }
      } else if (fields.field() == 5 && fields.is(5)) {
        value = Optional.of((double) fields.fixed32());
      } else if (fields.field() == 6 && fields.is(1)) {
        value = Optional.of(fields.fixed64());
      } else {
        fields.skip();
      }
    }
    return value;
  }

  private static Column wall() {
    return Column.of("wall_time").orElseThrow();
  }

  private static Column step() {
    return Column.of("step").orElseThrow();
  }
}
