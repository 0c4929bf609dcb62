package dev.stemma.analysis.weights;

import dev.stemma.artifact.TensorView;

/** How many bytes of a file a tensor's values take. */
final class StoredBytes {
  private StoredBytes() {}

  /** All of it; four bytes a value where it is made of several tensors or decoded. */
  static long of(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored -> stored.bytes().lengthBytes();
      case TensorView.Transposed transposed -> of(transposed.of());
      case TensorView.Reshaped reshaped -> of(reshaped.of());
      case TensorView.Noised noised -> of(noised.of());
      case TensorView.Rows rows ->
          Math.round(of(rows.of()) * share(view.shape().elements(), rows.of().shape().elements()));
      default -> 4 * view.shape().elements();
    };
  }

  /** Some of its elements, in one piece. */
  static long some(TensorView view, long elements) {
    return view instanceof TensorView.Stored stored && stored.type().blockElements() == 1
        ? stored.type().bytesFor(elements)
        : 4 * elements;
  }

  /** Some of its rows. */
  static long ofRows(TensorView view, long rows) {
    return Math.round(of(view) * share(Math.min(rows, view.shape().rows()), view.shape().rows()));
  }

  private static double share(long some, long all) {
    return all == 0 ? 0 : (double) some / all;
  }
}
