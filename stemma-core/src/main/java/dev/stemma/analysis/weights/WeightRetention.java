package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Question: what became of the values, once units are matched: who keeps whose fine structure?
 *
 * <p>Statistic: for each matched matrix the share of A's content that B keeps, in eight bands of
 * A's singular directions, and the reverse. If B = c A + something new, the share is the same c in
 * every band; two models that both left a third keep each other's leading directions only; a shared
 * initialisation keeps the bulk and not the leading directions. Beside it the relative change, the
 * spectrum of the difference (low rank), equal values and quantisation grids. Calibrated on true
 * families, see the thresholds. Fooled by: a sibling that hardly moved from the common parent,
 * which looks like the parent.
 */
public final class WeightRetention
    implements Analysis<WeightRetention.Unit, WeightRetention.Changes> {
  static final String ID = "weights.retention";
  static final String DIFFERENCE = "weights.difference";
  private static final int SIZES_OF_LARGE = 512;
  private static final int MLPS_OF_LARGE = 2;

  /** Hidden dimensions by which a neuron's size is told where few bytes are to be read. */
  private static final int SIZED_ROWS = 128;

  private static final List<String> IN_PLACE = List.of(NeuronMatching.ID);
  private static final List<String> ALIGNED = List.of(NeuronAgreement.ID, SpectralAgreement.ID);

  private final boolean byMatrix;

  /** Tells medians over the matrices. */
  public WeightRetention() {
    this(false);
  }

  private WeightRetention(boolean byMatrix) {
    this.byMatrix = byMatrix;
  }

  /** Tells each matrix's figures too, as {@link MatrixSteps}, for what is drawn from many pairs. */
  public static WeightRetention withSteps() {
    return new WeightRetention(true);
  }

  /** What one unit compares. */
  sealed interface Unit extends WorkUnit {
    Component component();
  }

  /** A matrix that stands in both models as it is. */
  record InPlace(Component component, MatchedMatrices.InPlace matrix) implements Unit {
    @Override
    public long bytes() {
      return matrix.bytes();
    }
  }

  /** The sizes of neurons that have one number in both models. */
  record Sizes(Component component, AlignedChanges.MlpPair pair) implements Unit {
    @Override
    public long bytes() {
      long bytes = 0;
      for (MlpBlock block : List.of(pair.a(), pair.b())) {
        bytes += NeuronSide.UP.bytes(block, neurons()) + NeuronSide.DOWN.bytes(block);
      }
      return bytes;
    }

    int neurons() {
      return pair.large() ? SIZES_OF_LARGE : pair.a().neurons();
    }
  }

  /** MLPs whose neurons are to be matched under an alignment. */
  record Aligned(
      Component component, List<AlignedChanges.MlpPair> pairs, AlignedChanges.Source source)
      implements Unit {
    @Override
    public List<TensorView> within() {
      List<TensorView> views = new ArrayList<>(source.views());
      for (AlignedChanges.MlpPair pair : pairs) {
        views.addAll(pair.a().views());
        views.addAll(pair.b().views());
      }
      return views;
    }

    @Override
    public long bytes() {
      return AlignedChanges.bytes(pairs, source);
    }
  }

  /** What one unit says. */
  record Changes(List<Change> changes) implements Partial {}

  /**
   * What one matrix says.
   *
   * @param bits of a grid that either lies on; 0 where none was seen
   * @param rounded share of the other's values that the grid rounds to these; NaN without one
   * @param rescaled spread of the neurons' changes of size; NaN where it was not measured
   * @param renumbered share of hidden dimensions that the fitted map sends to one other; NaN
   *     without such a map
   * @param scalable whether a copier may rescale its rows or columns and keep the function
   * @param movedA whose the leading directions of the difference are, see {@link Difference.Gap}
   * @param cosine between the two as one vector each
   * @param growth Frobenius norm of B's over that of A's
   * @param link the two matrices' places; empty where they are not of one place each
   */
  record Change(
      String name,
      double[] aInB,
      double[] bInA,
      double relativeChange,
      double equalShare,
      int rank,
      double gap,
      double gridA,
      double gridB,
      int bits,
      double rounded,
      double rescaled,
      boolean scalable,
      double renumbered,
      double[] movedA,
      double cosine,
      double growth,
      String link)
      implements java.io.Serializable {
    /** Only the neurons' sizes were compared. */
    static Change ofSizes(String name, double rescaled) {
      double[] none = new double[Difference.BANDS];
      java.util.Arrays.fill(none, Double.NaN);
      return new Change(
          name,
          none,
          none,
          Double.NaN,
          Double.NaN,
          0,
          0,
          Double.NaN,
          Double.NaN,
          0,
          Double.NaN,
          rescaled,
          true,
          Double.NaN,
          new double[0],
          Double.NaN,
          Double.NaN,
          "");
    }

    boolean ofValues() {
      return !Double.isNaN(relativeChange);
    }
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Once units are matched, who keeps whose fine structure, and how much changed?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      Optional<Measured> direct = MatchedMatrices.relating(pair, component, IN_PLACE);
      if (direct.isPresent()) {
        MatchedMatrices.inPlace(pair, component, direct.get())
            .forEach(matrix -> units.add(new InPlace(component, matrix)));
        units.addAll(sizes(pair, component, AlignedChanges.linked(pair, component, direct.get())));
      } else {
        MatchedMatrices.relating(pair, component, ALIGNED)
            .ifPresent(found ->
                AlignedChanges.source(pair, component, found)
                    .ifPresent(source ->
                        units.add(
                            new Aligned(
                                component,
                                AlignedChanges.linked(pair, component, found),
                                source))));
      }
    }
    return units;
  }

  private static List<Unit> sizes(
      Pair pair, Component component, List<AlignedChanges.MlpPair> linked) {
    List<AlignedChanges.MlpPair> equal =
        linked.stream().filter(one -> one.a().up().shape().equals(one.b().up().shape())).toList();
    boolean few = Economy.of(pair).sparing();
    return AlignedChanges.fewer(pair, equal, MLPS_OF_LARGE).stream()
        .<Unit>map(one -> new Sizes(component, few ? sized(one) : one))
        .toList();
  }

  /** Some neurons, their size told by what they write to some dimensions. */
  private static AlignedChanges.MlpPair sized(AlignedChanges.MlpPair pair) {
    return new AlignedChanges.MlpPair(sized(pair.a()), sized(pair.b()));
  }

  private static MlpBlock sized(MlpBlock block) {
    MlpBlock some = block.first(SIZES_OF_LARGE);
    return new MlpBlock(
        some.component(),
        some.layer(),
        some.expert(),
        some.gate(),
        some.up(),
        Prefix.of(some.down(), SIZED_ROWS),
        some.gain());
  }

  /** At most so many bytes tell changes in place, from so many rows of each matrix. */
  static long inPlaceBytes(Pair pair, int rows) {
    long bytes = 0;
    for (Component component : Bodies.common(pair)) {
      long largest = 0;
      for (CanonicalModel model : List.of(pair.a(), pair.b())) {
        for (Map.Entry<Role, TensorView> entry : model.tensors().entrySet()) {
          if (entry.getKey().component() == component && entry.getKey().layer() >= 0) {
            largest = Math.max(largest, StoredBytes.ofRows(entry.getValue(), rows));
          }
        }
        long sizes =
            MlpBlock.of(model, component).stream()
                .mapToLong(block ->
                    StoredBytes.ofRows(block.up(), SIZES_OF_LARGE)
                        + StoredBytes.ofRows(block.down(), SIZED_ROWS))
                .max()
                .orElse(0);
        bytes += MLPS_OF_LARGE * sizes;
      }
      bytes += 2L * MatchedMatrices.MOST_OF_LARGE * largest;
    }
    return bytes;
  }

  @Override
  public List<Unit> most(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<AlignedChanges.MlpPair> mlps = AlignedChanges.most(pair, component);
      units.addAll(sizes(pair, component, AlignedChanges.mostByNumber(pair, component)));
      MatchedMatrices.most(pair, component)
          .forEach(matrix -> units.add(new InPlace(component, matrix)));
      AlignedChanges.sources(pair, component).stream()
          .<Unit>map(source -> new Aligned(component, mlps, source))
          .max(Comparator.comparingLong(Unit::bytes))
          .ifPresent(units::add);
    }
    return units;
  }

  @Override
  public Changes measure(Unit unit, TensorReader tensors) {
    return new Changes(
        switch (unit) {
          case InPlace one -> List.of(inPlace(one.matrix(), tensors));
          case Sizes one -> List.of(sizes(one, tensors));
          case Aligned many -> AlignedChanges.measure(many.pairs(), many.source(), tensors);
        });
  }

  private static Change sizes(Sizes unit, TensorReader tensors) {
    AlignedChanges.MlpPair pair = unit.pair();
    int[] some = Weights.sample(pair.a().neurons(), unit.neurons());
    return Change.ofSizes(
        "layer " + pair.b().layer(), AlignedChanges.rescaled(pair, some, some, tensors));
  }

  private static Change inPlace(MatchedMatrices.InPlace matrix, TensorReader tensors) {
    Matrix a = matrix.sampled(matrix.a(), tensors);
    Matrix b = matrix.sampled(matrix.b(), tensors);
    double equal = Difference.equalShare(a, b);
    ValueGrid onA = ValueGrid.of(a);
    ValueGrid onB = ValueGrid.of(b);
    boolean aIsOn = onA.bits() > 0;
    ValueGrid grid = aIsOn ? onA : onB;
    double gridA = MatchedMatrices.storedQuantised(matrix.a()) ? 1 : grid.share(a);
    double gridB = MatchedMatrices.storedQuantised(matrix.b()) ? 1 : grid.share(b);
    double rounded = aIsOn ? grid.rounded(a, b) : grid.rounded(b, a);
    Difference.Gap gap = equal < 1 ? Difference.largestGap(a, b) : Difference.Gap.NONE;
    return new Change(
        matrix.name(),
        Difference.retention(a, b),
        Difference.retention(b, a),
        Difference.relativeChange(a, b),
        equal,
        gap.rank(),
        gap.ratio(),
        gridA,
        gridB,
        grid.bits(),
        rounded,
        Double.NaN,
        matrix.scalable(),
        Double.NaN,
        gap.movedA(),
        Difference.cosine(a, b),
        b.frobeniusNorm() / a.frobeniusNorm(),
        MatrixSteps.link(matrix.roleA(), matrix.roleB()));
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Changes> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Change> changes = new ArrayList<>();
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() == component) {
          changes.addAll(partials.get(index).changes());
        }
      }
      if (changes.stream().noneMatch(Change::ofValues)) {
        evidence.add(new NotApplicable(ID, component, "no matrices were found to correspond"));
      } else {
        evidence.add(RetentionEvidence.retention(component, changes));
        evidence.add(RetentionEvidence.difference(component, changes));
        if (byMatrix) {
          evidence.add(MatrixSteps.of(component, RetentionEvidence.comparable(changes)));
        }
      }
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }
}
