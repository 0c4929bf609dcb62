package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

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
    implements Analysis<WeightRetention.Unit, WeightRetention.Change> {
  static final String ID = "weights.retention";
  static final String DIFFERENCE = "weights.difference";
  private static final int FEWEST_MATCHED = 16;
  private static final int SCALED = 512;
  private static final int RESCALED = 16;
  private static final int RESCALED_OF_LARGE = 2;
  private static final long LARGE_BYTES = 1L << 24;
  private static final List<String> IN_PLACE = List.of(NeuronMatching.ID);
  private static final List<String> ALIGNED = List.of(NeuronAgreement.ID, SpectralAgreement.ID);

  /** A matched matrix, or an MLP whose neurons are to be matched under an alignment. */
  record Unit(
      Component component,
      MatchedMatrices.@Nullable InPlace inPlace,
      @Nullable MlpBlock blockA,
      @Nullable MlpBlock blockB,
      Alignment.@Nullable Kind alignment,
      @Nullable SharedTokens tokens)
      implements WorkUnit {
    @Override
    public long bytes() {
      if (inPlace != null) {
        return inPlace.bytes();
      }
      long bytes = tokens == null ? 0 : tokens.bytes();
      for (MlpBlock block : new @Nullable MlpBlock[] {blockA, blockB}) {
        if (block != null) {
          long scales =
              alignment == null
                  ? NeuronSide.UP.bytes(block, SCALED) + NeuronSide.DOWN.bytes(block, SCALED)
                  : NeuronSide.UP.bytes(block) + NeuronSide.DOWN.bytes(block);
          // Under an alignment its neurons are matched first, and what they read is compared then.
          bytes += scales + (alignment == null ? 0 : block.bytes() + reading(block).bytes(block));
        }
      }
      return bytes;
    }
  }

  /** What one unit says. */
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
      double rescaled)
      implements Partial {
    static final Change NOTHING =
        new Change(
            "", new double[0], new double[0], Double.NaN, Double.NaN, 0, 0, 0, 0, 0, Double.NaN);

    Change rescaled(double spread) {
      return new Change(
          name, aInB, bInA, relativeChange, equalShare, rank, gap, gridA, gridB, bits, spread);
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
        for (MatchedMatrices.InPlace matrix :
            MatchedMatrices.inPlace(pair, component, direct.get())) {
          units.add(new Unit(component, matrix, null, null, null, null));
        }
        List<Unit> scaled = new ArrayList<>();
        linked(pair, component, direct.get(), (a, b) -> {
          if (a.neurons() == b.neurons()) {
            scaled.add(new Unit(component, null, a, b, null, null));
          }
        });
        units.addAll(fewer(pair, scaled));
      } else {
        MatchedMatrices.relating(pair, component, ALIGNED)
            .ifPresent(found -> addAligned(units, pair, component, found));
      }
    }
    return units;
  }

  @Override
  public List<Unit> most(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Unit> direct = new ArrayList<>();
      for (MatchedMatrices.InPlace matrix : MatchedMatrices.most(pair, component)) {
        direct.add(new Unit(component, matrix, null, null, null, null));
      }
      List<Unit> scaled = new ArrayList<>();
      List<Unit> aligned = new ArrayList<>();
      SharedTokens tokens =
          SharedTokens.of(pair.a(), pair.b()).map(SharedTokens::sampled).orElse(null);
      AgreementPlan plan = AgreementPlan.of(pair, component);
      MlpBlock largest =
          plan.a().stream().max(Comparator.comparingLong(MlpBlock::bytes)).orElse(null);
      for (MlpBlock b : plan.b()) {
        scaled.add(new Unit(component, null, largest, b, null, null));
        aligned.add(new Unit(component, null, largest, b, Alignment.Kind.PROCRUSTES, tokens));
      }
      direct.addAll(fewer(pair, scaled));
      units.addAll(bytes(direct) >= bytes(aligned) ? direct : aligned);
    }
    return units;
  }

  private static long bytes(List<Unit> units) {
    return units.stream().mapToLong(Unit::bytes).sum();
  }

  private static void addAligned(List<Unit> units, Pair pair, Component component, Measured found) {
    SharedTokens tokens =
        SharedTokens.of(pair.a(), pair.b())
            .filter(shared -> shared.count() >= SharedTokens.FEWEST)
            .map(SharedTokens::sampled)
            .orElse(null);
    if (tokens == null || !found.id().equals(NeuronAgreement.ID)) {
      return;
    }
    double permutation = found.value("agreement.permutation", 0);
    double procrustes = found.value("agreement.procrustes", 0);
    Alignment.Kind kind =
        permutation >= 0.8 * procrustes ? Alignment.Kind.PERMUTATION : Alignment.Kind.PROCRUSTES;
    linked(
        pair,
        component,
        found,
        (a, b) -> units.add(new Unit(component, null, a, b, kind, tokens)));
  }

  /** MLPs whose gains of scale are looked at where neurons kept their numbers: evenly spread. */
  private static List<Unit> fewer(Pair pair, List<Unit> scaled) {
    boolean large = scaled.stream().anyMatch(unit -> unit.bytes() > LARGE_BYTES);
    int most = large ? RESCALED_OF_LARGE : RESCALED;
    if (pair.scope().thorough() || scaled.size() <= most) {
      return scaled;
    }
    List<Unit> chosen = new ArrayList<>();
    for (int index = 0; index < most; index++) {
      chosen.add(scaled.get((int) ((2L * index + 1) * scaled.size() / (2L * most))));
    }
    return chosen;
  }

  /** The MLPs that a finding links. */
  private static void linked(
      Pair pair, Component component, Measured found, BiConsumer<MlpBlock, MlpBlock> each) {
    List<MlpBlock> blocksA = MlpBlock.of(pair.a(), component);
    List<MlpBlock> blocksB = MlpBlock.of(pair.b(), component);
    for (MlpBlock b : blocksB) {
      double link = found.value("link." + b.layer() + "." + b.expert(), Double.NaN);
      if (Double.isNaN(link)) {
        continue;
      }
      for (MlpBlock a : blocksA) {
        if (NeuronMatchingEvidence.encode(a.layer(), a.expert()) == link) {
          each.accept(a, b);
        }
      }
    }
  }

  @Override
  public Change measure(Unit unit, TensorReader tensors) {
    if (unit.inPlace() != null) {
      return inPlace(unit.inPlace(), tensors);
    }
    if (unit.blockA() == null || unit.blockB() == null) {
      return Change.NOTHING;
    }
    if (unit.alignment() == null || unit.tokens() == null) {
      int[] neurons = Weights.sample(unit.blockA().neurons(), SCALED);
      return Change.NOTHING.rescaled(
          rescaled(unit.blockA(), unit.blockB(), neurons, neurons, tensors));
    }
    Alignment alignment = Alignment.byEmbeddings(unit.alignment(), unit.tokens(), tensors);
    return aligned(unit.blockA(), unit.blockB(), alignment, tensors);
  }

  private static Change inPlace(MatchedMatrices.InPlace matrix, TensorReader tensors) {
    Matrix a = matrix.sampled(matrix.a(), tensors);
    Matrix b = matrix.sampled(matrix.b(), tensors);
    double equal = Difference.equalShare(a, b);
    double grid4A = Difference.gridShare(a, 7);
    double grid4B = Difference.gridShare(b, 7);
    double grid8A = Difference.gridShare(a, 127);
    double grid8B = Difference.gridShare(b, 127);
    boolean four = Math.max(grid4A, grid4B) >= 0.5;
    double gridA = MatchedMatrices.storedQuantised(matrix.a()) ? 1 : four ? grid4A : grid8A;
    double gridB = MatchedMatrices.storedQuantised(matrix.b()) ? 1 : four ? grid4B : grid8B;
    Difference.Gap gap = equal < 1 ? Difference.largestGap(a, b) : new Difference.Gap(0, 0);
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
        four ? 4 : 8,
        Double.NaN);
  }

  /** Matches the neurons under the alignment and compares what their gates read. */
  private static Change aligned(
      MlpBlock blockA, MlpBlock blockB, Alignment alignment, TensorReader tensors) {
    Neurons a = Neurons.read(tensors, blockA, alignment.frameA());
    Neurons b = Neurons.read(tensors, blockB, alignment.frameB());
    boolean bAsks = b.count() <= a.count();
    Neurons.Agreement found = bAsks ? b.agreementWith(a, b.count()) : a.agreementWith(b, a.count());
    if (found.count() < FEWEST_MATCHED) {
      return Change.NOTHING;
    }
    int[] asking = new int[found.count()];
    int[] partner = new int[found.count()];
    int next = 0;
    for (int index = 0; index < found.asking().length; index++) {
      if (found.partner()[index] >= 0) {
        asking[next] = found.asking()[index];
        partner[next++] = found.partner()[index];
      }
    }
    int[] rowsA = bAsks ? partner : asking;
    int[] rowsB = bAsks ? asking : partner;
    NeuronSide reading = reading(blockA);
    LinearAlgebra algebra = LinearAlgebra.best();
    Matrix left =
        algebra.multiply(reading.all(tensors, blockA).selectRows(rowsA), alignment.frameA());
    Matrix right =
        algebra.multiply(reading.all(tensors, blockB).selectRows(rowsB), alignment.frameB());
    return new Change(
        "layer " + blockB.layer() + " " + reading,
        Difference.retention(left, right),
        Difference.retention(right, left),
        Difference.relativeChange(left, right),
        0,
        0,
        0,
        0,
        0,
        0,
        rescaled(blockA, blockB, rowsA, rowsB, tensors));
  }

  private static NeuronSide reading(MlpBlock block) {
    return block.gate() == null ? NeuronSide.UP : NeuronSide.GATE;
  }

  /** Spread over neurons of the change in log(|up| / |down|). */
  private static double rescaled(
      MlpBlock blockA, MlpBlock blockB, int[] rowsA, int[] rowsB, TensorReader tensors) {
    Matrix upA = NeuronSide.UP.some(tensors, blockA, rowsA);
    Matrix upB = NeuronSide.UP.some(tensors, blockB, rowsB);
    Matrix downA = NeuronSide.DOWN.some(tensors, blockA, rowsA);
    Matrix downB = NeuronSide.DOWN.some(tensors, blockB, rowsB);
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
    double mean = sum / counted;
    return Math.sqrt(Math.max(0, squares / counted - mean * mean));
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Change> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Change> changes = new ArrayList<>();
      List<Double> rescaled = new ArrayList<>();
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() != component) {
          continue;
        }
        Change change = partials.get(index);
        if (change.aInB().length > 0) {
          changes.add(change);
        }
        if (!Double.isNaN(change.rescaled())) {
          rescaled.add(change.rescaled());
        }
      }
      if (changes.isEmpty()) {
        evidence.add(new NotApplicable(ID, component, "no matrices were found to correspond"));
      } else {
        evidence.add(RetentionEvidence.retention(component, changes));
        evidence.add(RetentionEvidence.difference(component, changes, rescaled));
      }
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }
}
