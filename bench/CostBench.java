import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import dev.stemma.report.Report;
import dev.stemma.artifact.ByteRange;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a comparison costs, in products of two 4096 x 4096 matrices by the library on two threads, measured in the same
 * run before and after each. Usage: CostBench A CHILD INDEPENDENT [MORE...]. Prints one JSON line. Wall time means little on a
 * busy machine; the ratio of processor times holds there too.
 */
class CostBench {
  static final int SIDE = 4096;

  record Clock(double wall, double processor) {
    static Clock now() {
      var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      return new Clock(System.nanoTime() / 1e9, system.getProcessCpuTime() / 1e9);
    }

    Clock since(Clock before) {
      return new Clock(wall - before.wall, processor - before.processor);
    }
  }

  /** Local files' bytes, and how many were asked for. */
  record Counted(LocalBytes files, AtomicLong asked) implements ByteSource {
    @Override
    public MemorySegment read(ByteRange range) {
      asked.addAndGet(range.lengthBytes());
      return files.read(range);
    }

    @Override
    public void close() {
      files.close();
    }
  }

  static Clock unit(ForkJoinPool threads) throws Exception {
    Matrix a = new Matrix(SIDE, SIDE);
    Matrix b = new Matrix(SIDE, SIDE);
    for (int i = 0; i < a.data().length; i++) {
      a.data()[i] = (i * 31 % 17) - 8;
      b.data()[i] = (i * 37 % 19) - 9;
    }
    Clock before = Clock.now();
    threads.submit(() -> LinearAlgebra.best().multiply(a, b)).get();
    return Clock.now().since(before);
  }

  public static void main(String[] arguments) throws Exception {
    List<String> steps = new ArrayList<>();
    ForkJoinPool threads = new ForkJoinPool(2);
    unit(threads);
    List<Clock> units = new ArrayList<>();
    List<String> pairs = new ArrayList<>();
    for (int other = 1; other < arguments.length; other++) {
      units.add(unit(threads));
      units.add(unit(threads));
      steps.clear();
      Clock before = Clock.now();
      Counted bytes = new Counted(new LocalBytes(), new AtomicLong());
      Report report;
      Progress progress = (what, total, unit) -> {
        Clock began = Clock.now();
        long already = bytes.asked().get();
        return new Progress.Step() {
          @Override
          public void advance(long amount) {}

          @Override
          public void close() {
            Clock took = Clock.now().since(began);
            String line = String.format(Locale.ROOT, "{\"step\":\"%s\",\"bytes\":%d,\"read\":%d,\"wall\":%.2f,\"processor\":%.2f}", what, total, bytes.asked().get() - already, took.wall(), took.processor());
            steps.add(line);
            System.err.println(line);
          }
        };
      };
      try (Investigation investigation = new Investigation(Sources.standard(), bytes, 2, progress)) {
        report = investigation.compare(new Investigation.Request(
            arguments[0], arguments[other], List.of(), List.of(), Scope.PLANNED, "bench/run cost"));
      }
      Clock took = Clock.now().since(before);
      units.add(unit(threads));
      double wall = units.stream().mapToDouble(Clock::wall).sorted().toArray()[units.size() / 2];
      double processor = units.stream().mapToDouble(Clock::processor).sorted().toArray()[units.size() / 2];
      pairs.add(String.format(Locale.ROOT,
          "{\"b\":\"%s\",\"relation\":\"%s\",\"planned\":%d,\"read\":%d,\"wall\":%.1f,\"processor\":%.1f,\"unit\":{\"wall\":%.3f,\"processor\":%.3f},"
              + "\"units\":{\"wall\":%.1f,\"processor\":%.1f},\"steps\":[%s]}",
          arguments[other], report.verdict() == null ? "none" : report.verdict().relation().key(), report.plan() == null ? 0 : report.plan().bytes(),
          bytes.asked().get(), took.wall(), took.processor(), wall, processor,
          took.wall() / wall, took.processor() / processor, String.join(",", steps)));
      System.err.println(pairs.getLast());
      units.clear();
    }
    System.out.println("[" + String.join(",\n", pairs) + "]");
  }
}
