package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.analysis.weights.ShuffledControl.Similarities;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.PairStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Question: do tensors with the same role and the same numbering of units hold similar numbers?
 *
 * <p>Statistic: the mean Pearson correlation of the matrices of a component, and how far the mean
 * cosine of units with the same number stands above that of shuffled units of the same tensors.
 *
 * <p>Null hypothesis: b's neurons and hidden dimensions are numbered independently of a's
 * (permutation-equivariant training from another seed), so that shuffling them changes nothing.
 *
 * <p>Paper: Zhu et al., Independence tests for language models, arXiv 2502.12292; the permutation
 * distribution is Hoeffding's (1951).
 *
 * <p>Fooled by: a permuted, rotated or re-layered copy (looks unrelated here); a shared
 * initialisation seed (looks related). Norm weights sit around one, so that their raw cosine is .95
 * to .99 between unrelated models: it is shown and never counts.
 */
public final class WeightSimilarity
    implements Analysis<WeightSimilarity.Unit, WeightSimilarity.Result> {
  /** The report's key. */
  public static final String ID = "weights.similarity";

  /** A chunk to sum or units to shuffle. */
  public sealed interface Unit extends WorkUnit {}

  private record Summing(PairPass.Chunk chunk) implements Unit {
    @Override
    public long bytes() {
      return chunk.bytes();
    }

    @Override
    public List<TensorView> within() {
      return chunk.within();
    }
  }

  private record Shuffling(ShuffledControl.Sample sample) implements Unit {
    @Override
    public long bytes() {
      return sample.bytes();
    }

    @Override
    public List<TensorView> within() {
      return sample.within();
    }
  }

  /** What a unit gave. */
  public sealed interface Result extends Partial {}

  private record Summed(PairPass.Sums sums) implements Result {}

  private record Shuffled(Similarities similarities) implements Result {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Do tensors with the same role hold similar numbers, more than shuffled ones do?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    PairedTensors tensors = PairedTensors.planned(pair);
    Stream<Unit> chunks = PairPass.plan(tensors.comparable()).stream().map(Summing::new);
    Stream<Unit> samples =
        ShuffledControl.plan(tensors.comparable(), PairedTensors.firstRows(pair)).stream()
            .map(Shuffling::new);
    return Stream.concat(chunks, samples).toList();
  }

  @Override
  public Result measure(Unit unit, TensorReader tensors) {
    return switch (unit) {
      case Summing summing -> new Summed(PairPass.measure(summing.chunk(), tensors));
      case Shuffling shuffling ->
          new Shuffled(ShuffledControl.measure(shuffling.sample(), tensors));
    };
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Result> results) {
    PairedTensors tensors = PairedTensors.planned(pair);
    List<PairPass.Sums> sums = new ArrayList<>();
    List<Similarities> shuffled = new ArrayList<>();
    for (Result result : results) {
      switch (result) {
        case Summed summed -> sums.add(summed.sums());
        case Shuffled control -> shuffled.add(control.similarities());
      }
    }
    List<PairStatistics> statistics = PairPass.join(tensors.comparable().size(), sums);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : tensors.components()) {
      SimilarityTable table = SimilarityTable.of(component, tensors, statistics, shuffled);
      evidence.add(
          table.rows().isEmpty()
              ? new NotApplicable(ID, component, tensors.whyNothing(component))
              : SimilarityEvidence.of(pair, component, table, tensors));
    }
    return evidence;
  }
}
