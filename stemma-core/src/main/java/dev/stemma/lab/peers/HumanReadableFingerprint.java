package dev.stemma.lab.peers;

import dev.stemma.architecture.Part;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * HuRef's three invariant products of the last two layers over frequent tokens, each standardised,
 * compared by cosine. Early merges of a byte-pair vocabulary stand for frequent tokens.
 */
final class HumanReadableFingerprint {
  private static final int TOKENS = 384;
  private static final LinearAlgebra ALGEBRA = LinearAlgebra.best();

  private HumanReadableFingerprint() {}

  static double score(PeerModel a, PeerModel b) {
    int[][] tokens = PeerModel.sharedTokens(a, b, TOKENS);
    if (tokens[0].length < 16) {
      return Double.NaN;
    }
    List<Matrix> left = invariants(a, tokens[0]);
    List<Matrix> right = invariants(b, tokens[1]);
    if (left.isEmpty() || left.size() != right.size()) {
      return Double.NaN;
    }
    Scores.Mean mean = new Scores.Mean();
    for (int i = 0; i < left.size(); i++) {
      mean.add(Scores.pearson(left.get(i).data(), right.get(i).data()));
    }
    return mean.value();
  }

  private static List<Matrix> invariants(PeerModel model, int[] tokens) {
    Optional<Matrix> embedding = model.embedding();
    List<Integer> layers = model.layers();
    List<Matrix> found = new ArrayList<>();
    if (embedding.isEmpty()) {
      return found;
    }
    Matrix x = embedding.get().selectRows(tokens);
    for (int layer : layers.subList(Math.max(0, layers.size() - 2), layers.size())) {
      @Nullable Matrix q = model.matrix(layer, Part.QUERY).orElse(null);
      @Nullable Matrix k = model.matrix(layer, Part.KEY).orElse(null);
      @Nullable Matrix v = model.matrix(layer, Part.VALUE).orElse(null);
      @Nullable Matrix o = model.matrix(layer, Part.OUTPUT).orElse(null);
      if (q == null || k == null || v == null || o == null || q.columns() != x.columns()) {
        return List.of();
      }
      Matrix queries = ALGEBRA.multiplyByTransposed(x, q);
      Matrix keys = repeated(model, ALGEBRA.multiplyByTransposed(x, k), q.rows());
      Matrix values = repeated(model, ALGEBRA.multiplyByTransposed(x, v), o.columns());
      found.add(ALGEBRA.multiplyByTransposed(queries, keys));
      found.add(ALGEBRA.multiplyByTransposed(ALGEBRA.multiplyByTransposed(values, o), x));
      @Nullable Matrix gate = model.matrix(layer, Part.GATE).orElse(null);
      @Nullable Matrix up = model.matrix(layer, Part.UP).orElse(null);
      @Nullable Matrix down = model.matrix(layer, Part.DOWN).orElse(null);
      if (up != null && down != null) {
        Matrix inner = gate == null ? up : product(gate, up);
        Matrix neurons = ALGEBRA.multiplyByTransposed(x, inner);
        found.add(ALGEBRA.multiplyByTransposed(ALGEBRA.multiplyByTransposed(neurons, down), x));
      }
    }
    return found;
  }

  private static Matrix product(Matrix gate, Matrix up) {
    Matrix out = up.copy();
    for (int i = 0; i < out.data().length; i++) {
      out.data()[i] *= gate.data()[i];
    }
    return out;
  }

  /** Key and value heads repeated for the queries that share them. */
  private static Matrix repeated(PeerModel model, Matrix matrix, int columns) {
    if (matrix.columns() == columns) {
      return matrix;
    }
    int heads = model.configured("num_attention_heads", 1);
    int shared = Math.max(1, model.configured("num_key_value_heads", heads));
    int width = matrix.columns() / shared;
    int[] which = new int[columns];
    for (int column = 0; column < columns; column++) {
      int head = column / width / Math.max(1, heads / shared);
      which[column] = Math.min(shared - 1, head) * width + column % width;
    }
    return matrix.selectColumns(which);
  }
}
