package dev.stemma.analysis.weights;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The attention matrices of one layer.
 *
 * @param heads query heads, or 0 where the configuration does not say
 */
record AttentionLayer(
    int layer,
    TensorView query,
    TensorView key,
    TensorView value,
    TensorView output,
    @Nullable TensorView gain,
    int heads,
    int keyHeads)
    implements Serializable {
  long bytes() {
    return StoredBytes.of(query)
        + StoredBytes.of(key)
        + StoredBytes.of(value)
        + StoredBytes.of(output)
        + (gain == null ? 0 : 3 * StoredBytes.of(gain));
  }

  /** All that it is made of. */
  List<TensorView> views() {
    return java.util.stream.Stream.of(query, key, value, output, gain)
        .filter(java.util.Objects::nonNull)
        .toList();
  }

  int width() {
    return Math.toIntExact(query.shape().columns());
  }

  static List<AttentionLayer> of(CanonicalModel model, Component component) {
    List<AttentionLayer> layers = new ArrayList<>();
    for (int layer : model.layers(component)) {
      Optional<TensorView> query = model.tensor(Role.inLayer(component, layer, Part.QUERY));
      Optional<TensorView> key = model.tensor(Role.inLayer(component, layer, Part.KEY));
      Optional<TensorView> value = model.tensor(Role.inLayer(component, layer, Part.VALUE));
      Optional<TensorView> output = model.tensor(Role.inLayer(component, layer, Part.OUTPUT));
      if (query.isPresent() && key.isPresent() && value.isPresent() && output.isPresent()) {
        long width = query.get().shape().columns();
        boolean fits =
            key.get().shape().columns() == width
                && value.get().shape().columns() == width
                && output.get().shape().rows() == width
                && output.get().shape().columns() == query.get().shape().rows();
        if (fits) {
          layers.add(
              new AttentionLayer(
                  layer,
                  query.get(),
                  key.get(),
                  value.get(),
                  output.get(),
                  model
                      .tensor(Role.inLayer(component, layer, Part.ATTENTION_NORM))
                      .filter(view -> view.shape().elements() == width)
                      .orElse(null),
                  number(model, "num_attention_heads", 0),
                  number(model, "num_key_value_heads", number(model, "num_attention_heads", 0))));
        }
      }
    }
    return layers;
  }

  private static int number(CanonicalModel model, String key, int otherwise) {
    return Math.clamp(
        model.model().config().map(Config::json).stream()
            .filter(json -> json.hasNonNull(key) && json.get(key).isNumber())
            .mapToLong(json -> json.get(key).longValue())
            .findFirst()
            .orElse(otherwise),
        0,
        1 << 16);
  }

  /**
   * Adds to sums, or starts them, products that no renumbering of rows or heads changes, each of
   * Frobenius norm one; one at a time, because large ones fill the memory.
   */
  void addMoments(TensorReader tensors, List<Matrix> sums) {
    LinearAlgebra algebra = LinearAlgebra.best();
    Matrix q = Weights.matrix(tensors, query, gain);
    Matrix k = Weights.matrix(tensors, key, gain);
    add(sums, 0, traceless(algebra.multiplyTransposed(q, q)));
    add(sums, 1, traceless(algebra.multiplyTransposed(k, k)));
    boolean grouped = grouped(q.rows(), k.rows());
    Matrix queryKey =
        grouped ? algebra.multiplyTransposed(summedOverGroups(q), k) : new Matrix(width(), width());
    Matrix v = Weights.matrix(tensors, value, gain);
    Matrix o = Weights.matrix(tensors, output);
    add(sums, 2, traceless(algebra.multiplyTransposed(v, v)));
    add(sums, 3, traceless(algebra.multiplyByTransposed(o, o)));
    add(sums, 4, queryKey);
    add(
        sums,
        5,
        grouped && v.rows() == k.rows()
            ? algebra.multiplyTransposed(summedOverGroups(o.transposed()), v)
            : new Matrix(width(), width()));
  }

  private static void add(List<Matrix> sums, int place, Matrix moment) {
    normalise(moment);
    if (sums.size() == place) {
      sums.add(moment);
    } else {
      sums.get(place).add(moment, 1);
    }
  }

  private boolean grouped(int queryRows, int keyRows) {
    return heads > 0
        && keyHeads > 0
        && heads % keyHeads == 0
        && queryRows % heads == 0
        && keyRows == queryRows / heads * keyHeads;
  }

  /** Query heads that share a key head, added up: their products with it need be formed once. */
  private Matrix summedOverGroups(Matrix rows) {
    int size = rows.rows() / heads;
    int group = heads / keyHeads;
    Matrix out = new Matrix(keyHeads * size, rows.columns());
    for (int row = 0; row < rows.rows(); row++) {
      int head = row / size;
      int target = head / group * size + row % size;
      for (int column = 0; column < rows.columns(); column++) {
        out.set(target, column, out.get(target, column) + rows.get(row, column));
      }
    }
    return out;
  }

  private static Matrix traceless(Matrix matrix) {
    double trace = 0;
    for (int index = 0; index < matrix.rows(); index++) {
      trace += matrix.get(index, index);
    }
    float mean = (float) (trace / matrix.rows());
    for (int index = 0; index < matrix.rows(); index++) {
      matrix.set(index, index, matrix.get(index, index) - mean);
    }
    return matrix;
  }

  private static void normalise(Matrix matrix) {
    double norm = matrix.frobeniusNorm();
    if (norm > 0) {
      matrix.scale(1 / norm);
    }
  }
}
