package dev.stemma.catalogue;

import dev.stemma.catalogue.Fingerprint.Block;
import dev.stemma.catalogue.SketchIndex.Near;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One model against all of a catalogue: the nearest by the whole sketch and by each of its blocks,
 * because each change leaves another block alone.
 */
public final class Search {
  private Search() {}

  /**
   * A known model that is near.
   *
   * @param similarity of the whole sketches, at most 1
   * @param nearest the largest of the blocks' similarities, for order
   * @param standing standard deviations above the mean of all that were searched; NaN of fewer than
   *     {@link #LEAST_FOR_STANDING}
   */
  public record Hit(
      CatalogueEntry entry,
      double similarity,
      double direct,
      double embedding,
      double circuits,
      int layersInCommon,
      double tokensInCommon,
      double nearest,
      double standing) {}

  /** Fewer models say nothing about what is usual. */
  public static final int LEAST_FOR_STANDING = 20;

  /** The nearest models, nearest first. */
  public static List<Hit> nearest(Catalogue catalogue, Fingerprint query, int count, int threads) {
    try (Arena arena = Arena.ofShared()) {
      SketchIndex index = catalogue.sketches(arena);
      Map<Long, Near> found = new LinkedHashMap<>();
      index.nearest(query.sketch(), count, threads).forEach(near -> found.put(near.id(), near));
      for (Block block : Block.values()) {
        index
            .nearest(only(block, query.sketch()), count, threads)
            .forEach(near -> found.putIfAbsent(near.id(), near));
      }
      double[] usual = index.meanAndDeviation(query.sketch());
      List<Hit> hits = new ArrayList<>();
      for (long id : found.keySet()) {
        catalogue.at(id).ifPresent(entry -> hits.add(hit(entry, query, index.size(), usual)));
      }
      hits.sort(
          Comparator.comparingDouble(Hit::nearest)
              .reversed()
              .thenComparing(hit -> hit.entry().reference()));
      return List.copyOf(hits.subList(0, Math.min(count, hits.size())));
    }
  }

  private static float[] only(Block block, float[] sketch) {
    float[] out = new float[sketch.length];
    System.arraycopy(sketch, block.offset(), out, block.offset(), Block.length());
    return out;
  }

  private static Hit hit(CatalogueEntry entry, Fingerprint query, int models, double[] usual) {
    Fingerprint other = entry.fingerprint();
    double[] blocks =
        Arrays.stream(Block.values())
            .mapToDouble(block -> query.similarity(block, other))
            .toArray();
    double similarity = query.similarity(other);
    int common = query.layersInCommon(other);
    double best = common > 0 ? 1 : similarity;
    for (double block : blocks) {
      best = Double.isNaN(block) ? best : Math.max(best, block);
    }
    return new Hit(
        entry,
        similarity,
        blocks[0],
        blocks[1],
        blocks[2],
        common,
        query.tokenizer().tokensInCommon(other.tokenizer()),
        best,
        models < LEAST_FOR_STANDING || usual[1] == 0
            ? Double.NaN
            : (similarity - usual[0]) / usual[1]);
  }
}
