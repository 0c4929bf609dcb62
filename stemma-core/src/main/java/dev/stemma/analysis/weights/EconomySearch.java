package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.weights.PairedTensors.PairedTensor;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;

/**
 * Finds, from headers alone, the limits under which all distinct bytes stay below a share of both
 * models: a part of it for each kind of reading, and what is left for layers that are read whole.
 */
final class EconomySearch {
  // Parts of the bytes that may be read.
  private static final double AIM = 0.95;
  private static final double VALUES = 0.23;
  private static final double NEURONS = 0.13;
  private static final double TOKENS = 0.11;
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

  /** Six moments of each model, squares of the hidden width, must be held. */
  private static final int WIDEST_ATTENTION = 4096;

  private final Pair pair;
  private final List<PairedTensor> tensors;
  private final List<MlpBlock> blocks = new ArrayList<>();
  private final List<TensorView> tables;

  private EconomySearch(Pair pair) {
    this.pair = pair;
    Economy most = new Economy(true, MOST_ROWS, 0, 0, 0, 0, 0);
    tensors = most.tensors(pair, PairedTensors.of(pair).comparable());
    for (Component component : Bodies.common(pair)) {
      for (CanonicalModel model : both()) {
        blocks.addAll(most.blocks(pair, MlpBlock.of(model, component)));
      }
    }
    tables = both().stream().flatMap(model -> SharedTokens.table(model).stream()).toList();
  }

  /** No limits where neither model is large. */
  static Economy of(Pair pair) {
    long a = bytes(pair.a());
    long b = bytes(pair.b());
    return Math.max(a, b) > pair.scope().bound().largeBytes()
        ? new EconomySearch(pair).within(pair.scope().bound().share() * (a + b))
        : Economy.NONE;
  }

  /** Bytes of all tensors as they are stored. */
  static long bytes(CanonicalModel model) {
    return model.tensors().values().stream().mapToLong(StoredBytes::of).sum();
  }

  private Economy within(double bytes) {
    int rows = most(MOST_ROWS, FEWEST_ROWS, VALUES * bytes, this::values);
    int neurons = most(MOST_NEURONS, FEWEST_NEURONS, NEURONS * bytes, this::neurons);
    int tokens = most(MOST_TOKENS, FEWEST_TOKENS, TOKENS * bytes, this::tokens);
    int matched = most(MOST_MATCHED, FEWEST_MATCHED, MATCHED * bytes, this::matched);
    double left =
        AIM * bytes
            - values(rows)
            - neurons(neurons)
            - tokens(tokens)
            - matched(matched)
            - routers();
    int aligned = MOST_ALIGNED;
    while (aligned > 0 && mlps(aligned) > left) {
      aligned--;
    }
    left -= mlps(aligned);
    boolean wide = blocks.stream().anyMatch(block -> block.width() > WIDEST_ATTENTION);
    int attention = aligned == 0 || wide ? 0 : MOST_ATTENTION;
    while (attention > 0 && attention(attention) > left) {
      attention--;
    }
    return new Economy(
        true,
        rows,
        neurons,
        tokens,
        matched,
        aligned,
        attention < FEWEST_ATTENTION ? 0 : attention);
  }

  /** The largest power of two from most down to fewest whose bytes fit; fewest where none does. */
  private static int most(int most, int fewest, double bytes, LongUnaryOperator cost) {
    int count = most;
    while (count > fewest && cost.applyAsLong(count) > bytes) {
      count /= 2;
    }
    return count;
  }

  private List<CanonicalModel> both() {
    return List.of(pair.a(), pair.b());
  }

  private long values(long rows) {
    return tensors.stream()
        .mapToLong(tensor ->
            StoredBytes.of(Prefix.of(tensor.a(), rows))
                + StoredBytes.of(Prefix.of(tensor.b(), rows)))
        .sum();
  }

  private long neurons(long count) {
    return blocks.stream()
        .mapToLong(block ->
            (block.gate() == null ? NeuronSide.UP : NeuronSide.GATE).bytes(block, (int) count))
        .sum();
  }

  private long tokens(long count) {
    return tables.stream().mapToLong(table -> StoredBytes.ofRows(table, count)).sum();
  }

  private long matched(long rows) {
    return WeightRetention.inPlaceBytes(pair, (int) rows);
  }

  private long routers() {
    long bytes = 0;
    for (Component component : Bodies.common(pair)) {
      for (CanonicalModel model : both()) {
        bytes +=
            RouterLayer.planned(pair, model, component, Integer.MAX_VALUE).stream()
                .mapToLong(RouterLayer::bytes)
                .sum();
      }
    }
    return bytes;
  }

  private long mlps(int layers) {
    DistinctBytes bytes = new DistinctBytes();
    for (Component component : Bodies.common(pair)) {
      AgreementPlan plan = AgreementPlan.of(pair, component, layers);
      Stream.concat(plan.a().stream(), plan.b().stream())
          .flatMap(block -> block.views().stream())
          .forEach(bytes::add);
    }
    return bytes.total();
  }

  private long attention(int layers) {
    Economy some = new Economy(true, 0, 0, 0, 0, 0, layers);
    DistinctBytes bytes = new DistinctBytes();
    for (Component component : Bodies.common(pair)) {
      for (CanonicalModel model : both()) {
        some.attention(pair, component, AttentionLayer.of(model, component)).stream()
            .flatMap(layer -> layer.views().stream())
            .forEach(bytes::add);
      }
    }
    return bytes.total();
  }
}
