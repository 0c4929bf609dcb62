package dev.stemma.analysis.weights;

import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Assignment;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.SplittableRandom;

/**
 * Two frames in which the hidden spaces of two models can be compared.
 *
 * @param frameA hidden width of a x common dimensions
 * @param frameB hidden width of b x common dimensions
 * @param sameNumber share of a's dimensions that kept their number, where the alignment is a
 *     permutation; NaN otherwise
 */
record Alignment(Matrix frameA, Matrix frameB, double sameNumber) {
  /** Wider hidden spaces are compared after one fixed random projection to so many dimensions. */
  static final int PROJECTED = 512;

  /** How an alignment by embeddings is found. */
  enum Kind {
    /**
     * Signed permutation: assignment on absolute cosines of embedding columns; in wide spaces
     * mutual nearest neighbours.
     */
    PERMUTATION("permutation"),
    /** Orthogonal map: polar factor of the product of the centred tables. */
    PROCRUSTES("procrustes");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    String key() {
      return key;
    }
  }

  static Alignment byEmbeddings(Kind kind, SharedTokens tokens, TensorReader tensors) {
    int width = Math.min(tokens.widthA(), tokens.widthB());
    return byEmbeddings(kind, tokens, tensors, width > LayerPlan.WIDE ? PROJECTED : width);
  }

  /** Projected to so many dimensions, or not where the spaces have no more. */
  static Alignment byEmbeddings(
      Kind kind, SharedTokens tokens, TensorReader tensors, int dimensions) {
    Matrix a = Weights.rows(tensors, tokens.tableA(), tokens.rowsA()).centreColumns();
    Matrix b = Weights.rows(tensors, tokens.tableB(), tokens.rowsB()).centreColumns();
    return switch (kind) {
      case PERMUTATION -> permutation(a, b, dimensions);
      case PROCRUSTES -> {
        LinearAlgebra algebra = LinearAlgebra.best();
        yield of(algebra.polar(algebra.multiplyTransposed(a, b)), Double.NaN, dimensions);
      }
    };
  }

  private static Alignment permutation(Matrix a, Matrix b, int dimensions) {
    Matrix cosines =
        LinearAlgebra.best()
            .multiplyByTransposed(a.transposed().normaliseRows(), b.transposed().normaliseRows());
    Matrix sizes = cosines.copy();
    Matching.absolute(sizes);
    boolean wide = Math.max(a.columns(), b.columns()) > LayerPlan.WIDE;
    int[] partner = wide ? Matching.mutual(sizes) : Assignment.largest(sizes);
    Matrix map = new Matrix(a.columns(), b.columns());
    int same = 0;
    for (int dimension = 0; dimension < partner.length; dimension++) {
      if (partner[dimension] >= 0) {
        map.set(
            dimension, partner[dimension], cosines.get(dimension, partner[dimension]) < 0 ? -1 : 1);
        same += partner[dimension] == dimension ? 1 : 0;
      }
    }
    return of(
        map, a.columns() == b.columns() ? (double) same / partner.length : Double.NaN, dimensions);
  }

  /**
   * From a map of a's hidden space onto b's, compared in the narrower one; wide spaces are
   * projected.
   */
  static Alignment of(Matrix map, double sameNumber) {
    int width = Math.min(map.rows(), map.columns());
    return of(map, sameNumber, width > LayerPlan.WIDE ? PROJECTED : width);
  }

  private static Alignment of(Matrix map, double sameNumber, int dimensions) {
    if (map.rows() < map.columns()) {
      Alignment turned = of(map.transposed(), sameNumber, dimensions);
      return new Alignment(turned.frameB(), turned.frameA(), sameNumber);
    }
    int width = map.columns();
    if (width <= dimensions) {
      return new Alignment(map, LinearAlgebra.identity(width), sameNumber);
    }
    Matrix projection = new Matrix(width, dimensions);
    SplittableRandom random = new SplittableRandom(0x5EED5L);
    float size = (float) (1 / Math.sqrt(dimensions));
    float[] data = projection.data();
    for (int index = 0; index < data.length; index++) {
      data[index] = random.nextBoolean() ? size : -size;
    }
    return new Alignment(LinearAlgebra.best().multiply(map, projection), projection, sameNumber);
  }

  /** The same with b's directions reversed: an alignment's overall sign is not determined. */
  Alignment reversed() {
    return new Alignment(frameA.copy().scale(-1), frameB, sameNumber);
  }
}
