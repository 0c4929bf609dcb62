package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.TensorView;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Function;

/**
 * A view whose stored bytes have been found, so that any run of its elements can be computed. One
 * implementation for each view; scratch memory is a few thousand floats each. For one thread.
 */
interface BoundValues {
  /** Longest run that an intermediate buffer holds. */
  int RUN = 4096;

  /** Computes consecutive elements in row-major order; the caller has checked the range. */
  void read(long first, int count, float[] destination, int offset);

  /** Finds the bytes of a view and of all that it is made of. */
  static BoundValues bind(TensorView view, Function<TensorView.Stored, MemorySegment> bytes) {
    return switch (view) {
      case TensorView.Stored stored -> {
        MemorySegment segment = bytes.apply(stored);
        yield (first, count, destination, offset) ->
            ElementDecoder.decode(segment, stored.type(), first, count, destination, offset);
      }
      case TensorView.Literal literal ->
          (first, count, destination, offset) ->
              System.arraycopy(literal.values(), (int) first, destination, offset, count);
      case TensorView.Reshaped reshaped -> bind(reshaped.of(), bytes);
      case TensorView.Rows rows -> {
        BoundValues of = bind(rows.of(), bytes);
        long skipped = rows.first() * rows.of().shape().columns();
        yield (first, count, destination, offset) ->
            of.read(skipped + first, count, destination, offset);
      }
      case TensorView.Transposed transposed -> {
        long rows = transposed.of().shape().dimension(0);
        long columns = transposed.of().shape().dimension(1);
        yield new Transposing(bind(transposed.of(), bytes), rows, columns, new float[RUN]);
      }
      case TensorView.Strided strided ->
          new Striding(
              bind(strided.of(), bytes),
              strided.first(),
              strided.strides(),
              strided.shape().dimensions(),
              new float[RUN]);
      case TensorView.Gathered gathered ->
          new Gathering(
              gathered,
              bind(gathered.of(), bytes),
              bind(gathered.rows(), bytes),
              gathered.of().shape().columns(),
              new float[1]);
      case TensorView.Unpacked unpacked ->
          new Unpacking(unpacked, bytes.apply(unpacked.of()), unpacked.shape().dimension(1));
      case TensorView.Dequantised dequantised -> Dequantising.bind(dequantised, bytes);
      case TensorView.LowRankSum sum -> LowRankAdding.bind(sum, bytes);
      case TensorView.Noised noised -> new NoiseAdding(noised, bind(noised.of(), bytes));
    };
  }

  /** Tiles: a short run of every source row, scattered down the columns of the destination. */
  record Transposing(BoundValues of, long rows, long columns, float[] tile) implements BoundValues {
    @Override
    public void read(long first, int count, float[] destination, int offset) {
      long end = first + count;
      long lastRow = count == 0 ? -1 : (end - 1) / rows;
      for (long row = count == 0 ? 0 : first / rows; row <= lastRow; row += tile.length) {
        int width = (int) Math.min(tile.length, lastRow - row + 1);
        // Only a read inside one row can leave source rows out.
        long sourceFrom = width == 1 ? Math.max(0, first - row * rows) : 0;
        long sourceTo = width == 1 ? Math.min(rows, end - row * rows) : rows;
        for (long source = sourceFrom; source < sourceTo; source++) {
          of.read(source * columns + row, width, tile, 0);
          for (int i = 0; i < width; i++) {
            long element = (row + i) * rows + source;
            if (element >= first && element < end) {
              destination[offset + (int) (element - first)] = tile[i];
            }
          }
        }
      }
    }
  }

  /** Runs along the last axis. */
  record Striding(
      BoundValues of, long start, List<Long> strides, List<Long> dimensions, float[] span)
      implements BoundValues {
    @Override
    public void read(long first, int count, float[] destination, int offset) {
      int last = dimensions.size() - 1;
      long innerSize = last < 0 ? 1 : dimensions.get(last);
      long step = last < 0 ? 1 : strides.get(last);
      int done = 0;
      while (done < count) {
        long inner = (first + done) % innerSize;
        long outer = (first + done) / innerSize;
        long source = start + inner * step;
        for (int axis = last - 1; axis >= 0; axis--) {
          source += outer % dimensions.get(axis) * strides.get(axis);
          outer /= dimensions.get(axis);
        }
        int run = (int) Math.min(count - done, innerSize - inner);
        if (step == 1) {
          of.read(source, run, destination, offset + done);
        } else if (step > 0 && step <= 64) {
          run = (int) Math.min(run, (span.length - 1) / step + 1);
          of.read(source, (int) ((run - 1) * step + 1), span, 0);
          for (int i = 0; i < run; i++) {
            destination[offset + done + i] = span[(int) (i * step)];
          }
        } else {
          for (int i = 0; i < run; i++) {
            of.read(source + i * step, 1, destination, offset + done + i);
          }
        }
        done += run;
      }
    }
  }

  /** Row by row, each found by its number. */
  record Gathering(
      TensorView.Gathered view, BoundValues of, BoundValues rows, long columns, float[] index)
      implements BoundValues {
    @Override
    public void read(long first, int count, float[] destination, int offset) {
      int done = 0;
      while (done < count) {
        long row = (first + done) / columns;
        long column = (first + done) % columns;
        int run = (int) Math.min(count - done, columns - column);
        rows.read(row, 1, index, 0);
        long source = (long) index[0];
        if (source < 0 || source >= view.of().shape().rows()) {
          throw new ArtifactException(
              ErrorCode.MALFORMED_HEADER,
              view.rows() instanceof TensorView.Stored stored
                  ? stored.bytes().file().toString()
                  : "row numbers",
              "row number " + row,
              "a row below " + view.of().shape().rows(),
              String.valueOf(source),
              "The index tensor is damaged; get the file again.");
        }
        of.read(source * columns + column, run, destination, offset + done);
        done += run;
      }
    }
  }

  /** Picks bits out of words. */
  record Unpacking(TensorView.Unpacked view, MemorySegment words, long columns)
      implements BoundValues {
    private static final ValueLayout.OfInt WORD =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    @Override
    public void read(long first, int count, float[] destination, int offset) {
      int each = 32 / view.bits();
      int mask = (1 << view.bits()) - 1;
      long wordColumns = view.of().shape().dimension(1);
      for (int i = 0; i < count; i++) {
        long row = (first + i) / columns;
        long column = (first + i) % columns;
        long word =
            view.alongRows()
                ? row / each * wordColumns + column
                : row * wordColumns + column / each;
        int place = view.order().get((int) ((view.alongRows() ? row : column) % each));
        int bits = words.get(WORD, word * 4) >>> (view.bits() * place);
        destination[offset + i] = (bits + view.add()) & mask;
      }
    }
  }
}
