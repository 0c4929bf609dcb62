package dev.stemma.evidence;

import java.io.Serializable;
import java.util.List;

/**
 * Which layers correspond. A layer of one model may correspond to several of the other (up-scaling)
 * or to none.
 *
 * @param layersOfA number of layers of a
 * @param layersOfB number of layers of b
 * @param links in order of b's layer
 */
public record LayerMap(int layersOfA, int layersOfB, List<Link> links) implements Serializable {
  /** Keeps the links unmodifiable. */
  public LayerMap {
    links = List.copyOf(links);
  }

  /** One correspondence with its strength, 0 to 1. */
  public record Link(int a, int b, double strength) implements Serializable {}

  /** True when layer i corresponds to layer i for all layers of two equally deep models. */
  public boolean isIdentity() {
    return layersOfA == layersOfB
        && links.size() == layersOfA
        && links.stream().allMatch(link -> link.a() == link.b());
  }
}
