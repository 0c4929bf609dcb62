package dev.stemma.tree;

import dev.stemma.verdict.Kind;
import java.util.List;

/**
 * A child of several parents, a merge or a chimera, that was tested with all of them at hand.
 *
 * @param parents the nearest first
 */
public record Blend(int child, List<Integer> parents, List<Kind> kinds) {
  /** Keeps the lists unmodifiable. */
  public Blend {
    parents = List.copyOf(parents);
    kinds = List.copyOf(kinds);
  }
}
