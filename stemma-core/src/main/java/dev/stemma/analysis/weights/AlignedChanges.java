package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Measured;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What changed between MLPs whose neurons were found only after the hidden spaces were aligned. The
 * neurons are matched, the alignment is fitted anew on what they add (up) and write (down), and the
 * comparison is made on what their gates read, which took no part in that fit.
 */
final class AlignedChanges {
  private static final int FEWEST_MATCHED = 16;
  private static final float ALONE = 0.8f;
  private static final int MOST_OF_LARGE = 8;
  private static final long LARGE_ELEMENTS = 4_000_000;
  private static final int WIDEST_SPECTRUM = 2048;

  private AlignedChanges() {}

  /** One MLP of each model. */
  record MlpPair(MlpBlock a, MlpBlock b) implements Serializable {
    long bytes() {
      return a.bytes() + b.bytes();
    }

    boolean large() {
      return a.up().shape().elements() > LARGE_ELEMENTS;
    }
  }

  /** How a first alignment is found. */
  sealed interface Source extends Serializable {
    /** What the alignments to try are fitted on. */
    long bytes();

    /** Where that is. */
    List<TensorView> views();

    /** How many of them there are at most. */
    int alignments();
  }

  /** By the embeddings of shared tokens. */
  record ByEmbeddings(Alignment.Kind kind, SharedTokens tokens) implements Source {
    @Override
    public long bytes() {
      return tokens.bytes();
    }

    @Override
    public List<TensorView> views() {
      return tokens.views();
    }

    @Override
    public int alignments() {
      return 1;
    }
  }

  /** By attention, all layers together or one of each. */
  record ByAttention(List<AttentionLayer> a, List<AttentionLayer> b) implements Source {
    @Override
    public long bytes() {
      return Stream.concat(a.stream(), b.stream()).mapToLong(AttentionLayer::bytes).sum();
    }

    @Override
    public List<TensorView> views() {
      return Stream.concat(a.stream(), b.stream())
          .flatMap(layer -> layer.views().stream())
          .toList();
    }

    @Override
    public int alignments() {
      return 2 * SpectralAgreement.MOST_ATTEMPTS;
    }
  }

  /**
   * Bytes that {@link #measure} reads: all MLPs under each alignment and under the map fitted anew,
   * and two parts of that for the fit and for the changes.
   */
  static long bytes(List<MlpPair> pairs, Source source) {
    long mlps = pairs.stream().mapToLong(MlpPair::bytes).sum();
    return source.bytes() + (source.alignments() + 3) * mlps;
  }

  /** Every source that a finding may lead to. */
  static List<Source> sources(Pair pair, Component component) {
    List<Source> sources = new ArrayList<>();
    if (Economy.of(pair).leavesOutMlps()) {
      return sources;
    }
    SharedTokens.of(pair.a(), pair.b())
        .filter(shared -> shared.count() >= SharedTokens.FEWEST)
        .ifPresent(shared ->
            sources.add(new ByEmbeddings(Alignment.Kind.PROCRUSTES, shared.sampled(pair))));
    byAttention(pair, component).ifPresent(sources::add);
    return sources;
  }

  /** How to align, from what the tests under alignment found. */
  static Optional<Source> source(Pair pair, Component component, Measured found) {
    if (found.id().equals(NeuronAgreement.ID)) {
      double permutation = found.value("agreement.permutation", 0);
      double procrustes = found.value("agreement.procrustes", 0);
      Alignment.Kind kind =
          permutation >= 0.8 * procrustes ? Alignment.Kind.PERMUTATION : Alignment.Kind.PROCRUSTES;
      return SharedTokens.of(pair.a(), pair.b())
          .filter(shared -> shared.count() >= SharedTokens.FEWEST)
          .map(shared -> new ByEmbeddings(kind, shared.sampled(pair)));
    }
    return byAttention(pair, component);
  }

  private static Optional<Source> byAttention(Pair pair, Component component) {
    List<AttentionLayer> a = attention(pair, component, pair.a());
    List<AttentionLayer> b = attention(pair, component, pair.b());
    boolean possible =
        !a.isEmpty()
            && !b.isEmpty()
            && Math.max(a.getFirst().width(), b.getFirst().width()) <= WIDEST_SPECTRUM;
    return possible ? Optional.of(new ByAttention(a, b)) : Optional.empty();
  }

  private static List<AttentionLayer> attention(
      Pair pair, Component component, CanonicalModel model) {
    List<AttentionLayer> all = AttentionLayer.of(model, component);
    return Economy.of(pair).attention(pair, component, all);
  }

  /** The MLPs that the finding links, fewer where they are large. */
  static List<MlpPair> linked(Pair pair, Component component, Measured found) {
    List<MlpPair> linked = new ArrayList<>();
    List<MlpBlock> blocksA = MlpBlock.of(pair.a(), component);
    for (MlpBlock b : MlpBlock.of(pair.b(), component)) {
      double link = found.value("link." + b.layer() + "." + b.expert(), Double.NaN);
      for (MlpBlock a : blocksA) {
        if (NeuronMatchingEvidence.encode(a.layer(), a.expert()) == link
            && (a.gate() == null) == (b.gate() == null)) {
          linked.add(new MlpPair(a, b));
        }
      }
    }
    return fewer(pair, linked, MOST_OF_LARGE);
  }

  /** An even choice where they are large. */
  static List<MlpPair> fewer(Pair pair, List<MlpPair> pairs, int most) {
    if (pair.scope().thorough()
        || pairs.size() <= most
        || (pairs.stream().noneMatch(MlpPair::large) && !Economy.of(pair).sparing())) {
      return pairs;
    }
    List<MlpPair> chosen = new ArrayList<>();
    for (int index = 0; index < most; index++) {
      chosen.add(pairs.get((int) ((long) index * pairs.size() / most)));
    }
    return chosen;
  }

  /** As many MLPs of the largest size as a finding under alignments can link. */
  static List<MlpPair> most(Pair pair, Component component) {
    if (Economy.of(pair).sparing()) {
      AgreementPlan whole = AgreementPlan.of(pair, component);
      return IntStream.range(0, Math.min(whole.a().size(), whole.b().size()))
          .mapToObj(index -> new MlpPair(whole.a().get(index), whole.b().get(index)))
          .toList();
    }
    return mostByNumber(pair, component);
  }

  /** As many MLPs of the largest size as a finding by numbers can link. */
  static List<MlpPair> mostByNumber(Pair pair, Component component) {
    List<MlpBlock> all = BlockPlan.of(pair, component).a();
    return all.stream()
        .max(Comparator.comparingLong(MlpBlock::bytes))
        .map(a ->
            fewer(
                pair,
                BlockPlan.of(pair, component).b().stream().map(b -> new MlpPair(a, b)).toList(),
                MOST_OF_LARGE))
        .orElse(List.of());
  }

  static List<WeightRetention.Change> measure(
      List<MlpPair> pairs, Source source, TensorReader tensors) {
    List<Matched> best =
        alignments(source, tensors).stream()
            .map(alignment -> match(pairs, alignment, false, tensors))
            .max(Comparator.comparingInt(AlignedChanges::count))
            .orElse(List.of());
    boolean exact =
        source instanceof ByEmbeddings embeddings
            && embeddings.kind() == Alignment.Kind.PERMUTATION;
    if (!exact && !best.isEmpty()) {
      List<Matched> again =
          refitted(best, tensors).map(fit -> match(pairs, fit, true, tensors)).orElse(best);
      best = count(again) >= count(best) ? again : best;
    }
    return best.stream().map(matched -> change(matched, tensors)).toList();
  }

  private static List<Alignment> alignments(Source source, TensorReader tensors) {
    return switch (source) {
      case ByEmbeddings embeddings ->
          List.of(Alignment.byEmbeddings(embeddings.kind(), embeddings.tokens(), tensors));
      case ByAttention attention -> byAttention(attention, tensors);
    };
  }

  private static List<Alignment> byAttention(ByAttention attention, TensorReader tensors) {
    List<Alignment> found = new ArrayList<>();
    List<Matrix> a = SpectralAgreement.sum(attention.a(), tensors);
    List<Matrix> b = SpectralAgreement.sum(attention.b(), tensors);
    int width = Math.min(a.getFirst().rows(), b.getFirst().rows());
    for (int rank = Math.max(8, width / 4); rank <= width; rank *= 2) {
      SpectralAlignment.of(
              SpectralAlignment.Reduced.of(a, rank),
              SpectralAlignment.Reduced.of(b, rank),
              SpectralAgreement.STARTS)
          .ifPresent(alignment -> {
            found.add(alignment);
            found.add(alignment.reversed());
          });
    }
    return found;
  }

  /** Two MLPs under an alignment, with the rows that are one neuron's. */
  private record Matched(
      MlpPair pair, Alignment alignment, boolean refitted, int[] rowsA, int[] rowsB) {}

  private static int count(List<Matched> all) {
    return all.stream().mapToInt(matched -> matched.rowsA().length).sum();
  }

  private static List<Matched> match(
      List<MlpPair> pairs, Alignment alignment, boolean refitted, TensorReader tensors) {
    List<Matched> all = new ArrayList<>();
    for (MlpPair pair : pairs) {
      Neurons a = Neurons.read(tensors, pair.a(), alignment.frameA());
      Neurons b = Neurons.read(tensors, pair.b(), alignment.frameB());
      boolean bAsks = b.count() <= a.count();
      Neurons.Agreement found =
          bAsks ? b.agreementWith(a, b.count()) : a.agreementWith(b, a.count());
      if (found.count() >= FEWEST_MATCHED) {
        all.add(matched(pair, alignment, refitted, found, bAsks));
      }
    }
    return all;
  }

  private static Matched matched(
      MlpPair pair, Alignment alignment, boolean refitted, Neurons.Agreement found, boolean bAsks) {
    int[] asking = new int[found.count()];
    int[] partner = new int[found.count()];
    int next = 0;
    for (int index = 0; index < found.asking().length; index++) {
      if (found.partner()[index] >= 0) {
        asking[next] = found.asking()[index];
        partner[next++] = found.partner()[index];
      }
    }
    return new Matched(
        pair, alignment, refitted, bAsks ? partner : asking, bAsks ? asking : partner);
  }

  /** The orthogonal map under which what matched neurons add and write agrees best. */
  private static Optional<Alignment> refitted(List<Matched> all, TensorReader tensors) {
    LinearAlgebra algebra = LinearAlgebra.best();
    @Nullable Matrix sum = null;
    int rows = 0;
    for (Matched matched : all) {
      boolean gated = matched.pair().a().gate() != null;
      for (NeuronSide side :
          gated ? List.of(NeuronSide.UP, NeuronSide.DOWN) : List.of(NeuronSide.DOWN)) {
        Matrix a =
            side.all(tensors, matched.pair().a()).selectRows(matched.rowsA()).normaliseRows();
        Matrix b =
            side.all(tensors, matched.pair().b()).selectRows(matched.rowsB()).normaliseRows();
        if (gated) {
          turnTowards(
              a,
              algebra.multiply(a, matched.alignment().frameA()),
              algebra.multiply(b, matched.alignment().frameB()));
        }
        Matrix product = algebra.multiplyTransposed(a, b);
        sum = sum == null ? product : sum.add(product, 1);
        rows += matched.rowsA().length;
      }
    }
    if (sum == null || rows < 2 * Math.max(sum.rows(), sum.columns())) {
      return Optional.empty();
    }
    Matrix map = algebra.polar(sum);
    return Optional.of(Alignment.of(map, renumbered(map)));
  }

  /** Share of dimensions that a map sends to one other nearly alone. */
  private static double renumbered(Matrix map) {
    int count = 0;
    for (int row = 0; row < map.rows(); row++) {
      float largest = 0;
      for (int column = 0; column < map.columns(); column++) {
        largest = Math.max(largest, Math.abs(map.get(row, column)));
      }
      count += largest >= ALONE ? 1 : 0;
    }
    return (double) count / map.rows();
  }

  /** Up and down may have flipped their sign together. */
  private static void turnTowards(Matrix rows, Matrix a, Matrix b) {
    for (int row = 0; row < rows.rows(); row++) {
      double dot = 0;
      for (int column = 0; column < a.columns(); column++) {
        dot += (double) a.get(row, column) * b.get(row, column);
      }
      for (int column = 0; dot < 0 && column < rows.columns(); column++) {
        rows.set(row, column, -rows.get(row, column));
      }
    }
  }

  private static WeightRetention.Change change(Matched matched, TensorReader tensors) {
    MlpBlock blockA = matched.pair().a();
    MlpBlock blockB = matched.pair().b();
    NeuronSide reading = blockA.gate() == null ? NeuronSide.UP : NeuronSide.GATE;
    LinearAlgebra algebra = LinearAlgebra.best();
    Matrix rowsA = reading.all(tensors, blockA).selectRows(matched.rowsA());
    Matrix rowsB = reading.all(tensors, blockB).selectRows(matched.rowsB());
    Matrix left = algebra.multiply(rowsA, matched.alignment().frameA());
    Matrix right = algebra.multiply(rowsB, matched.alignment().frameB());
    Difference.Gap gap = Difference.largestGap(left, right);
    return new WeightRetention.Change(
        "layer " + blockB.layer() + " " + reading,
        Difference.retention(left, right),
        Difference.retention(right, left),
        Difference.relativeChange(left, right),
        0,
        gap.rank(),
        gap.ratio(),
        Double.NaN,
        Double.NaN,
        0,
        Double.NaN,
        rescaled(matched.pair(), matched.rowsA(), matched.rowsB(), tensors),
        false,
        matched.refitted() ? matched.alignment().sameNumber() : Double.NaN,
        gap.movedA(),
        Difference.cosine(left, right),
        right.frobeniusNorm() / left.frobeniusNorm(),
        MatrixSteps.link(blockA.reads(), blockB.reads()));
  }

  /** Spread over neurons of the change in log(|up| / |down|). */
  static double rescaled(MlpPair pair, int[] rowsA, int[] rowsB, TensorReader tensors) {
    Matrix upA = NeuronSide.UP.some(tensors, pair.a(), rowsA);
    Matrix upB = NeuronSide.UP.some(tensors, pair.b(), rowsB);
    Matrix downA = NeuronSide.DOWN.some(tensors, pair.a(), rowsA);
    Matrix downB = NeuronSide.DOWN.some(tensors, pair.b(), rowsB);
    double sum = 0;
    double squares = 0;
    int counted = 0;
    for (int index = 0; index < rowsA.length; index++) {
      double change =
          Math.log(upB.rowNorm(index) / downB.rowNorm(index))
              - Math.log(upA.rowNorm(index) / downA.rowNorm(index));
      if (Double.isFinite(change)) {
        sum += change;
        squares += change * change;
        counted++;
      }
    }
    if (counted == 0) {
      return Double.NaN;
    }
    double mean = sum / counted;
    return Math.sqrt(Math.max(0, squares / counted - mean * mean));
  }
}
