package dev.stemma.analysis.weights;

import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A copy of some tensors that drifted: each with noise of this share of its norm, gains too. What
 * reads no numbers of units sees a renumbered copy as this one, so that none is renumbered.
 *
 * @param rootMeanSquare of a tensor's values
 * @param drift noise over weights
 */
record PlantedCopy(ToDoubleFunction<TensorView> rootMeanSquare, double drift) {
  private static final long SEED = 0x914A7EDL;
  private static final int RUNS = 64;
  private static final int RUN = 4096;

  /** The correlation of a copy's weights with those before, where they have no mean. */
  static double correlation(double drift) {
    return 1 / Math.sqrt(1 + drift * drift);
  }

  TensorView of(TensorView view) {
    long seed = SEED + Long.rotateLeft(Double.doubleToLongBits(drift), 17) + identity(view);
    return new TensorView.Noised(view, drift * rootMeanSquare.applyAsDouble(view), seed, 0);
  }

  /** Tells a file's tensors apart, the same on every run and in every folder. */
  private static long identity(TensorView view) {
    return switch (view) {
      case TensorView.Stored stored -> {
        String file = stored.bytes().file().toString();
        yield 31 * stored.bytes().offsetBytes()
            + file.substring(file.lastIndexOf('/') + 1).hashCode();
      }
      case TensorView.Transposed transposed -> identity(transposed.of());
      case TensorView.Reshaped reshaped -> identity(reshaped.of());
      case TensorView.Noised noised -> identity(noised.of());
      case TensorView.Rows rows -> 31 * identity(rows.of()) + rows.first();
      case TensorView.Strided strided -> 31 * identity(strided.of()) + strided.first();
      case TensorView.Gathered gathered -> identity(gathered.of());
      case TensorView.Dequantised dequantised -> identity(dequantised.of());
      case TensorView.Unpacked unpacked -> identity(unpacked.of());
      case TensorView.LowRankSum sum -> identity(sum.base());
      case TensorView.Literal literal -> java.util.Arrays.hashCode(literal.values());
    };
  }

  MlpBlock of(MlpBlock block) {
    return new MlpBlock(
        block.component(),
        block.layer(),
        block.expert(),
        orNull(block.gate()),
        of(block.up()),
        of(block.down()),
        orNull(block.gain()));
  }

  AttentionLayer of(AttentionLayer layer) {
    return new AttentionLayer(
        layer.layer(),
        of(layer.query()),
        of(layer.key()),
        of(layer.value()),
        of(layer.output()),
        orNull(layer.gain()),
        layer.heads(),
        layer.keyHeads());
  }

  /** The same tokens' rows of a's table and of its copy. */
  SharedTokens of(SharedTokens tokens) {
    return new SharedTokens(
        tokens.tableA(),
        of(tokens.tableA()),
        tokens.rowsA(),
        tokens.rowsA(),
        tokens.tokensA(),
        tokens.tokensA());
  }

  private @Nullable TensorView orNull(@Nullable TensorView view) {
    return view == null ? null : of(view);
  }

  /** By evenly spread runs of large tensors; values that are not finite say nothing. */
  static double rootMeanSquare(TensorView view, TensorReader tensors) {
    TensorView plain = inFileOrder(view);
    float[] run = new float[runLength(plain)];
    long[] firsts = runs(plain);
    double sum = 0;
    for (long first : firsts) {
      tensors.read(plain, first, run.length, run, 0);
      for (float value : run) {
        sum += Float.isFinite(value) ? (double) value * value : 0;
      }
    }
    return firsts.length == 0 ? 0 : Math.sqrt(sum / ((long) firsts.length * run.length));
  }

  private static int runLength(TensorView plain) {
    return (int) Math.min(RUN, plain.shape().elements());
  }

  /** Where the runs begin. */
  private static long[] runs(TensorView plain) {
    long elements = plain.shape().elements();
    int length = runLength(plain);
    int runs = length == 0 ? 0 : (int) Math.min(RUNS, elements / length);
    long step = runs <= 1 ? 0 : (elements - length) / (runs - 1);
    return LongStream.range(0, runs).map(index -> step * index).toArray();
  }

  /** The rows within which {@link #rootMeanSquare} reads. */
  static List<TensorView> sampled(TensorView view) {
    TensorView plain = inFileOrder(view);
    long columns = Math.max(1, plain.shape().columns());
    return LongStream.of(runs(plain))
        .<TensorView>mapToObj(first -> {
          long row = first / columns;
          long end = Math.ceilDiv(first + runLength(plain), columns);
          return plain.shape().rank() == 0 ? plain : new TensorView.Rows(plain, row, end - row);
        })
        .toList();
  }

  /** What {@link #rootMeanSquare} reads at most. */
  static long sampledBytes(TensorView view) {
    long elements = view.shape().elements();
    double share = Math.min(1, (double) RUNS * RUN / Math.max(1, elements));
    return (long) Math.ceil(share * StoredBytes.of(view));
  }

  /** The same values where their order says nothing: a transposed tensor is read row by row. */
  private static TensorView inFileOrder(TensorView view) {
    return switch (view) {
      case TensorView.Transposed transposed -> inFileOrder(transposed.of());
      case TensorView.Reshaped reshaped -> inFileOrder(reshaped.of());
      default -> view;
    };
  }

  /** Drifts to plant; few where each costs as much as a test of two layers. */
  static List<Double> grades(boolean few) {
    return few
        ? List.of(0.3, 1.0, 2.0)
        : List.of(0.001, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0);
  }
}
