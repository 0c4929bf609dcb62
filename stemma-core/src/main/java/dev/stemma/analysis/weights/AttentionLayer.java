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
  /** Moments whose heads need not be known come first. */
  static final int MOMENTS = 6;

  long bytes() {
    return 4
        * (query.shape().elements()
            + key.shape().elements()
            + value.shape().elements()
            + output.shape().elements());
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

  /** Products that no renumbering of rows or heads changes, each of Frobenius norm one. */
  List<Matrix> moments(TensorReader tensors) {
    LinearAlgebra algebra = LinearAlgebra.best();
    Matrix q = Weights.matrix(tensors, query, gain);
    Matrix k = Weights.matrix(tensors, key, gain);
    Matrix v = Weights.matrix(tensors, value, gain);
    Matrix o = Weights.matrix(tensors, output);
    List<Matrix> moments = new ArrayList<>();
    moments.add(traceless(algebra.multiplyTransposed(q, q)));
    moments.add(traceless(algebra.multiplyTransposed(k, k)));
    moments.add(traceless(algebra.multiplyTransposed(v, v)));
    moments.add(traceless(algebra.multiplyByTransposed(o, o)));
    Matrix queryKey = new Matrix(width(), width());
    Matrix outputValue = new Matrix(width(), width());
    boolean known =
        heads > 0
            && keyHeads > 0
            && heads % keyHeads == 0
            && q.rows() % heads == 0
            && k.rows() == q.rows() / heads * keyHeads
            && v.rows() == k.rows();
    if (known) {
      int size = q.rows() / heads;
      Matrix written = o.transposed();
      for (int head = 0; head < heads; head++) {
        int[] own = range(head * size, size);
        int[] shared = range(head / (heads / keyHeads) * size, size);
        queryKey.add(algebra.multiplyTransposed(q.selectRows(own), k.selectRows(shared)), 1);
        outputValue.add(
            algebra.multiplyTransposed(written.selectRows(own), v.selectRows(shared)), 1);
      }
    }
    moments.add(queryKey);
    moments.add(outputValue);
    moments.forEach(AttentionLayer::normalise);
    return moments;
  }

  /** The moments of several layers, added. */
  static List<Matrix> summedMoments(List<AttentionLayer> layers, TensorReader tensors) {
    List<Matrix> total = new ArrayList<>(layers.getFirst().moments(tensors));
    for (int index = 1; index < layers.size(); index++) {
      List<Matrix> more = layers.get(index).moments(tensors);
      for (int moment = 0; moment < total.size(); moment++) {
        total.get(moment).add(more.get(moment), 1);
      }
    }
    return total;
  }

  private static int[] range(int first, int count) {
    int[] range = new int[count];
    for (int index = 0; index < count; index++) {
      range[index] = first + index;
    }
    return range;
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
