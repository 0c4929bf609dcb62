import dev.stemma.artifact.ElementType;
import dev.stemma.numeric.PairKernel;
import dev.stemma.numeric.PairKernels;
import dev.stemma.numeric.PairStatistics;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Passes over two mapped bfloat16 files on two threads; prints the seconds of each after five to warm up. */
class KernelBench {
  public static void main(String[] files) throws Exception {
    PairKernel kernel = PairKernels.best();
    kernel.warmUp();
    List<String> seconds = new ArrayList<>();
    try (Arena arena = Arena.ofShared(); ExecutorService threads = Executors.newFixedThreadPool(2)) {
      MemorySegment a = map(files[0], arena);
      MemorySegment b = map(files[1], arena);
      for (int round = 0; round < 12; round++) {
        long began = System.nanoTime();
        pass(kernel, a, b, threads);
        if (round >= 5) seconds.add("%.3f".formatted((System.nanoTime() - began) / 1e9));
      }
    }
    System.out.println("[" + String.join(",", seconds) + "]");
  }

  static MemorySegment map(String file, Arena arena) throws Exception {
    try (FileChannel channel = FileChannel.open(Path.of(file))) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    }
  }

  static void pass(PairKernel kernel, MemorySegment a, MemorySegment b, ExecutorService threads) throws Exception {
    long header = 65_536; // whatever is left of the header is read as numbers too
    long chunk = 16 << 20;
    List<Future<PairStatistics>> parts = new ArrayList<>();
    for (long at = header; at < a.byteSize(); at += chunk) {
      long first = at;
      long length = Math.min(chunk, a.byteSize() - at);
      parts.add(threads.submit(() -> kernel.measure(
          a.asSlice(first, length), ElementType.BF16, b.asSlice(first, length), ElementType.BF16, length / 2)));
    }
    PairStatistics sum = PairStatistics.EMPTY;
    for (Future<PairStatistics> part : parts) sum = sum.plus(part.get());
    if (!(sum.cosine() > 0.99)) throw new IllegalStateException("cosine " + sum.cosine());
  }
}
