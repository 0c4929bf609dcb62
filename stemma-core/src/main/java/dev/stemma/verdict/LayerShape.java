package dev.stemma.verdict;

import dev.stemma.evidence.LayerMap;
import java.util.List;
import java.util.TreeSet;

/** What a layer map's shape says of how one model's stack came from the other's. */
record LayerShape(LayerMap map) {
  private java.util.SortedSet<Integer> mappedOfA() {
    TreeSet<Integer> layers = new TreeSet<>();
    map.links().forEach(link -> layers.add(link.a()));
    return layers;
  }

  private java.util.SortedSet<Integer> mappedOfB() {
    TreeSet<Integer> layers = new TreeSet<>();
    map.links().forEach(link -> layers.add(link.b()));
    return layers;
  }

  /** Of so many tested layers; of all where that is not known. */
  double mappedShareOfA(double tested) {
    return share(mappedOfA().size(), tested, map.layersOfA());
  }

  double mappedShareOfB(double tested) {
    return share(mappedOfB().size(), tested, map.layersOfB());
  }

  /** Whether fewer layers were tested than there are. */
  boolean isSample(double testedOfA) {
    return testedOfA < map.layersOfA();
  }

  private static double share(int mapped, double tested, int all) {
    double of = tested > 0 ? tested : all;
    return of == 0 ? 0 : mapped / of;
  }

  boolean aIsDeeper() {
    return map.layersOfA() > map.layersOfB();
  }

  boolean equallyDeep() {
    return map.layersOfA() == map.layersOfB();
  }

  /** The deeper model repeats layers of the other. */
  boolean upScaled() {
    return !equallyDeep()
        && (aIsDeeper()
            ? map.links().size() > mappedOfB().size()
            : map.links().size() > mappedOfA().size());
  }

  /** The deeper model has layers that the other lacks, and nothing repeats. */
  boolean pruned() {
    return !equallyDeep() && !upScaled() && increasing();
  }

  private boolean increasing() {
    int last = -1;
    for (LayerMap.Link link : byB()) {
      if (link.a() <= last) {
        return false;
      }
      last = link.a();
    }
    return true;
  }

  /** Equally deep, one to one, and in another order. */
  boolean reordered() {
    return equallyDeep()
        && map.links().size() == mappedOfA().size()
        && map.links().size() == mappedOfB().size()
        && !increasing();
  }

  private List<LayerMap.Link> byB() {
    return map.links().stream()
        .sorted(
            java.util.Comparator.comparingInt(LayerMap.Link::b).thenComparingInt(LayerMap.Link::a))
        .toList();
  }
}
