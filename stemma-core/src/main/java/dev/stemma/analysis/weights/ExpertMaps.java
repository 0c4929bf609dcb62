package dev.stemma.analysis.weights;

import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which expert is which, as a drawing: a panel for each pair of layers. */
final class ExpertMaps {
  private ExpertMaps() {}

  /** An MLP that was compared. */
  record Block(int layer, int expert) {
    static List<Block> of(List<MlpBlock> blocks) {
      return blocks.stream().map(block -> new Block(block.layer(), block.expert())).toList();
    }
  }

  private record Layers(int a, int b) implements Comparable<Layers> {
    @Override
    public int compareTo(Layers other) {
      return b != other.b ? Integer.compare(b, other.b) : Integer.compare(a, other.a);
    }
  }

  /** Layers in which only one MLP meets one other are left to the layer map. */
  static Figure.ExpertMap of(
      String title, List<LayerMaps.Link> links, List<Block> ofA, List<Block> ofB) {
    Map<Layers, List<LayerMaps.Link>> byLayers = new TreeMap<>();
    for (LayerMaps.Link link : LayerMaps.bestByExpertOfB(links)) {
      byLayers
          .computeIfAbsent(new Layers(link.layerA(), link.layerB()), key -> new ArrayList<>())
          .add(link);
    }
    List<Figure.ExpertPanel> panels = new ArrayList<>();
    byLayers.forEach((layers, own) -> {
      List<Integer> a = experts(ofA, layers.a());
      List<Integer> b = experts(ofB, layers.b());
      if (Math.max(a.size(), b.size()) > 1) {
        panels.add(
            new Figure.ExpertPanel(
                layers.a(),
                layers.b(),
                a.stream().map(ExpertMaps::name).toList(),
                b.stream().map(ExpertMaps::name).toList(),
                own.stream()
                    .sorted(java.util.Comparator.comparingInt(LayerMaps.Link::expertB))
                    .filter(link -> a.contains(link.expertA()) && b.contains(link.expertB()))
                    .map(link ->
                        new Figure.ExpertLink(
                            a.indexOf(link.expertA()), b.indexOf(link.expertB()), link.strength()))
                    .toList()));
      }
    });
    return new Figure.ExpertMap(title, panels);
  }

  private static List<Integer> experts(List<Block> blocks, int layer) {
    return blocks.stream().filter(block -> block.layer() == layer).map(Block::expert).toList();
  }

  private static String name(int expert) {
    return switch (expert) {
      case MlpBlock.DENSE -> "dense";
      case MlpBlock.SHARED -> "shared";
      default -> Integer.toString(expert);
    };
  }
}
