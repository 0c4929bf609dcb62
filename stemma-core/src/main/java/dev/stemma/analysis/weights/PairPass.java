package dev.stemma.analysis.weights;

import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.analysis.weights.PairedTensors.PairedTensor;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import dev.stemma.artifact.TensorView.Stored;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.PairKernels;
import dev.stemma.numeric.PairStatistics;
import dev.stemma.source.LocalBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One pass over pairs of tensors, cut into chunks whose boundaries depend on nothing but types and
 * shapes.
 */
public final class PairPass {
  private static final long CHUNK_BYTES = 16L << 20;

  /** Elements that are decoded at a time where bytes cannot be used as they lie. */
  private static final int DECODED_ELEMENTS = 1 << 18;

  private PairPass() {}

  /**
   * A part of a pair of tensors.
   *
   * @param tensor the pair's number in its list
   */
  public record Chunk(int tensor, TensorView a, TensorView b, long first, long count)
      implements WorkUnit {
    @Override
    public long bytes() {
      return PairPass.bytes(this, count);
    }

    @Override
    public List<TensorView> whole() {
      return List.of(wholeOf(a), wholeOf(b));
    }

    @Override
    public List<TensorView> within() {
      return whole();
    }

    private TensorView wholeOf(TensorView view) {
      return view instanceof Stored stored && isPlain(stored) ? part(stored, this) : view;
    }
  }

  /** Bytes of so many elements of a chunk, of both sides. */
  static long bytes(Chunk chunk, long elements) {
    return StoredBytes.some(chunk.a(), elements) + StoredBytes.some(chunk.b(), elements);
  }

  /** A chunk's sums. */
  public record Sums(int tensor, PairStatistics statistics) implements Partial {}

  /** Cuts pairs of equal shapes into chunks. */
  public static List<Chunk> plan(List<PairedTensor> tensors) {
    List<Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      PairedTensor tensor = tensors.get(i);
      long elements = tensor.a().shape().elements();
      long step = chunkElements(tensor.a(), tensor.b());
      for (long first = 0; first < elements; first += step) {
        chunks.add(new Chunk(i, tensor.a(), tensor.b(), first, Math.min(step, elements - first)));
      }
    }
    return chunks;
  }

  private static long chunkElements(TensorView a, TensorView b) {
    return CHUNK_BYTES / Math.max(elementBytes(a), elementBytes(b));
  }

  private static int elementBytes(TensorView view) {
    return view instanceof Stored stored && isPlain(stored) ? stored.type().blockBytes() : 4;
  }

  private static boolean isPlain(Stored stored) {
    return stored.type().blockElements() == 1;
  }

  /** Measures a chunk. */
  public static Sums measure(Chunk chunk, TensorReader tensors) {
    if (chunk.a() instanceof Stored a
        && chunk.b() instanceof Stored b
        && isPlain(a)
        && isPlain(b)) {
      MemorySegment bytesA = tensors.stored(part(a, chunk));
      MemorySegment bytesB = tensors.stored(part(b, chunk));
      PairStatistics sums =
          LocalBytes.guarding(
              a.bytes().file() + " or " + b.bytes().file(),
              () -> PairKernels.best().measure(bytesA, a.type(), bytesB, b.type(), chunk.count()));
      release(bytesA);
      release(bytesB);
      return new Sums(chunk.tensor(), sums);
    }
    return new Sums(chunk.tensor(), decoded(chunk, tensors));
  }

  /** Gives the pages' mapping back, on this thread: at the end of the process one thread would. */
  private static void release(MemorySegment segment) {
    if (segment.isMapped()) {
      segment.unload();
    }
  }

  /** The bytes of one side of a chunk. */
  static Stored part(Stored stored, Chunk chunk) {
    ElementType type = stored.type();
    return new Stored(
        stored.bytes().slice(type.bytesFor(chunk.first()), type.bytesFor(chunk.count())),
        type,
        Shape.of(chunk.count()));
  }

  private static PairStatistics decoded(Chunk chunk, TensorReader tensors) {
    float[] values = new float[(int) Math.min(DECODED_ELEMENTS, chunk.count())];
    PairStatistics sum = PairStatistics.EMPTY;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocate(ValueLayout.JAVA_FLOAT, values.length);
      MemorySegment b = arena.allocate(ValueLayout.JAVA_FLOAT, values.length);
      for (long done = 0; done < chunk.count(); done += values.length) {
        int count = (int) Math.min(values.length, chunk.count() - done);
        tensors.read(chunk.a(), chunk.first() + done, count, values, 0);
        MemorySegment.copy(values, 0, a, ValueLayout.JAVA_FLOAT, 0, count);
        tensors.read(chunk.b(), chunk.first() + done, count, values, 0);
        MemorySegment.copy(values, 0, b, ValueLayout.JAVA_FLOAT, 0, count);
        sum = sum.plus(PairKernels.best().measure(a, ElementType.F32, b, ElementType.F32, count));
      }
    }
    return sum;
  }

  /** Joins the sums of each pair's chunks, in the order of the plan. */
  public static List<PairStatistics> join(int tensors, Iterable<Sums> chunks) {
    PairStatistics[] joined = new PairStatistics[tensors];
    Arrays.fill(joined, PairStatistics.EMPTY);
    for (Sums sums : chunks) {
      joined[sums.tensor()] = joined[sums.tensor()].plus(sums.statistics());
    }
    return List.of(joined);
  }
}
