package dev.stemma.analysis.weights;

import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Chance;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One deciding test, made ready on a part of a and the same part again, and how strictly it judges.
 *
 * @param key of the result
 * @param itself the test's unit with a on both sides; b's side is replaced by planted copies
 * @param drifts to try, ascending
 * @param tests by which a p-value is multiplied, as in the comparison itself
 */
record PlantedTest(String key, WorkUnit itself, List<Double> drifts, double tests)
    implements Serializable {
  private static final double ALARM_LOG10P = Agreements.ALARM_LOG10P;

  /** Keeps the list unmodifiable. */
  PlantedTest {
    drifts = List.copyOf(drifts);
  }

  long bytes() {
    int steps = 32 - Integer.numberOfLeadingZeros(drifts.size());
    AtomicLong sampled = new AtomicLong();
    planted(
        new PlantedCopy(
            view -> {
              sampled.addAndGet(PlantedCopy.sampledBytes(view));
              return 0;
            },
            0));
    return steps * (itself.bytes() + sampled.get());
  }

  /** Where it reads: what the test itself does, and where copies' noise is scaled. */
  List<TensorView> within() {
    List<TensorView> views = new ArrayList<>(itself.within());
    planted(
        new PlantedCopy(
            view -> {
              views.addAll(PlantedCopy.sampled(view));
              return 0;
            },
            0));
    return views;
  }

  /** The largest drift at which the copy is still seen, by bisection; 0 where none is. */
  double largestSeen(TensorReader tensors) {
    int seen = 0;
    int unseen = drifts.size() + 1;
    while (unseen - seen > 1) {
      int middle = (seen + unseen) / 2;
      if (sees(drifts.get(middle - 1), tensors)) {
        seen = middle;
      } else {
        unseen = middle;
      }
    }
    return seen == 0 ? 0 : drifts.get(seen - 1);
  }

  /**
   * Whether the test's own measurement, on a and a copy with this drift, would prove a relation.
   */
  boolean sees(double drift, TensorReader tensors) {
    PlantedCopy copy = new PlantedCopy(view -> PlantedCopy.rootMeanSquare(view, tensors), drift);
    return switch (planted(copy)) {
      case NeuronMatching.Unit unit ->
          new NeuronMatching()
              .measure(unit, tensors).counts().stream().anyMatch(count -> alarms(count.log10p()));
      case NeuronRelations.Unit unit ->
          labels(new NeuronRelations().measure(unit, tensors).agreeing());
      case AttentionColumns.Unit unit ->
          labels(new AttentionColumns().measure(unit, tensors).agreeing());
      case EmbeddingColumns.Unit unit ->
          labels(new EmbeddingColumns().measure(unit, tensors).agreeing());
      case NeuronAgreement.Unit unit -> agrees(new NeuronAgreement().measure(unit, tensors));
      case SpectralAgreement.Unit unit -> agrees(new SpectralAgreement().measure(unit, tensors));
      default -> throw unplanted();
    };
  }

  /** The test's unit with the copy on b's side. */
  private WorkUnit planted(PlantedCopy copy) {
    return switch (itself) {
      case NeuronMatching.Unit unit ->
          new NeuronMatching.Unit(
              unit.target(), true, unit.asking().stream().map(copy::of).toList(), unit.queries());
      case NeuronRelations.Unit unit ->
          new NeuronRelations.Unit(unit.a(), unit.b().stream().map(copy::of).toList());
      case AttentionColumns.Unit unit ->
          new AttentionColumns.Unit(
              unit.component(), unit.a(), unit.b().stream().map(copy::of).toList(), unit.writing());
      case EmbeddingColumns.Unit unit -> new EmbeddingColumns.Unit(copy.of(unit.tokens()));
      case NeuronAgreement.Unit unit ->
          new NeuronAgreement.Unit(
              unit.component(),
              unit.alignments(),
              copy.of(unit.tokens()),
              unit.a(),
              unit.b().stream().map(copy::of).toList());
      case SpectralAgreement.Unit unit ->
          new SpectralAgreement.Unit(
              unit.component(),
              unit.attentionA(),
              unit.attentionB().stream().map(copy::of).toList(),
              unit.a(),
              unit.b().stream().map(copy::of).toList(),
              unit.retry());
      default -> throw unplanted();
    };
  }

  private IllegalStateException unplanted() {
    return new IllegalStateException("no planted copy for " + itself.getClass());
  }

  private boolean labels(int... agreeing) {
    for (int count : agreeing) {
      if (alarms(Chance.logFixedPoints(count))) {
        return true;
      }
    }
    return false;
  }

  private boolean alarms(double log10p) {
    return log10p + Math.log10(tests) < ALARM_LOG10P;
  }

  private boolean agrees(Agreements.Scores found) {
    return found.scores().stream()
        .anyMatch(score ->
            score.share() >= Agreements.RELATED && alarms(Chance.logFixedPoints(score.count())));
  }
}
