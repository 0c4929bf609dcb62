package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.numeric.Chance;
import java.util.ArrayList;
import java.util.List;

/** Turns paired router rows into evidence: p-value, cosines, layer map, expert map. */
final class RouterMatchingEvidence {
  private static final double ALARM_LOG10P = -7;

  private RouterMatchingEvidence() {}

  static Evidence of(Pair pair, RouterMatching.Unit unit, RouterMatching.Found found) {
    double log10p = Chance.logFixedPoints(found.agreeing());
    boolean related = log10p < ALARM_LOG10P;
    Measured.Builder evidence =
        Measured.of(RouterMatching.ID, unit.component())
            .supports(related ? Supports.DERIVATION : Supports.INDEPENDENCE)
            .statistic(
                "dimensions that routers read alike", found.agreeing(), (double) found.queries())
            .pValue(log10p, Basis.EXACT, "one model's dimension numbers are a uniform permutation")
            .effect(found.queries() == 0 ? 0 : (double) found.agreeing() / found.queries())
            .value("sees.correlation", sees(unit))
            .value("layers.tested.a", unit.a().size())
            .value("layers.tested.b", unit.b().size())
            .value("rows", found.rows())
            .value("cosine.paired", mean(found, true))
            .value("cosine.others", mean(found, false))
            .value("experts.paired", (double) found.rows() / Math.max(1, found.experts()))
            .caveats(caveats(pair, unit));
    if (related) {
      evidence
          .value("experts.kept-number", keptNumber(found))
          .layerMap(
              LayerMaps.of(
                  pair.a().layers(unit.component()).size(),
                  pair.b().layers(unit.component()).size(),
                  links(found)))
          .figures(map(unit, found));
      for (LayerMaps.Link link : links(found)) {
        evidence.value(
            RouterPairs.key(link.layerB(), link.expertB()),
            NeuronMatchingEvidence.encode(link.layerA(), link.expertA()));
      }
    }
    return evidence.build();
  }

  /** Correlation of a copy's routers from which it is seen, its hidden dimensions in place. */
  static double sees(RouterMatching.Unit unit) {
    int dimensions = RouterMatching.heldOut(unit.a().getFirst().width());
    long rowsA = unit.a().stream().mapToLong(RouterLayer::experts).sum();
    long rowsB = unit.b().stream().mapToLong(RouterLayer::experts).sum();
    return Power.correlation(
        Math.min(dimensions, RouterMatching.QUERIES),
        dimensions,
        (double) Math.min(rowsA, rowsB),
        6);
  }

  private static List<String> caveats(Pair pair, RouterMatching.Unit unit) {
    List<String> caveats = new ArrayList<>();
    List<Integer> layersA = pair.a().layers(unit.component());
    List<Integer> layersB = pair.b().layers(unit.component());
    boolean all = unit.a().size() == layersA.size() && unit.b().size() == layersB.size();
    if (!all) {
      caveats.add(
          "routers of " + unit.a().size() + " and " + unit.b().size() + " layers were compared");
    }
    caveats.add(
        "assumes different seeds; any order of experts is undone; silent about permuted or rotated"
            + " hidden spaces");
    return caveats;
  }

  private static double mean(RouterMatching.Found found, boolean paired) {
    double sum = 0;
    long count = 0;
    for (RouterPairing layer : found.layers()) {
      if (!paired) {
        sum += layer.others();
        count++;
        continue;
      }
      for (double cosine : layer.cosine()) {
        if (!Double.isNaN(cosine)) {
          sum += cosine;
          count++;
        }
      }
    }
    return count == 0 ? 0 : sum / count;
  }

  private static double keptNumber(RouterMatching.Found found) {
    long kept = 0;
    for (RouterPairing layer : found.layers()) {
      for (int expert : layer.matchedOfB()) {
        kept += layer.expertOfA()[expert] == expert ? 1 : 0;
      }
    }
    return (double) kept / Math.max(1, found.rows());
  }

  /** Pairs that resemble each other more than half as much as pairs do at large. */
  private static List<LayerMaps.Link> links(RouterMatching.Found found) {
    double least = mean(found, true) / 2;
    List<LayerMaps.Link> links = new ArrayList<>();
    for (RouterPairing layer : found.layers()) {
      for (int expert : layer.matchedOfB()) {
        double cosine = layer.cosine()[expert];
        if (cosine > least) {
          links.add(
              new LayerMaps.Link(
                  layer.layerA(),
                  layer.expertOfA()[expert],
                  layer.layerB(),
                  expert,
                  Math.clamp(cosine, 0, 1)));
        }
      }
    }
    return links;
  }

  private static Figure map(RouterMatching.Unit unit, RouterMatching.Found found) {
    List<ExpertMaps.Block> a = new ArrayList<>();
    List<ExpertMaps.Block> b = new ArrayList<>();
    unit.a().forEach(layer -> add(a, layer));
    unit.b().forEach(layer -> add(b, layer));
    return ExpertMaps.of("Experts that the routers pair", links(found), a, b);
  }

  private static void add(List<ExpertMaps.Block> blocks, RouterLayer layer) {
    for (int expert = 0; expert < layer.experts(); expert++) {
      blocks.add(new ExpertMaps.Block(layer.layer(), expert));
    }
  }
}
