package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The router of one layer: a row for each expert, a column for each hidden dimension.
 *
 * @param gain the norm that feeds it
 */
record RouterLayer(int layer, TensorView router, @Nullable TensorView gain)
    implements Serializable {
  /** So many elements of each model are held at most. */
  private static final long MOST_ELEMENTS = 1L << 25;

  int experts() {
    return Math.toIntExact(router.shape().rows());
  }

  int width() {
    return Math.toIntExact(router.shape().columns());
  }

  long bytes() {
    return StoredBytes.of(router) + (gain == null ? 0 : StoredBytes.of(gain));
  }

  /** The rows, gain folded, less their mean: what all experts share chooses none. */
  Matrix centred(TensorReader tensors) {
    return Weights.matrix(tensors, router, gain).centreColumns();
  }

  /** The routers of those layers whose experts are planned, within memory. */
  static List<RouterLayer> planned(Pair pair, CanonicalModel model, Component component) {
    boolean all = Economy.of(pair).sparing();
    return planned(pair, model, component, all ? Integer.MAX_VALUE : LayerPlan.PLANNED);
  }

  /** Those of so many layers. */
  static List<RouterLayer> planned(Pair pair, CanonicalModel model, Component component, int most) {
    List<RouterLayer> layers = new ArrayList<>();
    long elements = 0;
    for (int layer : LayerPlan.choose(model.layers(component), pair.scope(), most)) {
      TensorView router = model.tensor(Role.inLayer(component, layer, Part.ROUTER)).orElse(null);
      if (router == null || router.shape().rank() != 2 || router.shape().rows() < 2) {
        continue;
      }
      elements += router.shape().elements();
      if (elements > MOST_ELEMENTS) {
        break;
      }
      TensorView gain = model.tensor(Role.inLayer(component, layer, Part.MLP_NORM)).orElse(null);
      boolean fits = gain != null && gain.shape().elements() == router.shape().columns();
      layers.add(new RouterLayer(layer, router, fits ? gain : null));
    }
    return layers;
  }
}
