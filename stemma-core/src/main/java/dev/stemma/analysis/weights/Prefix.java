package dev.stemma.analysis.weights;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import java.util.ArrayList;
import java.util.List;

/** The first rows of a view, so described that only their bytes are asked for where that can be. */
final class Prefix {
  private Prefix() {}

  /** At most so many rows; the view itself where it has no more. */
  static TensorView of(TensorView view, long rows) {
    if (view.shape().rank() < 1 || view.shape().rows() <= rows) {
      return view;
    }
    return switch (view) {
      case TensorView.Stored stored -> stored(stored, rows);
      case TensorView.Rows part -> new TensorView.Rows(part.of(), part.first(), rows);
      case TensorView.Dequantised all -> dequantised(all, rows);
      case TensorView.LowRankSum sum ->
          new TensorView.LowRankSum(of(sum.base(), rows), sum.a(), of(sum.b(), rows), sum.scale());
      default -> new TensorView.Rows(view, 0, rows);
    };
  }

  private static TensorView stored(TensorView.Stored stored, long rows) {
    ElementType type = stored.type();
    long elements = rows * stored.shape().columns();
    if (elements % type.blockElements() != 0) {
      return new TensorView.Rows(stored, 0, rows);
    }
    List<Long> dimensions = new ArrayList<>(stored.shape().dimensions());
    dimensions.set(0, rows);
    return new TensorView.Stored(
        stored.bytes().slice(0, type.bytesFor(elements)), type, new Shape(dimensions));
  }

  /** The grid of scales has rows of its own, each for several of the values'. */
  private static TensorView dequantised(TensorView.Dequantised all, long rows) {
    long gridRows = Math.ceilDiv(all.shape().rows(), all.blockRows());
    long needed = Math.ceilDiv(rows, all.blockRows());
    boolean divides =
        all.scales().shape().rank() >= 1
            && all.scales().shape().rows() == gridRows
            && (all.zeroPoints() == null
                || (all.zeroPoints().shape().rank() >= 1
                    && all.zeroPoints().shape().rows() == gridRows));
    return divides
        ? new TensorView.Dequantised(
            of(all.of(), rows),
            of(all.scales(), needed),
            all.zeroPoints() == null ? null : of(all.zeroPoints(), needed),
            all.blockRows(),
            all.blockColumns())
        : new TensorView.Rows(all, 0, rows);
  }
}
