package dev.stemma.analysis.weights;

import dev.stemma.evidence.LayerMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** From scores of MLP pairs to which layer, and which expert, is which. */
final class LayerMaps {
  private LayerMaps() {}

  /** A pair of MLPs that correspond beyond doubt, with the share of neurons that agree. */
  record Link(int layerA, int expertA, int layerB, int expertB, double strength) {}

  /**
   * Each layer of b with its best of a and each layer of a with its best of b, so that a repeated
   * layer shows on whichever side it is.
   */
  static LayerMap of(int layersOfA, int layersOfB, List<Link> links) {
    Map<Integer, Link> bestOfB = new TreeMap<>();
    Map<Integer, Link> bestOfA = new TreeMap<>();
    for (Link link : links) {
      bestOfB.merge(link.layerB(), link, LayerMaps::stronger);
      bestOfA.merge(link.layerA(), link, LayerMaps::stronger);
    }
    List<LayerMap.Link> kept = new ArrayList<>();
    Set<List<Integer>> seen = new HashSet<>();
    for (Map<Integer, Link> side : List.of(bestOfB, bestOfA)) {
      for (Link link : side.values()) {
        if (seen.add(List.of(link.layerA(), link.layerB()))) {
          kept.add(new LayerMap.Link(link.layerA(), link.layerB(), link.strength()));
        }
      }
    }
    kept.sort(Comparator.comparingInt(LayerMap.Link::b).thenComparingInt(LayerMap.Link::a));
    return new LayerMap(layersOfA, layersOfB, kept);
  }

  private static Link stronger(Link first, Link second) {
    return second.strength() > first.strength() ? second : first;
  }

  /** The most experts of one layer of b that all correspond to the same MLP of a. */
  static int expertsOntoOneOfA(List<Link> links) {
    Map<List<Integer>, Set<Integer>> onto = new java.util.HashMap<>();
    for (Link link : bestByExpertOfB(links)) {
      if (link.expertB() >= 0) {
        onto.computeIfAbsent(
                List.of(link.layerB(), link.layerA(), link.expertA()), key -> new HashSet<>())
            .add(link.expertB());
      }
    }
    return onto.values().stream().mapToInt(Set::size).max().orElse(0);
  }

  /** Links with a and b exchanged. */
  static List<Link> reversed(List<Link> links) {
    return links.stream()
        .map(link ->
            new Link(link.layerB(), link.expertB(), link.layerA(), link.expertA(), link.strength()))
        .toList();
  }

  /** For every MLP of b its best of a. */
  static List<Link> bestByExpertOfB(List<Link> links) {
    Map<List<Integer>, Link> best = new java.util.LinkedHashMap<>();
    for (Link link : links) {
      best.merge(List.of(link.layerB(), link.expertB()), link, LayerMaps::stronger);
    }
    return List.copyOf(best.values());
  }
}
