package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.analysis.weights.PairedTensors.PairedTensor;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How little is read of models too large for the usual plan, found from headers alone so that all
 * distinct bytes stay under a share of both models. Tests by labels look at the first rows of
 * matrices, in every layer: labels hold in any part, and a change anywhere shows. Tests under
 * alignments need whole matrices, because a moved neuron may be anywhere: they get what is left, in
 * few layers, or are left out and named.
 *
 * @param rows of each matrix whose values are compared
 * @param neurons of each MLP that are matched by number
 * @param tokens whose embeddings are compared
 * @param matchedRows of each matrix that changes are told from, once a relation is proven
 * @param aligned layers of each model whose whole MLPs are compared under alignments
 * @param attention layers of each model whose whole attention aligns hidden spaces
 */
record Economy(int rows, int neurons, int tokens, int matchedRows, int aligned, int attention) {
  // Shares of the bytes that may be read.
  private static final double AIM = 0.95;
  private static final double VALUES = 0.23;
  private static final double NEURONS = 0.13;
  private static final double TOKENS = 0.10;
  private static final double MATCHED = 0.08;

  private static final int MOST_ROWS = 64;
  private static final int FEWEST_ROWS = 8;
  private static final int MOST_NEURONS = 128;
  private static final int FEWEST_NEURONS = 32;
  private static final int MOST_TOKENS = 8192;
  private static final int FEWEST_TOKENS = 256;
  private static final int MOST_MATCHED = 512;
  private static final int FEWEST_MATCHED = 64;
  private static final int MOST_ALIGNED = 3;
  private static final int MOST_ATTENTION = 4;

  /** One layer's attention aligns nothing. */
  private static final int FEWEST_ATTENTION = 2;

  /** Why a test was left out. */
  static final String DOES_NOT_FIT =
      "what it must read whole does not fit into 3% of the bytes; --thorough reads it, --layers"
          + " chooses";

  /** MLPs that ask at a time, so that memory holds them. */
  static final int ASKING = 16;

  /** The plan of a pair of which one is large, where neither everything nor chosen layers count. */
  static Optional<Economy> of(Pair pair) {
    Scope scope = pair.scope();
    if (scope.thorough() || !scope.layers().isEmpty()) {
      return Optional.empty();
    }
    Known known = last;
    if (known == null || !known.isOf(pair)) {
      long a = bytes(pair.a());
      long b = bytes(pair.b());
      known =
          new Known(
              pair.a(),
              pair.b(),
              scope,
              Math.max(a, b) > scope.bound().largeBytes()
                  ? Optional.of(within(pair, scope.bound().share() * (a + b)))
                  : Optional.empty());
      last = known;
    }
    return known.economy();
  }

  /** What was found last: every test of a pair asks the same. */
  private record Known(
      CanonicalModel a, CanonicalModel b, Scope scope, Optional<Economy> economy) {
    @SuppressWarnings("ReferenceEquality") // equal models would take long to compare
    boolean isOf(Pair pair) {
      return pair.a() == a && pair.b() == b && pair.scope().equals(scope);
    }
  }

  private static volatile @Nullable Known last;

  /** What is read and why. */
  List<CostPlan.Choice> choices(Pair pair) {
    List<CostPlan.Choice> choices = new ArrayList<>();
    choices.add(CostPlan.Choice.ofAllLayers("values", rows));
    boolean first =
        Bodies.common(pair).stream()
            .anyMatch(component -> NeuronMatching.ofFirstNeurons(pair, component));
    choices.add(
        first
            ? CostPlan.Choice.ofAllLayers("neurons", neurons)
            : mlps("neurons.whole", pair, Math.max(1, aligned)));
    choices.add(CostPlan.Choice.ofAllLayers("tokens", tokens));
    choices.add(
        aligned == 0
            ? CostPlan.Choice.ofAllLayers("aligned.none", 0)
            : mlps("aligned", pair, aligned));
    choices.add(
        attention == 0
            ? CostPlan.Choice.ofAllLayers("attention.none", 0)
            : new CostPlan.Choice(
                "attention", attention, attended(pair, pair.a()), attended(pair, pair.b())));
    choices.add(CostPlan.Choice.ofAllLayers("matched", matchedRows));
    return choices;
  }

  private static CostPlan.Choice mlps(String key, Pair pair, int layers) {
    TreeSet<Integer> a = new TreeSet<>();
    TreeSet<Integer> b = new TreeSet<>();
    for (Component component : Bodies.common(pair)) {
      AgreementPlan plan = AgreementPlan.of(pair, component, layers);
      plan.a().forEach(block -> a.add(block.layer()));
      plan.b().forEach(block -> b.add(block.layer()));
    }
    return new CostPlan.Choice(key, layers, List.copyOf(a), List.copyOf(b));
  }

  private List<Integer> attended(Pair pair, CanonicalModel model) {
    return Bodies.common(pair).stream()
        .flatMap(component ->
            attention(pair, component, AttentionLayer.of(model, component)).stream())
        .map(AttentionLayer::layer)
        .distinct()
        .sorted()
        .toList();
  }

  /** Whether not even one layer's MLPs are read whole. */
  static boolean leavesOutMlps(Pair pair) {
    return of(pair).filter(economy -> economy.aligned() == 0).isPresent();
  }

  /** Whether hidden spaces are not aligned by attention, which would be too much to read. */
  static boolean leavesOutAttention(Pair pair) {
    return of(pair).filter(economy -> economy.attention() == 0).isPresent();
  }

  /** Bytes of all tensors as they are stored. */
  static long bytes(CanonicalModel model) {
    return model.tensors().values().stream().mapToLong(StoredBytes::of).sum();
  }

  private static Economy within(Pair pair, double bytes) {
    List<PairedTensor> tensors = sampled(pair, PairedTensors.of(pair).comparable());
    int rows =
        most(MOST_ROWS, FEWEST_ROWS, VALUES * bytes, count -> values(tensors, (int) count));
    List<MlpBlock> blocks = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      blocks.addAll(blocks(MlpBlock.of(pair.a(), component), pair));
      blocks.addAll(blocks(MlpBlock.of(pair.b(), component), pair));
    }
    int neurons =
        most(
            MOST_NEURONS,
            FEWEST_NEURONS,
            NEURONS * bytes,
            count -> blocks.stream().mapToLong(block -> gate(block, (int) count)).sum());
    List<TensorView> tables =
        Stream.of(pair.a(), pair.b()).flatMap(model -> SharedTokens.table(model).stream()).toList();
    int tokens =
        most(
            MOST_TOKENS,
            FEWEST_TOKENS,
            TOKENS * bytes,
            count -> tables.stream().mapToLong(table -> StoredBytes.ofRows(table, count)).sum());
    int matched =
        most(
            MOST_MATCHED,
            FEWEST_MATCHED,
            MATCHED * bytes,
            count -> WeightRetention.inPlaceBytes(pair, (int) count));
    double left =
        AIM * bytes
            - values(tensors, rows)
            - blocks.stream().mapToLong(block -> gate(block, neurons)).sum()
            - tables.stream().mapToLong(table -> StoredBytes.ofRows(table, tokens)).sum()
            - WeightRetention.inPlaceBytes(pair, matched)
            - others(pair);
    int aligned = MOST_ALIGNED;
    while (aligned > 0 && mlps(pair, aligned) > left) {
      aligned--;
    }
    left -= mlps(pair, aligned);
    int attention = aligned == 0 ? 0 : MOST_ATTENTION;
    while (attention > 0 && attention(pair, attention) > left) {
      attention--;
    }
    return new Economy(
        rows, neurons, tokens, matched, aligned, attention < FEWEST_ATTENTION ? 0 : attention);
  }

  /** The largest power of two from most down to fewest whose bytes fit; fewest where none does. */
  private static int most(int most, int fewest, double bytes, LongUnaryOperator cost) {
    int count = most;
    while (count > fewest && cost.applyAsLong(count) > bytes) {
      count /= 2;
    }
    return count;
  }

  private static long values(List<PairedTensor> tensors, int rows) {
    return tensors.stream()
        .map(tensor -> values(tensor, rows))
        .mapToLong(tensor -> StoredBytes.of(tensor.a()) + StoredBytes.of(tensor.b()))
        .sum();
  }

  private static long gate(MlpBlock block, int neurons) {
    NeuronSide side = block.gate() == null ? NeuronSide.UP : NeuronSide.GATE;
    return side.bytes(block, neurons);
  }

  /** Routers, and rows of the layers under alignments that are read even where those are not. */
  private static long others(Pair pair) {
    long bytes = 0;
    for (Component component : Bodies.common(pair)) {
      for (CanonicalModel model : List.of(pair.a(), pair.b())) {
        bytes +=
            RouterLayer.planned(pair, model, component, Integer.MAX_VALUE).stream()
                .mapToLong(RouterLayer::bytes)
                .sum();
      }
    }
    return bytes;
  }

  private static long mlps(Pair pair, int layers) {
    if (layers == 0) {
      return 0;
    }
    DistinctBytes bytes = new DistinctBytes();
    for (Component component : Bodies.common(pair)) {
      AgreementPlan plan = AgreementPlan.of(pair, component, layers);
      Stream.concat(plan.a().stream(), plan.b().stream())
          .flatMap(block -> block.views().stream())
          .forEach(bytes::add);
    }
    return bytes.total();
  }

  private static long attention(Pair pair, int layers) {
    DistinctBytes bytes = new DistinctBytes();
    for (Component component : Bodies.common(pair)) {
      for (CanonicalModel model : List.of(pair.a(), pair.b())) {
        chosen(pair, component, AttentionLayer.of(model, component), layers).stream()
            .flatMap(layer -> layer.views().stream())
            .forEach(bytes::add);
      }
    }
    return bytes.total();
  }

  /** The attention that aligns hidden spaces. */
  List<AttentionLayer> attention(Pair pair, Component component, List<AttentionLayer> layers) {
    return chosen(pair, component, layers, attention);
  }

  private static List<AttentionLayer> chosen(
      Pair pair, Component component, List<AttentionLayer> layers, int count) {
    List<Integer> chosen =
        choose(
            pair,
            component,
            layers.stream().map(AttentionLayer::layer).distinct().toList(),
            count);
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
    boolean equallyDeep =
        pair.a().layers(component).size() == pair.b().layers(component).size();
    if (!equallyDeep && count > 1) {
      return LayerPlan.choose(layers, pair.scope(), count);
    }
    return IntStream.range(0, count)
        .mapToObj(index ->
            layers.get(equallyDeep ? (2 * index + 1) * layers.size() / (2 * count) : 0))
        .toList();
  }

  /** MLPs to match by number: of every layer; of many routed experts a choice in some layers. */
  static List<MlpBlock> blocks(List<MlpBlock> blocks, Pair pair) {
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
  static List<PairedTensor> sampled(Pair pair, List<PairedTensor> tensors) {
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
        .filter(tensor -> narrows(tensor.a()) && narrows(tensor.b()))
        .toList();
  }

  /** Whether the first rows can be read without the others. */
  static boolean narrows(TensorView view) {
    long rows = view.shape().rows();
    return rows <= 2 * MOST_ROWS
        || view.shape().rank() < 2
        || DistinctBytes.of(Prefix.of(view, MOST_ROWS)) < DistinctBytes.of(view) / 2;
  }

  /** What is read of a matrix's values: all of it unless few bytes are to be read. */
  static TensorView values(Pair pair, TensorView view) {
    return of(pair).map(economy -> economy.values(view)).orElse(view);
  }

  TensorView values(TensorView view) {
    return Prefix.of(view, rows);
  }

  PairedTensor values(PairedTensor tensor) {
    return values(tensor, rows);
  }

  private static PairedTensor values(PairedTensor tensor, int rows) {
    return tensor.role().part().kind() == Part.Kind.MATRIX
        ? new PairedTensor(
            tensor.role(), Prefix.of(tensor.a(), rows), Prefix.of(tensor.b(), rows))
        : tensor;
  }

  /** An MLP of whose neurons only the first are looked at. */
  static MlpBlock first(MlpBlock block, int neurons) {
    return new MlpBlock(
        block.component(),
        block.layer(),
        block.expert(),
        prefix(block.gate(), neurons),
        Prefix.of(block.up(), neurons),
        block.down(),
        block.gain());
  }

  private static @Nullable TensorView prefix(@Nullable TensorView view, int rows) {
    return view == null ? null : Prefix.of(view, rows);
  }
}
