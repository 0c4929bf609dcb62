package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.analysis.weights.PairedTensors.PairedTensor;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import java.lang.ref.SoftReference;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How little is read of models too large for the usual plan; every test asks here. Tests by labels
 * look at the first rows of matrices, in every layer: labels hold in any part, and a change
 * anywhere shows. Tests under alignments need whole matrices, because a moved neuron may be
 * anywhere: they get what is left, in few layers, or are left out and named. Models that are not
 * large are read without limits, {@link #NONE}.
 *
 * @param sparing whether there are limits at all
 * @param rows of each matrix whose values are compared
 * @param neurons of each MLP that are matched by number
 * @param tokens whose embeddings are compared
 * @param matchedRows of each matrix that changes are told from, once a relation is proven
 * @param aligned layers of each model whose whole MLPs are compared under alignments
 * @param attention layers of each model whose whole attention aligns hidden spaces
 */
record Economy(
    boolean sparing,
    int rows,
    int neurons,
    int tokens,
    int matchedRows,
    int aligned,
    int attention) {
  private static final int ALL = Integer.MAX_VALUE;

  /** Everything that the usual plan asks for. */
  static final Economy NONE = new Economy(false, ALL, ALL, ALL, ALL, ALL, ALL);

  /** Matrices of so many rows are read whole where rows cannot be told apart. */
  private static final int FEW_ROWS = 128;

  /** Why a test was left out. */
  static final String DOES_NOT_FIT =
      "what it must read whole does not fit into 3% of the bytes, or into memory; --thorough reads"
          + " it, --layers chooses";

  /** The limits of a pair of which one is large, where neither everything nor layers were asked. */
  static Economy of(Pair pair) {
    Scope scope = pair.scope();
    if (scope.thorough() || !scope.layers().isEmpty()) {
      return NONE;
    }
    Found found = last.get();
    if (found == null || !found.isFor(pair)) {
      found = new Found(pair.a(), pair.b(), scope, EconomySearch.of(pair));
      last = new SoftReference<>(found);
    }
    return found.economy();
  }

  /** What was found last: every test of a pair asks, and the search walks all headers. */
  private record Found(CanonicalModel a, CanonicalModel b, Scope scope, Economy economy) {
    @SuppressWarnings("ReferenceEquality") // equal models would take long to compare
    boolean isFor(Pair pair) {
      return pair.a() == a && pair.b() == b && pair.scope().equals(scope);
    }
  }

  private static volatile SoftReference<Found> last = new SoftReference<>(null);

  /** Whether not even one layer's MLPs are read whole. */
  boolean leavesOutMlps() {
    return aligned == 0;
  }

  /** Whether hidden spaces are not aligned by attention, which would be too much to read. */
  boolean leavesOutAttention() {
    return attention == 0;
  }

  /** Kinds of copies that nothing looked for, as caveats. */
  List<String> notTested() {
    if (leavesOutMlps()) {
      return List.of("not tested: renumbered copies, since whole MLPs do not fit into the plan");
    }
    return leavesOutAttention()
        ? List.of(
            "not tested: renumbered copies with new embeddings, since whole attention does not fit"
                + " into the plan")
        : List.of();
  }

  /** Whether what is asked for of a matrix can be read without the rest of it. */
  boolean reads(TensorView view) {
    return !sparing
        || view.shape().rank() < 2
        || view.shape().rows() <= FEW_ROWS
        || DistinctBytes.of(Prefix.of(view, FEW_ROWS / 2)) < DistinctBytes.of(view) / 2;
  }

  /** What is read of a matrix's values. */
  TensorView values(TensorView view) {
    return Prefix.of(view, rows);
  }

  /** What is read of the values of two tensors: of vectors all. */
  PairedTensor values(PairedTensor tensor) {
    return tensor.role().part().kind() == Part.Kind.MATRIX
        ? new PairedTensor(tensor.role(), values(tensor.a()), values(tensor.b()))
        : tensor;
  }

  /** What changes are told from, of a matrix that corresponds to another. */
  TensorView matched(TensorView view) {
    return Prefix.of(view, matchedRows);
  }

  /** The attention that aligns hidden spaces. */
  List<AttentionLayer> attention(Pair pair, Component component, List<AttentionLayer> layers) {
    List<Integer> chosen =
        choose(
            pair,
            component,
            layers.stream().map(AttentionLayer::layer).distinct().toList(),
            attention);
    return layers.stream().filter(layer -> chosen.contains(layer.layer())).toList();
  }

  /**
   * So many layers: of equally deep models from the middle of equal shares, as any copy would keep
   * them; else the first ones and the ends, which cutting and doubling leave where they are.
   */
  static List<Integer> choose(Pair pair, Component component, List<Integer> layers, int count) {
    if (count >= layers.size()) {
      return layers;
    }
    boolean equallyDeep = pair.a().layers(component).size() == pair.b().layers(component).size();
    if (!equallyDeep && count > 1) {
      return LayerPlan.choose(layers, pair.scope(), count);
    }
    return IntStream.range(0, count)
        .mapToObj(
            index -> layers.get(equallyDeep ? (2 * index + 1) * layers.size() / (2 * count) : 0))
        .toList();
  }

  /** MLPs to match by number: of every layer; of many routed experts a choice in some layers. */
  List<MlpBlock> blocks(Pair pair, List<MlpBlock> blocks) {
    List<Integer> layers =
        LayerPlan.choose(
            blocks.stream().filter(MlpBlock::routed).map(MlpBlock::layer).distinct().toList(),
            pair.scope(),
            LayerPlan.PLANNED);
    int step = BlockPlan.step(blocks);
    return blocks.stream()
        .filter(block ->
            !block.routed() || (block.expert() % step == 0 && layers.contains(block.layer())))
        .toList();
  }

  /** Tensors whose values are compared: all but those of routed experts that are left out. */
  List<PairedTensor> tensors(Pair pair, List<PairedTensor> tensors) {
    if (!sparing) {
      return tensors;
    }
    List<Role> routed =
        tensors.stream().map(PairedTensor::role).filter(role -> role.expert() >= 0).toList();
    List<Integer> layers =
        LayerPlan.choose(
            routed.stream().map(Role::layer).distinct().sorted().toList(),
            pair.scope(),
            LayerPlan.PLANNED);
    int step = BlockPlan.step(routed.stream().mapToInt(Role::expert).max().orElse(-1) + 1);
    return tensors.stream()
        .filter(tensor ->
            tensor.role().expert() < 0
                || (tensor.role().expert() % step == 0 && layers.contains(tensor.role().layer())))
        .filter(tensor -> reads(tensor.a()) && reads(tensor.b()))
        .map(this::values)
        .toList();
  }
}
