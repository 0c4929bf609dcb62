package dev.stemma.format;

import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.ByteSource;
import dev.stemma.source.LocalBytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/** Turns views into numbers, a bounded piece at a time. Thread-safe; holds no data of its own. */
public final class TensorReader {
  private final ByteSource bytes;

  /** Reads through this source. */
  public TensorReader(ByteSource bytes) {
    this.bytes = bytes;
  }

  /** The stored bytes themselves, mapped where they are local. */
  public MemorySegment stored(TensorView.Stored view) {
    return bytes.read(view.bytes());
  }

  /** The bytes that are asked for when all of a view is read. */
  public static List<ByteRange> ranges(TensorView view) {
    List<ByteRange> ranges = new ArrayList<>();
    addAsked(new Piece(view, 0).narrowed(view.shape().elements()).view(), ranges);
    return ranges;
  }

  /** All leaves: what cannot be narrowed is asked for as a whole. */
  private static void addAsked(TensorView view, List<ByteRange> ranges) {
    switch (view) {
      case TensorView.Stored stored -> ranges.add(stored.bytes());
      case TensorView.Literal literal -> {}
      case TensorView.Transposed transposed -> addAsked(transposed.of(), ranges);
      case TensorView.Rows rows -> addAsked(rows.of(), ranges);
      case TensorView.Reshaped reshaped -> addAsked(reshaped.of(), ranges);
      case TensorView.Dequantised dequantised -> {
        addAsked(dequantised.of(), ranges);
        addAsked(dequantised.scales(), ranges);
        if (dequantised.zeroPoints() != null) {
          addAsked(dequantised.zeroPoints(), ranges);
        }
      }
      case TensorView.Strided strided -> addAsked(strided.of(), ranges);
      case TensorView.Gathered gathered -> {
        addAsked(gathered.of(), ranges);
        addAsked(gathered.rows(), ranges);
      }
      case TensorView.Unpacked unpacked -> addAsked(unpacked.of(), ranges);
      case TensorView.LowRankSum sum -> {
        addAsked(sum.base(), ranges);
        addAsked(sum.a(), ranges);
        addAsked(sum.b(), ranges);
      }
      case TensorView.Noised noised -> addAsked(noised.of(), ranges);
    }
  }

  /** Says what will be read soon, as a whole. */
  public void ahead(List<TensorView> views) {
    List<ByteRange> ranges = new ArrayList<>();
    views.forEach(view -> addStored(view, ranges));
    if (!ranges.isEmpty()) {
      bytes.prefetch(ranges);
    }
  }

  /** Says which rows will be read soon. */
  public void aheadRows(TensorView view, int[] rows) {
    int columns = Math.toIntExact(view.shape().columns());
    aheadRuns(view, Arrays.stream(rows).mapToLong(row -> (long) row * columns), columns);
  }

  /** Says which runs of equally many elements will be read soon. */
  public void aheadRuns(TensorView view, LongStream firstElements, int count) {
    List<ByteRange> ranges = new ArrayList<>();
    firstElements.forEach(first -> {
      if (new Piece(view, first).narrowed(count).view() instanceof TensorView.Stored stored) {
        ranges.add(stored.bytes());
      }
    });
    if (!ranges.isEmpty()) {
      bytes.prefetch(ranges);
    }
  }

  /** Where the bytes of a view are; those of which only some are used are left out. */
  private static void addStored(TensorView view, List<ByteRange> ranges) {
    switch (view) {
      case TensorView.Stored stored -> ranges.add(stored.bytes());
      case TensorView.Transposed transposed -> addStored(transposed.of(), ranges);
      case TensorView.Reshaped reshaped -> addStored(reshaped.of(), ranges);
      case TensorView.Rows rows -> {
        long columns = rows.of().shape().columns();
        int count = Math.toIntExact(Math.min(Integer.MAX_VALUE, rows.count() * columns));
        addStored(new Piece(rows.of(), rows.first() * columns).narrowed(count).view(), ranges);
      }
      case TensorView.Dequantised dequantised -> {
        addStored(dequantised.of(), ranges);
        addStored(dequantised.scales(), ranges);
      }
      case TensorView.LowRankSum sum -> {
        addStored(sum.base(), ranges);
        addStored(sum.a(), ranges);
        addStored(sum.b(), ranges);
      }
      case TensorView.Literal literal -> {}
      case TensorView.Strided strided -> {}
      case TensorView.Gathered gathered -> {}
      case TensorView.Unpacked unpacked -> addStored(unpacked.of(), ranges);
      case TensorView.Noised noised -> addStored(noised.of(), ranges);
    }
  }

  /**
   * Reads consecutive elements in row-major order.
   *
   * @throws dev.stemma.artifact.ArtifactException if the file is gone, shorter or changed
   */
  public void read(
      TensorView view, long firstElement, int count, float[] destination, int destinationOffset) {
    Objects.checkFromIndexSize(firstElement, (long) count, view.shape().elements());
    Objects.checkFromIndexSize(destinationOffset, count, destination.length);
    if (count == 0) {
      return;
    }
    Piece piece = new Piece(view, firstElement).narrowed(count);
    LocalBytes.guarding(
        firstFile(view),
        () -> {
          BoundValues.bind(piece.view(), this::stored)
              .read(piece.first(), count, destination, destinationOffset);
          return destination;
        });
  }

  /** Where elements begin in a view; narrowed, so that no byte is asked for that is not needed. */
  private record Piece(TensorView view, long first) {
    Piece narrowed(long count) {
      return switch (view) {
        case TensorView.Stored stored -> {
          ElementType type = stored.type();
          long block = type.blockElements();
          long begin = first / block * block;
          long end =
              Math.min(stored.shape().elements(), (first + count + block - 1) / block * block);
          ByteRange bytes = stored.bytes().slice(type.bytesFor(begin), type.bytesFor(end - begin));
          yield new Piece(new TensorView.Stored(bytes, type, Shape.of(end - begin)), first - begin);
        }
        case TensorView.Reshaped reshaped -> new Piece(reshaped.of(), first).narrowed(count);
        case TensorView.Rows rows ->
            new Piece(rows.of(), first + rows.first() * rows.of().shape().columns())
                .narrowed(count);
        case TensorView.Noised noised -> {
          Piece of = new Piece(noised.of(), first).narrowed(count);
          yield new Piece(
              new TensorView.Noised(
                  of.view(),
                  noised.deviation(),
                  noised.seed(),
                  noised.firstElement() + first - of.first()),
              of.first());
        }
        default -> this;
      };
    }
  }

  /**
   * All elements of a tensor that fits in an array.
   *
   * @throws IllegalArgumentException if it has more than 2^31 - 9 elements: read it in pieces
   */
  public float[] readAll(TensorView view) {
    Shape shape = view.shape();
    if (shape.elements() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(shape + " does not fit in an array");
    }
    float[] all = new float[(int) shape.elements()];
    read(view, 0, all.length, all, 0);
    return all;
  }

  /** The file that an error names, where a view is made of several. */
  private static String firstFile(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored -> stored.bytes().file().toString();
      case TensorView.Literal literal -> "a header's values " + literal.shape();
      case TensorView.Transposed transposed -> firstFile(transposed.of());
      case TensorView.Rows rows -> firstFile(rows.of());
      case TensorView.Reshaped reshaped -> firstFile(reshaped.of());
      case TensorView.Dequantised dequantised -> firstFile(dequantised.of());
      case TensorView.Strided strided -> firstFile(strided.of());
      case TensorView.Gathered gathered -> firstFile(gathered.of());
      case TensorView.Unpacked unpacked -> firstFile(unpacked.of());
      case TensorView.LowRankSum sum -> firstFile(sum.base());
      case TensorView.Noised noised -> firstFile(noised.of());
    };
  }
}
