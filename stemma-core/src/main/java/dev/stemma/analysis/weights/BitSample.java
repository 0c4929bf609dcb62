package dev.stemma.analysis.weights;

import dev.stemma.analysis.Partial;
import dev.stemma.artifact.TensorView;
import dev.stemma.artifact.TensorView.Stored;
import dev.stemma.format.TensorReader;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.LongStream;

/**
 * Bits of one chunk of two tensors: whether all are equal (every byte is looked at), and on evenly
 * spread runs of elements how many are, against what shuffled indices would give.
 *
 * @param tensor the pair's number
 * @param elements elements of the chunk
 * @param allEqual every element has equal bits
 * @param counted sampled elements that are zero on neither side
 * @param equal of those, with equal bits
 * @param shuffled of those, expected to be equal if one side's sample is put in random order
 * @param masked no more than two different values were seen on a side: a constant or a mask
 */
record BitSample(
    int tensor,
    long elements,
    boolean allEqual,
    long counted,
    long equal,
    double shuffled,
    boolean masked)
    implements Partial {
  private static final int RUNS = 16;
  private static final int RUN_ELEMENTS = 4096;
  private static final int PIECE_ELEMENTS = 1 << 18;

  /** Bytes of the runs that are looked at once more. */
  static long bytes(PairPass.Chunk chunk) {
    return Math.min(chunk.bytes(), PairPass.bytes(chunk, (long) RUNS * RUN_ELEMENTS));
  }

  /** Looks at a chunk. */
  static BitSample of(PairPass.Chunk chunk, TensorReader tensors) {
    int[] a = sample(chunk, chunk.a(), tensors);
    int[] b = sample(chunk, chunk.b(), tensors);
    // The whole chunk is read only where nothing else could tell.
    boolean allEqual = Arrays.equals(a, b) && allEqual(chunk, tensors);
    int counted = 0;
    long equal = 0;
    for (int i = 0; i < a.length; i++) {
      if (!isZero(a[i]) && !isZero(b[i])) {
        equal += a[i] == b[i] ? 1 : 0;
        a[counted] = a[i];
        b[counted] = b[i];
        counted++;
      }
    }
    int[] sortedA = sorted(a, counted);
    int[] sortedB = sorted(b, counted);
    boolean masked = fewValues(sortedA) || fewValues(sortedB);
    return new BitSample(
        chunk.tensor(),
        chunk.count(),
        allEqual,
        counted,
        equal,
        counted == 0 ? 0 : equalPairs(sortedA, sortedB) / counted,
        masked);
  }

  private static boolean allEqual(PairPass.Chunk chunk, TensorReader tensors) {
    if (chunk.a() instanceof Stored storedA && chunk.b() instanceof Stored storedB) {
      MemorySegment a = tensors.stored(PairPass.part(storedA, chunk));
      return a.mismatch(tensors.stored(PairPass.part(storedB, chunk))) < 0;
    }
    float[] a = new float[(int) Math.min(PIECE_ELEMENTS, chunk.count())];
    float[] b = new float[a.length];
    for (long done = 0; done < chunk.count(); done += a.length) {
      int count = (int) Math.min(a.length, chunk.count() - done);
      tensors.read(chunk.a(), chunk.first() + done, count, a, 0);
      tensors.read(chunk.b(), chunk.first() + done, count, b, 0);
      for (int i = 0; i < count; i++) {
        if (Float.floatToRawIntBits(a[i]) != Float.floatToRawIntBits(b[i])) {
          return false;
        }
      }
    }
    return true;
  }

  /** The bits of evenly spread runs, all of a short chunk. */
  private static int[] sample(PairPass.Chunk chunk, TensorView view, TensorReader tensors) {
    boolean whole = chunk.count() <= (long) RUNS * RUN_ELEMENTS;
    int runs = whole ? 1 : RUNS;
    int length = whole ? (int) chunk.count() : RUN_ELEMENTS;
    float[] values = new float[runs * length];
    tensors.aheadRuns(
        view,
        LongStream.range(0, runs).map(run -> chunk.first() + run * (chunk.count() / runs)),
        length);
    for (int run = 0; run < runs; run++) {
      long first = chunk.first() + run * (chunk.count() / runs);
      tensors.read(view, first, length, values, run * length);
    }
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static boolean isZero(int bits) {
    return bits << 1 == 0;
  }

  private static int[] sorted(int[] bits, int count) {
    int[] sorted = Arrays.copyOf(bits, count);
    Arrays.sort(sorted);
    return sorted;
  }

  private static boolean fewValues(int[] sorted) {
    int values = sorted.length == 0 ? 0 : 1;
    for (int i = 1; i < sorted.length && values < 3; i++) {
      values += sorted[i] == sorted[i - 1] ? 0 : 1;
    }
    return values < 3;
  }

  /** How many of all pairs, one from each side, are equal. */
  private static double equalPairs(int[] sortedA, int[] sortedB) {
    double pairs = 0;
    int i = 0;
    int j = 0;
    while (i < sortedA.length && j < sortedB.length) {
      int order = Integer.compare(sortedA[i], sortedB[j]);
      if (order < 0) {
        i++;
      } else if (order > 0) {
        j++;
      } else {
        int value = sortedA[i];
        int runA = 0;
        int runB = 0;
        for (; i < sortedA.length && sortedA[i] == value; i++) {
          runA++;
        }
        for (; j < sortedB.length && sortedB[j] == value; j++) {
          runB++;
        }
        pairs += (double) runA * runB;
      }
    }
    return pairs;
  }
}
