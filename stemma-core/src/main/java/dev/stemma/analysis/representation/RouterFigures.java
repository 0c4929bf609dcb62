package dev.stemma.analysis.representation;

import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Router evidence drawn and as JSON. */
public record RouterFigures(RouterEvidence evidence) {
  private static final int BINS = 20;
  private static final int MOST_RANKS = 8;

  /** Drawings and tables in reading order. */
  public List<Figure> all() {
    return List.of(summary(), load(), entropies(), shares(), matrices());
  }

  private Figure summary() {
    List<List<String>> rows = new ArrayList<>();
    for (RouterEvidence.Layer layer : evidence.layers()) {
      RouterLoad load = layer.load();
      double largest = java.util.Arrays.stream(load.load()).max().orElse(0);
      rows.add(
          List.of(
              String.valueOf(layer.layer()),
              String.valueOf(load.experts()),
              String.valueOf(load.unused()),
              number(largest * load.experts()),
              number(load.balance()),
              number(load.routingEntropy())));
    }
    return new Figure.Table(
        "Expert load over the text",
        List.of(
            "layer",
            "experts",
            "never chosen",
            "busiest / mean",
            "load entropy",
            "routing entropy"),
        rows);
  }

  private Figure load() {
    int experts = evidence.layers().stream().mapToInt(l -> l.load().experts()).max().orElse(1);
    List<List<Double>> rows = new ArrayList<>();
    for (int layer = 0; layer < evidence.layerCount(); layer++) {
      rows.add(new ArrayList<>(Collections.nCopies(experts, Double.NaN)));
    }
    double high = 0;
    for (RouterEvidence.Layer layer : evidence.layers()) {
      double[] load = layer.load().load();
      for (int expert = 0; expert < load.length; expert++) {
        rows.get(layer.layer()).set(expert, load[expert]);
        high = Math.max(high, load[expert]);
      }
    }
    return new Figure.HeatMap(
        "Share of the choices by layer and expert", "layer", "expert", 0, high, rows);
  }

  private Figure entropies() {
    List<Double> x = new ArrayList<>();
    List<Double> balance = new ArrayList<>();
    List<Double> routing = new ArrayList<>();
    for (RouterEvidence.Layer layer : evidence.layers()) {
      x.add((double) layer.layer());
      balance.add(layer.load().balance());
      routing.add(layer.load().routingEntropy());
    }
    return new Figure.Curves(
        "Entropies by layer, as a share of the largest possible",
        "layer",
        "entropy",
        x,
        List.of(
            new Figure.Series("load entropy", balance),
            new Figure.Series("routing entropy", routing)));
  }

  /** Histogram of the share of a token's weight, by rank among its experts. */
  private Figure shares() {
    int ranks =
        Math.min(
            MOST_RANKS,
            evidence.layers().stream()
                .mapToInt(layer -> layer.load().shares().getFirst().length)
                .max()
                .orElse(1));
    long[][] counts = new long[ranks][BINS];
    long tokens = 0;
    for (RouterEvidence.Layer layer : evidence.layers()) {
      for (float[] share : layer.load().shares()) {
        tokens++;
        for (int rank = 0; rank < Math.min(ranks, share.length); rank++) {
          counts[rank][Math.clamp((int) (share[rank] * BINS), 0, BINS - 1)]++;
        }
      }
    }
    List<Double> x = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      x.add((bin + 0.5) / BINS);
    }
    List<Figure.Series> series = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      List<Double> y = new ArrayList<>();
      for (long count : counts[rank]) {
        y.add(count / (double) Math.max(1, tokens));
      }
      series.add(new Figure.Series("expert of rank " + (rank + 1), y));
    }
    return new Figure.Curves(
        "Share of a token's routing weight, all layers",
        "share of the token's weight",
        "share of tokens",
        x,
        series);
  }

  private Figure matrices() {
    List<List<String>> rows = new ArrayList<>();
    for (RouterEvidence.Layer layer : evidence.layers()) {
      Spread entries = layer.entries();
      Spread norms = layer.norms();
      Spread correction = layer.correction();
      rows.add(
          List.of(
              String.valueOf(layer.layer()),
              number(entries.mean()),
              number(entries.standardDeviation()),
              number(entries.excessKurtosis()),
              number(norms.least()) + " .. " + number(norms.largest()),
              correction == null
                  ? "none"
                  : number(correction.least()) + " .. " + number(correction.largest())));
    }
    return new Figure.Table(
        "Distribution of the router's weights",
        List.of("layer", "mean", "deviation", "excess kurtosis", "row norms", "score correction"),
        rows);
  }

  /** Everything as JSON. */
  public ObjectNode json(String model) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("schema", "stemma.router/1");
    json.put("model", model);
    json.put("tokens", evidence.tokens());
    for (RouterEvidence.Layer layer : evidence.layers()) {
      ObjectNode node = json.withArray("layers").addObject();
      RouterLoad load = layer.load();
      node.put("layer", layer.layer());
      node.put("experts", load.experts());
      node.put("tokens", load.tokens());
      node.put("broken", load.broken());
      for (double share : load.load()) {
        node.withArray("load").add(share);
      }
      for (double share : load.weightShares()) {
        node.withArray("weightShare").add(share);
      }
      node.put("unused", load.unused());
      node.put("loadEntropy", load.balance());
      node.put("routingEntropy", load.routingEntropy());
      spread(node.putObject("entries"), layer.entries());
      spread(node.putObject("rowNorms"), layer.norms());
      if (layer.correction() != null) {
        spread(node.putObject("correction"), layer.correction());
      } else {
        node.putNull("correction");
      }
    }
    return json;
  }

  private static void spread(ObjectNode node, Spread spread) {
    node.put("least", spread.least());
    node.put("quarter", spread.quarter());
    node.put("median", spread.median());
    node.put("threeQuarters", spread.threeQuarters());
    node.put("largest", spread.largest());
    node.put("mean", spread.mean());
    node.put("standardDeviation", spread.standardDeviation());
    node.put("excessKurtosis", spread.excessKurtosis());
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.equals("-0.0000") ? "0.0000" : text;
  }
}
