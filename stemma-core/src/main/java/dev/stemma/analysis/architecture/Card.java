package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Attention;
import dev.stemma.architecture.Block;
import dev.stemma.architecture.ParameterCount;
import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An inspection as tables, which the terminal and every report draw. */
public final class Card {
  private static final double BYTES_BF16 = 2;
  private static final int MOST_RANGES = 4;
  private final Inspection inspection;

  /** Of this model. */
  public Card(Inspection inspection) {
    this.inspection = inspection;
  }

  /** All tables, in reading order. */
  public List<Figure.Table> tables() {
    Serving serving = new Serving(inspection);
    List<Figure.Table> tables = new ArrayList<>();
    tables.add(specification());
    tables.add(components());
    tables.add(active());
    tables.add(layers());
    tables.add(serving.weights());
    if (inspection.cache().map(cache -> cache.bytesPerToken(1) > 0).orElse(false)) {
      tables.add(serving.cache());
    }
    tables.add(serving.memory());
    tables.add(serving.gpus());
    return tables;
  }

  private Figure.Table specification() {
    Map<String, String> rows = new LinkedHashMap<>();
    rows.put(
        "Family",
        inspection.architecture().family().title()
            + " ("
            + inspection.family()
            + (inspection.architecture().stated() ? ")" : ", inferred)"));
    rows.put(
        "Parameters",
        Amounts.exact(inspection.parameters().total())
            + " ("
            + Amounts.parameters(inspection.parameters().total())
            + ")"
            + (inspection.countedFromTensors() ? ", counted from the tensors" : ""));
    rows.put("Active a token", Amounts.exact(inspection.parameters().active()));
    rows.put("Hidden size", value("hidden_size"));
    rows.put("Layers", value("num_hidden_layers"));
    inspection.attention().ifPresent(attention -> attention(rows, attention));
    inspection.positions().ifPresent(known -> rows.put("Positions", known.description()));
    rows.put("Experts", inspection.experts().description());
    if (inspection.experts().routed() > 0) {
      rows.put("Router", inspection.experts().routing());
    } else {
      rows.put("Intermediate size", value("intermediate_size"));
    }
    rows.put("Vocabulary", value("vocab_size"));
    rows.put("Context", value("max_position_embeddings"));
    rows.put(
        "Embedding and head",
        inspection.architecture().values().truth("tied") ? "one matrix (tied)" : "two matrices");
    inspection
        .cache()
        .ifPresent(cache ->
            rows.put(
                "Key-value cache",
                String.format(
                        Locale.ROOT, "%,.0f bytes a token (bf16)", cache.bytesPerToken(BYTES_BF16))
                    + (cache.boundedBytes(1) > 0
                        ? String.format(
                            Locale.ROOT,
                            ", and %s that do not grow (windows, states)",
                            Amounts.bytes(cache.boundedBytes(BYTES_BF16)))
                        : "")));
    rows.put(
        "Tensor-parallel degrees",
        String.join(
            ", ", new Serving(inspection).degrees().stream().map(String::valueOf).toList()));
    return new Figure.Table(
        "Specification",
        List.of("key", "value"),
        rows.entrySet().stream().map(row -> List.of(row.getKey(), row.getValue())).toList());
  }

  private static void attention(Map<String, String> rows, Attention attention) {
    rows.put("Attention", attention.description());
    if (attention.layerKinds().size() > 1 || attention.layerKinds().containsKey("sliding")) {
      List<String> kinds = new ArrayList<>();
      attention.layerKinds().forEach((kind, layers) -> kinds.add(layers + " " + kind));
      rows.put(
          "Layers by attention",
          String.join(", ", kinds)
              + (attention.window() > 0 ? " (window " + attention.window() + ")" : ""));
    }
  }

  private String value(String name) {
    return Specification.text(inspection.architecture().values().known(name));
  }

  private Figure.Table components() {
    List<List<String>> rows = new ArrayList<>();
    double total = inspection.parameters().total();
    inspection
        .parameters()
        .byBlock()
        .forEach((block, count) -> {
          if (count > 0) {
            rows.add(
                List.of(
                    block.title(),
                    Amounts.exact(count),
                    block.isCounted()
                        ? String.format(Locale.ROOT, "%.2f%%", 100 * count / total)
                        : "apart"));
          }
        });
    if (inspection.parameters().predictionCopies() > 0) {
      rows.add(
          List.of(
              "Copies of embedding and head beside it",
              Amounts.exact(inspection.parameters().predictionCopies()),
              "apart"));
    }
    rows.add(List.of("Total", Amounts.exact(inspection.parameters().total()), "100%"));
    return new Figure.Table(
        "Parameters by component", List.of("component", "parameters", "share"), rows);
  }

  private Figure.Table active() {
    ParameterCount count = inspection.parameters();
    return new Figure.Table(
        "Active parameters a token, in the three conventions",
        List.of("convention", "parameters", ""),
        List.of(
            row("all", count.active()),
            row("without the input embedding", count.activeWithoutInputEmbedding()),
            row("without embedding and head", count.activeWithoutEmbeddings())));
  }

  private static List<String> row(String name, long count) {
    return List.of(name, Amounts.exact(count), Amounts.parameters(count));
  }

  /** Layers that are alike are one row. */
  private Figure.Table layers() {
    Map<Kind, List<Integer>> alike = new LinkedHashMap<>();
    for (ParameterCount.Layer layer : inspection.parameters().layers()) {
      Kind kind = new Kind(layer.kind(), layer.byBlock(), layer.active());
      alike.computeIfAbsent(kind, ignored -> new ArrayList<>()).add(layer.number());
    }
    List<List<String>> rows = new ArrayList<>();
    alike.forEach((kind, numbers) -> {
      ParameterCount.Layer one =
          new ParameterCount.Layer(0, kind.name(), kind.byBlock(), kind.active());
      rows.add(
          List.of(
              ranges(numbers),
              String.valueOf(numbers.size()),
              one.kind(),
              Amounts.exact(one.total()),
              Amounts.exact(one.active()),
              Amounts.exact(one.byBlock().getOrDefault(Block.ATTENTION, 0L))));
    });
    return new Figure.Table(
        "Parameters by layer",
        List.of("layers", "how many", "kind", "parameters of one", "active", "attention"),
        rows);
  }

  private record Kind(String name, Map<Block, Long> byBlock, long active) {}

  /** As in {@code 0-2, 4-6, ..., 44-46}. */
  private static String ranges(List<Integer> numbers) {
    List<String> ranges = new ArrayList<>();
    int first = 0;
    for (int i = 1; i <= numbers.size(); i++) {
      if (i == numbers.size() || numbers.get(i) != numbers.get(i - 1) + 1) {
        int from = numbers.get(first);
        int to = numbers.get(i - 1);
        ranges.add(from == to ? String.valueOf(from) : from + "-" + to);
        first = i;
      }
    }
    return ranges.size() <= MOST_RANGES
        ? String.join(", ", ranges)
        : ranges.get(0) + ", " + ranges.get(1) + ", ..., " + ranges.getLast();
  }
}
