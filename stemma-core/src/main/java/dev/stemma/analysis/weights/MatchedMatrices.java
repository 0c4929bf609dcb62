package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which matrices of two related models are the same matrix, by what earlier tests found. */
final class MatchedMatrices {
  private static final List<Part> ATTENTION =
      List.of(Part.QUERY, Part.KEY, Part.VALUE, Part.OUTPUT);
  private static final List<Part> MLP =
      List.of(Part.GATE, Part.UP, Part.DOWN, Part.SHARED_GATE, Part.SHARED_UP, Part.SHARED_DOWN);
  private static final Set<Part> SCALABLE =
      Set.of(Part.UP, Part.DOWN, Part.SHARED_UP, Part.SHARED_DOWN);
  static final int MOST_OF_LARGE = 8;
  private static final int ROWS_OF_LARGE = 512;
  private static final long LARGE_ELEMENTS = 4_000_000;

  private MatchedMatrices() {}

  /** One matrix of each model, as they stand: no unit was renumbered. */
  record InPlace(String name, Role roleA, Role roleB, TensorView a, TensorView b, boolean scalable)
      implements Serializable {
    long bytes() {
      int rows = sample().length;
      return StoredBytes.ofRows(a, rows) + StoredBytes.ofRows(b, rows);
    }

    /** Rows that stand for a large matrix; all of a small one. */
    private int[] sample() {
      int rows = Math.toIntExact(a.shape().rows());
      return Weights.sample(rows, a.shape().elements() > LARGE_ELEMENTS ? ROWS_OF_LARGE : rows);
    }

    /** One side's values: the same rows of both. */
    Matrix sampled(TensorView view, TensorReader tensors) {
      return Weights.rows(tensors, view, sample());
    }
  }

  /** The earlier finding that relates the two bodies, the exact ones first. */
  static Optional<Measured> relating(Pair pair, Component component, List<String> ids) {
    for (String id : ids) {
      for (Evidence evidence : pair.known()) {
        if (evidence.id().equals(id)
            && evidence.component() == component
            && evidence instanceof Measured found
            && found.layerMap() != null
            && !found.layerMap().links().isEmpty()) {
          return Optional.of(found);
        }
      }
    }
    return Optional.empty();
  }

  /** The matrices of all layers and MLPs that the finding links. */
  static List<InPlace> inPlace(Pair pair, Component component, Measured found) {
    List<InPlace> matrices = new ArrayList<>();
    LayerMap map = found.layerMap();
    if (map == null) {
      return matrices;
    }
    Set<Integer> seen = new HashSet<>();
    for (LayerMap.Link link : map.links()) {
      if (!seen.add(link.b())) {
        continue;
      }
      for (Part part : ATTENTION) {
        add(
            matrices,
            pair,
            Role.inLayer(component, link.a(), part),
            Role.inLayer(component, link.b(), part));
      }
    }
    for (Map.Entry<String, Double> value : found.values().entrySet()) {
      if (value.getKey().startsWith("link.")) {
        String[] words = value.getKey().split("\\.", -1);
        int layerB = Integer.parseInt(words[1]);
        int expertB = Integer.parseInt(words[2]);
        int layerA = (int) (value.getValue() / 65536);
        int expertA = (int) (value.getValue() % 65536) - 2;
        addMlp(matrices, pair, component, layerA, expertA, layerB, expertB);
      }
    }
    return fewer(pair, matrices);
  }

  /** The largest that {@link #inPlace} can come to. */
  static List<InPlace> most(Pair pair, Component component) {
    Map<List<Object>, TensorView> largestOfA = new HashMap<>();
    pair.a()
        .tensors()
        .forEach((role, view) ->
            largestOfA.merge(
                key(role, view),
                view,
                (one, other) -> StoredBytes.of(one) >= StoredBytes.of(other) ? one : other));
    List<InPlace> matrices = new ArrayList<>();
    Economy economy = Economy.of(pair);
    for (Map.Entry<Role, TensorView> entry : pair.b().tensors().entrySet()) {
      Role role = entry.getKey();
      TensorView a = largestOfA.get(key(role, entry.getValue()));
      if (role.component() == component
          && role.layer() >= 0
          && (ATTENTION.contains(role.part()) || MLP.contains(role.part()))
          && entry.getValue().shape().rank() == 2
          && entry.getValue().shape().elements() < Integer.MAX_VALUE - 8
          && a != null) {
        matrices.add(
            new InPlace(
                "layer " + role.layer() + " " + role.key(),
                role,
                role,
                economy.matched(a),
                economy.matched(entry.getValue()),
                false));
      }
    }
    matrices.sort(Comparator.comparingLong(InPlace::bytes).reversed());
    return sampled(pair, matrices) ? matrices.subList(0, MOST_OF_LARGE) : matrices;
  }

  /** A routed, shared or dense expert's matrix may stand for any other of the same shape. */
  private static List<Object> key(Role role, TensorView view) {
    Part part =
        switch (role.part()) {
          case SHARED_GATE -> Part.GATE;
          case SHARED_UP -> Part.UP;
          case SHARED_DOWN -> Part.DOWN;
          default -> role.part();
        };
    return List.of(role.component(), part, view.shape());
  }

  private static boolean sampled(Pair pair, List<InPlace> matrices) {
    if (Economy.of(pair).sparing()) {
      return matrices.size() > MOST_OF_LARGE;
    }
    boolean large =
        matrices.stream().anyMatch(matrix -> matrix.a().shape().elements() > LARGE_ELEMENTS);
    return large && !pair.scope().thorough() && matrices.size() > MOST_OF_LARGE;
  }

  private static List<InPlace> fewer(Pair pair, List<InPlace> matrices) {
    if (!sampled(pair, matrices)) {
      return matrices;
    }
    List<InPlace> chosen = new ArrayList<>();
    for (int index = 0; index < MOST_OF_LARGE; index++) {
      chosen.add(matrices.get((int) ((long) index * matrices.size() / MOST_OF_LARGE)));
    }
    return chosen;
  }

  private static void addMlp(
      List<InPlace> matrices,
      Pair pair,
      Component component,
      int layerA,
      int expertA,
      int layerB,
      int expertB) {
    boolean sharedA = expertA == MlpBlock.SHARED;
    boolean sharedB = expertB == MlpBlock.SHARED;
    List<Part> dense = List.of(Part.GATE, Part.UP, Part.DOWN);
    List<Part> shared = List.of(Part.SHARED_GATE, Part.SHARED_UP, Part.SHARED_DOWN);
    for (int index = 0; index < dense.size(); index++) {
      add(
          matrices,
          pair,
          new Role(
              component,
              layerA,
              Math.max(-1, expertA),
              sharedA ? shared.get(index) : dense.get(index)),
          new Role(
              component,
              layerB,
              Math.max(-1, expertB),
              sharedB ? shared.get(index) : dense.get(index)));
    }
  }

  private static void add(List<InPlace> matrices, Pair pair, Role roleA, Role roleB) {
    @Nullable TensorView a = pair.a().tensor(roleA).orElse(null);
    @Nullable TensorView b = pair.b().tensor(roleB).orElse(null);
    if (a == null
        || b == null
        || a.shape().rank() != 2
        || !a.shape().equals(b.shape())
        || a.shape().elements() >= Integer.MAX_VALUE - 8) {
      return;
    }
    Economy economy = Economy.of(pair);
    if (!economy.reads(a) || !economy.reads(b)) {
      return;
    }
    matrices.add(
        new InPlace(
            "layer " + roleB.layer() + " " + roleB.key(),
            roleA,
            roleB,
            economy.matched(a),
            economy.matched(b),
            SCALABLE.contains(roleB.part())));
  }

  /** Whether a view's values were stored in fewer bits than a number has. */
  static boolean storedQuantised(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored ->
          stored.type().blockElements() > 1 || !stored.type().isFloatingPoint();
      case TensorView.Literal literal -> false;
      case TensorView.Transposed transposed -> storedQuantised(transposed.of());
      case TensorView.Rows rows -> storedQuantised(rows.of());
      case TensorView.Reshaped reshaped -> storedQuantised(reshaped.of());
      case TensorView.Dequantised dequantised -> true;
      case TensorView.Strided strided -> storedQuantised(strided.of());
      case TensorView.Gathered gathered -> storedQuantised(gathered.of());
      case TensorView.Unpacked unpacked -> true;
      case TensorView.LowRankSum sum -> storedQuantised(sum.base());
      case TensorView.Noised noised -> false;
    };
  }
}
