package dev.stemma.architecture;

import dev.stemma.artifact.Shape;
import dev.stemma.artifact.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Splits a tensor that holds several roles along its output units. */
final class FusedTensor {
  private FusedTensor() {}

  /** The parts, or none where the pieces do not fill the tensor. */
  static List<Map.Entry<Part, TensorView>> split(
      TensorTemplate template, TensorView view, Values values) {
    long groups = template.groups().whole(values);
    List<Long> rows = new ArrayList<>();
    long group = 0;
    for (TensorTemplate.Piece piece : template.pieces()) {
      long count = java.util.Objects.requireNonNull(piece.rows()).whole(values);
      if (count < 1 || count > view.shape().rows()) {
        return List.of();
      }
      rows.add(count);
      group += count;
    }
    if (groups < 1 || view.shape().rows() % groups != 0 || group != view.shape().rows() / groups) {
      return List.of();
    }
    List<Map.Entry<Part, TensorView>> parts = new ArrayList<>();
    long first = 0;
    for (int i = 0; i < rows.size(); i++) {
      TensorView part =
          groups == 1
              ? new TensorView.Rows(view, first, rows.get(i))
              : repeated(view, groups, group, first, rows.get(i));
      parts.add(Map.entry(template.pieces().get(i).part(), part));
      first += rows.get(i);
    }
    return parts;
  }

  /** The same rows of every group: seen as one wide row a group, then cut by columns. */
  private static TensorView repeated(
      TensorView view, long groups, long rowsOfGroup, long first, long count) {
    long columns = view.shape().columns();
    TensorView byGroup = new TensorView.Reshaped(view, Shape.of(groups, rowsOfGroup * columns));
    TensorView cut =
        new TensorView.Transposed(
            new TensorView.Rows(
                new TensorView.Transposed(byGroup), first * columns, count * columns));
    List<Long> dimensions = new ArrayList<>(view.shape().dimensions());
    dimensions.set(0, groups * count);
    return new TensorView.Reshaped(cut, new Shape(dimensions));
  }
}
