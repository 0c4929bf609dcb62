package dev.stemma.analysis.training;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Tokens grow with the steps from nothing, and step x batch x sequence is their number. */
final class TokensAgainstStep implements Sign.Search {
  private static final double TOLERANCE = 0.01;

  @Override
  public Optional<Sign> in(Run run) {
    Optional<Sign> moved = CountAgainstStep.look(run.log().rows(), "tokens", LogRow::tokens);
    LogRow last = run.log().rows().getLast();
    OptionalDouble batch = run.claims().number(Claims.ClaimKey.BATCH_TOKENS);
    if (moved.isPresent() || batch.isEmpty() || !(last.tokens() > 0) || last.step() < 1) {
      return moved;
    }
    double claimed = batch.getAsDouble() * last.step();
    double error = last.tokens() / claimed - 1;
    return Math.abs(error) <= TOLERANCE + 1.5 / last.step()
        ? Optional.empty()
        : Optional.of(
            new Sign(
                "tokens against batch",
                Outcome.CONTRADICTION,
                error,
                String.format(
                    Locale.ROOT,
                    "step x claimed tokens a step is %.4g, the log counts %.4g tokens.",
                    claimed,
                    last.tokens())));
  }
}
