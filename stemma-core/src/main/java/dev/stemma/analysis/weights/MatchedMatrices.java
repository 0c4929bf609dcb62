package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The matrices that correspond in two related models, by the layer map that an earlier test proved:
 * what the analyses of how and from whom look at.
 */
final class MatchedMatrices {
  private static final double PROVEN_LOG10P = -6;

  private MatchedMatrices() {}

  /** One matrix of a and its counterpart of b, with the norms that feed them. */
  record MatrixPair(
      Component component,
      Role roleOfA,
      Role roleOfB,
      TensorView a,
      TensorView b,
      @Nullable TensorView gainOfA,
      @Nullable TensorView gainOfB)
      implements WorkUnit {
    @Override
    public long bytes() {
      return 8 * a.shape().elements();
    }
  }

  /** Matrices of matched layers with equal shapes; empty where no relation is proven. */
  static List<MatrixPair> of(Pair pair, Component component, int mostLayers) {
    Optional<LayerMap> map = provenMap(pair.known(), component);
    if (map.isEmpty()) {
      return List.of();
    }
    List<LayerMap.Link> links = map.get().links();
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < links.size(); place++) {
      places.add(place);
    }
    boolean all = pair.scope().thorough() || links.size() <= mostLayers;
    List<MatrixPair> pairs = new ArrayList<>();
    for (int index = 0; index < (all ? links.size() : mostLayers); index++) {
      int place =
          all ? index : (int) ((long) index * (links.size() - 1) / Math.max(1, mostLayers - 1));
      LayerMap.Link link = links.get(places.get(place));
      pair.a()
          .layer(component, link.a())
          .forEach((role, view) -> {
            Role other = role.atLayer(link.b());
            TensorView counterpart = pair.b().tensors().get(other);
            if (isCompared(role)
                && counterpart != null
                && counterpart.shape().equals(view.shape())) {
              pairs.add(
                  new MatrixPair(
                      component,
                      role,
                      other,
                      view,
                      counterpart,
                      gain(pair.a(), role),
                      gain(pair.b(), other)));
            }
          });
    }
    return pairs;
  }

  private static boolean isCompared(Role role) {
    return role.part().kind() == Part.Kind.MATRIX
        && role.part() != Part.ROUTER
        && role.expert() < 0;
  }

  /**
   * The gain that is folded into a matrix that reads a normalised vector; null where it reads none.
   */
  private static @Nullable TensorView gain(CanonicalModel model, Role role) {
    Part norm =
        switch (role.part()) {
          case QUERY, KEY, VALUE, QUERY_DOWN, KEY_VALUE_DOWN -> Part.ATTENTION_NORM;
          case GATE, UP, SHARED_GATE, SHARED_UP -> Part.MLP_NORM;
          default -> null;
        };
    if (norm == null) {
      return null;
    }
    TensorView gain = model.tensors().get(Role.inLayer(role.component(), role.layer(), norm));
    TensorView matrix = model.tensors().get(role);
    return gain != null && matrix != null && gain.shape().elements() == matrix.shape().columns()
        ? gain
        : null;
  }

  static Optional<LayerMap> provenMap(List<Evidence> known, Component component) {
    return known.stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .filter(found -> found.component() == component && found.id().startsWith("weights."))
        .filter(found ->
            found.layerMap() != null && found.log10p() != null && found.log10p() < PROVEN_LOG10P)
        .map(Measured::layerMap)
        .filter(java.util.Objects::nonNull)
        .max(Comparator.comparingInt(map -> map.links().size()));
  }

  static double median(List<Double> values) {
    List<Double> sorted = values.stream().filter(value -> !value.isNaN()).sorted().toList();
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }
}
