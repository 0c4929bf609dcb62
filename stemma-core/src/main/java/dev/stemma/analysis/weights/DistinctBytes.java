package dev.stemma.analysis.weights;

import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Bytes that many readings take together, each counted once: what comes over a network, where a
 * cache keeps what was read.
 */
final class DistinctBytes {
  /** From far away, ranges this near to each other are fetched as one. */
  private static final long NEAR_BYTES = 32 << 10;

  private final Map<URI, List<ByteRange>> ranges = new HashMap<>();

  DistinctBytes add(TensorView view) {
    TensorReader.ranges(view).forEach(this::add);
    return this;
  }

  void add(ByteRange range) {
    if (range.lengthBytes() > 0) {
      ranges.computeIfAbsent(range.file(), file -> new ArrayList<>()).add(range);
    }
  }

  static long of(TensorView view) {
    return new DistinctBytes().add(view).total();
  }

  long total() {
    long total = 0;
    for (List<ByteRange> own : ranges.values()) {
      own.sort(Comparator.comparingLong(ByteRange::offsetBytes));
      long end = own.getFirst().offsetBytes();
      for (ByteRange range : own) {
        long first = range.offsetBytes() - end <= NEAR_BYTES ? end : range.offsetBytes();
        long last = range.offsetBytes() + range.lengthBytes();
        total += Math.max(0, last - first);
        end = Math.max(end, last);
      }
    }
    return total;
  }
}
