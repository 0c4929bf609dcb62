import dev.stemma.Investigation;
import dev.stemma.artifact.ElementType;
import dev.stemma.numeric.MatrixVector;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.Sequence;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Decoding at batch 1 beside the memory's bandwidth: FOLDER BYTES_A_TOKEN. Prints JSON: tokens/s of
 * seven runs of 64 tokens, gigabytes of weights a second, the bandwidth of reading 1 GiB of floats on
 * as many threads, tokens/s of a prompt of 256, and the kernels' rates by element type.
 */
final class DecodeBench {
  private static final int RUNS = 7;
  private static final int TOKENS = 64;
  private static final int PROMPT = 256;

  public static void main(String[] arguments) throws Exception {
    long bytesPerToken = Long.parseLong(arguments[1]);
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      Decoder decoder =
          DecoderBuilder.build(investigation.open(arguments[0]), investigation.tensors());
      decode(decoder, TOKENS);
      decode(decoder, TOKENS);
      double[] decoding = IntStream.range(0, RUNS).mapToDouble(i -> decode(decoder, TOKENS)).toArray();
      double[] bandwidth = bandwidth();
      prefill(decoder);
      double[] prompt = IntStream.range(0, 3).mapToDouble(i -> prefill(decoder)).toArray();
      double median = median(decoding);
      System.out.printf(
          "{\"decodeTokensPerSecond\":%s,\"median\":%.1f,\"gigabytesPerSecond\":%.2f,"
              + "\"bandwidthGigabytesPerSecond\":%s,\"shareOfBandwidth\":%.3f,"
              + "\"promptTokensPerSecond\":%s,\"kernels\":{%s}}%n",
          Arrays.toString(decoding),
          median,
          median * bytesPerToken / 1e9,
          Arrays.toString(bandwidth),
          median * bytesPerToken / 1e9 / median(bandwidth),
          Arrays.toString(prompt),
          kernels());
    }
  }

  private static double decode(Decoder decoder, int tokens) {
    Sequence sequence = decoder.begin();
    int token = 1;
    long start = System.nanoTime();
    for (int i = 0; i < tokens; i++) {
      float[] logits = sequence.read(token, 0);
      int best = 0;
      for (int j = 1; j < logits.length; j++) {
        best = logits[j] > logits[best] ? j : best;
      }
      token = best;
    }
    return tokens * 1e9 / (System.nanoTime() - start);
  }

  private static double prefill(Decoder decoder) {
    List<Integer> ids = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < PROMPT; i++) {
      ids.add(random.nextInt(decoder.vocabulary()));
    }
    Sequence sequence = decoder.begin();
    long start = System.nanoTime();
    sequence.readPrompt(ids);
    return PROMPT * 1e9 / (System.nanoTime() - start);
  }

  /** Sums of 1 GiB of float32 by the same kernel over one huge matrix: what memory gives. */
  private static double[] bandwidth() {
    try (Arena arena = Arena.ofShared()) {
      int columns = 1024;
      int rows = 1 << 18;
      MemorySegment weights = arena.allocate((long) rows * columns * 4, 64);
      weights.fill((byte) 0);
      float[] x = new float[columns];
      float[] y = new float[rows];
      double[] rates = new double[RUNS];
      for (int run = -2; run < RUNS; run++) {
        long start = System.nanoTime();
        IntStream.range(0, 64)
            .parallel()
            .forEach(
                part ->
                    MatrixVector.best()
                        .multiply(
                            weights, ElementType.F32, part * rows / 64, (part + 1) * rows / 64,
                            columns, x, y));
        if (run >= 0) {
          rates[run] = weights.byteSize() / (double) (System.nanoTime() - start);
        }
      }
      return rates;
    }
  }

  /** Elements (in thousand millions a second, one thread) of a matrix that stays in the last cache. */
  private static String kernels() {
    StringBuilder out = new StringBuilder();
    int columns = 2048;
    int rows = 1024;
    float[] x = new float[columns];
    float[] y = new float[rows];
    for (ElementType type :
        new ElementType[] {
          ElementType.F32, ElementType.BF16, ElementType.F16, ElementType.Q8_0, ElementType.Q4_0,
          ElementType.Q4_K, ElementType.Q6_K
        }) {
      try (Arena arena = Arena.ofShared()) {
        MemorySegment weights = arena.allocate(type.bytesFor((long) rows * columns));
        weights.fill((byte) 1);
        double best = 0;
        for (int run = 0; run < 60; run++) {
          long start = System.nanoTime();
          MatrixVector.best().multiply(weights, type, 0, rows, columns, x, y);
          best = Math.max(best, (double) rows * columns / (System.nanoTime() - start));
        }
        out.append(out.isEmpty() ? "" : ",").append("\"%s\":%.2f".formatted(type, best));
      }
    }
    return out.toString();
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
