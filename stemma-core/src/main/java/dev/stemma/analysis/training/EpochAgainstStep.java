package dev.stemma.analysis.training;

import java.util.Optional;

/** Epochs grow with the steps from nothing. */
final class EpochAgainstStep implements Sign.Search {
  @Override
  public Optional<Sign> in(Run run) {
    return CountAgainstStep.look(run.log().rows(), "epochs", LogRow::epoch);
  }
}
