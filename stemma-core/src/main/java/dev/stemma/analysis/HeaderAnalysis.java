package dev.stemma.analysis;

import dev.stemma.evidence.Evidence;
import dev.stemma.format.TensorReader;
import java.util.List;

/** An analysis that headers and the evidence of earlier analyses answer: no tensor is read. */
public interface HeaderAnalysis extends Analysis<HeaderAnalysis.NoUnit, HeaderAnalysis.NoPartial> {
  /** None is ever planned. */
  record NoUnit() implements WorkUnit {
    @Override
    public long bytes() {
      return 0;
    }
  }

  /** None is ever measured. */
  record NoPartial() implements Partial {}

  @Override
  default List<NoUnit> plan(Pair pair) {
    return List.of();
  }

  @Override
  default NoPartial measure(NoUnit unit, TensorReader tensors) {
    return new NoPartial();
  }

  @Override
  default List<Evidence> conclude(Pair pair, List<NoPartial> partials) {
    return conclude(pair);
  }

  /** Concludes, one piece of evidence a component. */
  List<Evidence> conclude(Pair pair);
}
