package dev.stemma.catalogue;

import dev.stemma.numeric.SketchKernel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.stream.IntStream;

/**
 * Exact search: every sketch is multiplied with the query, in one pass over one block of memory.
 */
public final class SketchIndex {
  private static final long STRIDE = 4L * Fingerprint.LENGTH;
  private static final int SLICE = 1 << 12;

  private static final Comparator<Near> FARTHEST_FIRST =
      Comparator.comparingDouble(Near::similarity)
          .thenComparing(Comparator.comparingLong(Near::id).reversed());

  private final MemorySegment block;
  private final long[] ids;

  /**
   * Over a block.
   *
   * @param block float32 sketches one after another
   * @param ids their models' numbers
   */
  public SketchIndex(MemorySegment block, long[] ids) {
    if (block.byteSize() < ids.length * STRIDE) {
      throw new IllegalArgumentException("the block is too short");
    }
    this.block = block;
    this.ids = ids;
  }

  /** A model and its similarity. */
  public record Near(long id, float similarity) {}

  /** How many sketches. */
  public int size() {
    return ids.length;
  }

  /** The nearest, nearest first; of equally near ones the smaller number first. */
  public List<Near> nearest(float[] query, int count, int threads) {
    int slices = (ids.length + SLICE - 1) / SLICE;
    int workers = Math.clamp(threads, 1, Math.max(1, slices));
    List<List<Near>> found =
        IntStream.range(0, workers)
            .parallel()
            .mapToObj(worker ->
                within(
                    query,
                    count,
                    (int) ((long) ids.length * worker / workers),
                    (int) ((long) ids.length * (worker + 1) / workers)))
            .toList();
    List<Near> all = new ArrayList<>();
    found.forEach(all::addAll);
    all.sort(FARTHEST_FIRST.reversed());
    return List.copyOf(all.subList(0, Math.min(count, all.size())));
  }

  /** Mean and standard deviation of the similarities of at most {@value #SLICE} sketches. */
  double[] meanAndDeviation(float[] query) {
    SketchKernel kernel = SketchKernel.best();
    double sum = 0;
    double squares = 0;
    int count = Math.min(SLICE, ids.length);
    for (int sample = 0; sample < count; sample++) {
      double value = kernel.dot(block, (long) ids.length * sample / count * STRIDE, query);
      sum += value;
      squares += value * value;
    }
    double mean = count == 0 ? 0 : sum / count;
    return new double[] {
      mean, count == 0 ? 0 : Math.sqrt(Math.max(0, squares / count - mean * mean))
    };
  }

  private List<Near> within(float[] query, int count, int from, int to) {
    SketchKernel kernel = SketchKernel.best();
    PriorityQueue<Near> nearest = new PriorityQueue<>(FARTHEST_FIRST);
    float least = Float.NEGATIVE_INFINITY;
    for (int i = from; i < to && count > 0; i++) {
      float similarity = kernel.dot(block, i * STRIDE, query);
      if (nearest.size() < count || similarity > least) {
        nearest.add(new Near(ids[i], similarity));
        if (nearest.size() > count) {
          nearest.poll();
        }
        least = nearest.element().similarity();
      }
    }
    return List.copyOf(nearest);
  }
}
