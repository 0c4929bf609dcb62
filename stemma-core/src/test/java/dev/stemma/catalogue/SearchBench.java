package dev.stemma.catalogue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Search over many sketches made from real ones: each block of a real model's sketch, moved far
 * enough to be another model. Arguments: a catalogue or "shipped", how many. Prints one JSON
 * document.
 */
final class SearchBench {
  private static final int LENGTH = Fingerprint.LENGTH;
  private static final int QUERIES = 1000;

  private SearchBench() {}

  public static void main(String... arguments) throws IOException {
    int count = Integer.parseInt(arguments[1]);
    List<float[]> real = new ArrayList<>();
    try (Catalogue catalogue =
        Catalogue.open(
            arguments[0].equals("shipped")
                ? Files.createTempDirectory("search").resolve("c.db")
                : Path.of(arguments[0]))) {
      if (arguments[0].equals("shipped")) {
        CatalogueExchange.addShipped(catalogue);
      }
      catalogue.forEach(entry -> real.add(entry.fingerprint().sketch()));
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment block = arena.allocate(4L * LENGTH * count, 64);
      IntStream.range(0, count)
          .parallel()
          .forEach(i -> {
            // Unrelated models keep some of what their architecture and vocabulary give.
            float[] other = moved(real.get(i % real.size()), 2.5, i);
            MemorySegment.copy(
                MemorySegment.ofArray(other), 0, block, 4L * LENGTH * i, 4L * LENGTH);
          });
      long[] ids = IntStream.range(0, count).mapToLong(i -> i).toArray();
      SketchIndex index = new SketchIndex(block, ids);
      int first = 0;
      int ten = 0;
      for (int query = 0; query < QUERIES; query++) {
        int source = (int) ((long) count * query / QUERIES);
        float[] own = new float[LENGTH];
        MemorySegment.copy(block, 4L * LENGTH * source, MemorySegment.ofArray(own), 0, 4L * LENGTH);
        // A block of a derivative at relative drift .3 kept a cosine of .89 or more on real models.
        List<SketchIndex.Near> near = index.nearest(moved(own, 0.512, -query - 1L), 10, 2);
        first += near.getFirst().id() == source ? 1 : 0;
        ten += near.stream().anyMatch(hit -> hit.id() == source) ? 1 : 0;
      }
      double[] scan = new double[15];
      double[] read = new double[15];
      double sum = 0;
      for (int run = 0; run < scan.length; run++) {
        long began = System.nanoTime();
        sum += read(block);
        read[run] = (System.nanoTime() - began) / 1e9;
        float[] query = moved(real.getFirst(), 0.3, run);
        began = System.nanoTime();
        sum += index.nearest(query, 10, 2).size();
        scan[run] = (System.nanoTime() - began) / 1e9;
      }
      System.out.printf(
          Locale.ROOT,
          "{\"models\":%d,\"queries\":%d,\"recallAt1\":%.4f,\"recallAt10\":%.4f,"
              + "\"scanSeconds\":%s,\"readSeconds\":%s,\"medianScan\":%.4f,\"medianRead\":%.4f,"
              + "\"ratio\":%.3f,\"check\":%.3g}%n",
          count,
          QUERIES,
          first / (double) QUERIES,
          ten / (double) QUERIES,
          Arrays.toString(scan),
          Arrays.toString(read),
          median(scan),
          median(read),
          median(scan) / median(read),
          sum);
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The sum of all longs, on two threads: the bytes, read once. */
  private static double read(MemorySegment block) {
    long words = block.byteSize() / 8;
    return IntStream.range(0, 2)
        .parallel()
        .mapToDouble(half -> {
          long a = 0;
          long b = 0;
          long c = 0;
          long d = 0;
          for (long i = words / 2 * half; i < words / 2 * (half + 1) - 3; i += 4) {
            a += block.getAtIndex(ValueLayout.JAVA_LONG, i);
            b += block.getAtIndex(ValueLayout.JAVA_LONG, i + 1);
            c += block.getAtIndex(ValueLayout.JAVA_LONG, i + 2);
            d += block.getAtIndex(ValueLayout.JAVA_LONG, i + 3);
          }
          return a + b + c + d;
        })
        .sum();
  }

  /** A sketch plus noise of this length relative to it, of unit length again. */
  static float[] moved(float[] sketch, double noise, long seed) {
    SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + 5);
    float[] out = new float[sketch.length];
    double squares = 0;
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (sketch[i] + noise * random.nextGaussian() / Math.sqrt(out.length));
      squares += (double) out[i] * out[i];
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (out[i] / Math.sqrt(squares));
    }
    return out;
  }
}
