package dev.stemma.analysis.training;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Question: how many tokens for each parameter, and how far from the compute-optimal number?
 * Statistic: D / N. There is no null to reject: training far beyond the optimum is usual, so this
 * informs and never fails.
 */
final class DataRatio implements Check {
  private static final String NULL = "none: any ratio is possible; about 20 is compute-optimal";

  @Override
  public String id() {
    return "data-ratio";
  }

  @Override
  public Finding examine(Run run) {
    OptionalDouble parameters =
        run.claims().number(Claims.ClaimKey.ACTIVE).isPresent()
            ? run.claims().number(Claims.ClaimKey.ACTIVE)
            : run.claims().number(Claims.ClaimKey.PARAMETERS);
    OptionalDouble tokens = run.claims().number(Claims.ClaimKey.TOKENS);
    if (tokens.isEmpty() && run.tokensPerStep().isPresent() && !run.log().rows().isEmpty()) {
      tokens =
          OptionalDouble.of(run.tokensPerStep().getAsDouble() * run.log().rows().getLast().step());
    }
    if (parameters.isEmpty() || tokens.isEmpty()) {
      return Finding.notApplicable(id(), NULL, "Parameters or tokens are not known.");
    }
    double ratio = tokens.getAsDouble() / parameters.getAsDouble();
    double flop = 6 * parameters.getAsDouble() * tokens.getAsDouble();
    StringBuilder optima = new StringBuilder();
    for (Chinchilla law : Chinchilla.ALL) {
      optima.append(
          String.format(
              Locale.ROOT,
              "%s %s %.3g",
              optima.isEmpty() ? "" : ",",
              law.name(),
              law.optimalTokens(flop) / law.optimalParameters(flop)));
    }
    return new Finding(
        id(),
        Outcome.CONSISTENT,
        ratio,
        "tokens a parameter",
        NULL,
        String.format(
            Locale.ROOT,
            "%.3g tokens for each active parameter; compute-optimal at this compute:%s.",
            ratio,
            optima));
  }
}
