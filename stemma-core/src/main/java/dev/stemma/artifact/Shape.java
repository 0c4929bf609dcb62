package dev.stemma.artifact;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The dimensions of a tensor, outermost first (row-major). Every dimension is at least 0 and their
 * product fits in a long. A weight matrix is [output units, input units].
 */
public record Shape(List<Long> dimensions) implements Serializable {
  /** More dimensions than any model has; a header that claims more is hostile. */
  public static final int MAXIMUM_RANK = 8;

  /** Validates: 0 to 8 dimensions, none negative, product fits in a long. */
  public Shape {
    dimensions = List.copyOf(dimensions);
    if (dimensions.size() > MAXIMUM_RANK) {
      throw new ArithmeticException("rank " + dimensions.size() + " is above " + MAXIMUM_RANK);
    }
    product(dimensions);
  }

  /** A shape of these dimensions. */
  public static Shape of(long... dimensions) {
    return new Shape(Arrays.stream(dimensions).boxed().toList());
  }

  /** Number of dimensions. */
  public int rank() {
    return dimensions.size();
  }

  /** Size of one dimension. */
  public long dimension(int index) {
    return dimensions.get(index);
  }

  /** Number of elements; 1 for a scalar. */
  public long elements() {
    return product(dimensions);
  }

  /** The first dimension (1 for a scalar): output units of a weight matrix. */
  public long rows() {
    return dimensions.isEmpty() ? 1 : dimensions.getFirst();
  }

  /** Product of all dimensions but the first: input units of a weight matrix. */
  public long columns() {
    return dimensions.isEmpty() ? 1 : product(dimensions.subList(1, dimensions.size()));
  }

  private static long product(List<Long> dimensions) {
    long product = 1;
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw new ArithmeticException("negative dimension " + dimension);
      }
      product = Math.multiplyExact(product, dimension);
    }
    return product;
  }

  /** As in {@code [4096, 1280]}. */
  @Override
  public String toString() {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
  }
}
