package dev.stemma.analysis.training;

import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Question: can the claimed hardware have done the claimed work in the claimed time? Statistic: MFU
 * = 6 N D / (GPU-hours x peak). Null: the claims fit together; 25-50% is usual, below 10% or above
 * 65% is not.
 */
final class ComputeCheck implements Check {
  private static final String NULL =
      "the claims fit together: 6 N D / (GPU-hours x peak) is between 25% and 50%";

  @Override
  public String id() {
    return "compute";
  }

  @Override
  public Finding examine(Run run) {
    Compute compute = Compute.of(run.claims());
    OptionalDouble stated = run.log().stated("total_flos");
    if (!compute.contradictions().isEmpty()) {
      return new Finding(
          id(),
          Outcome.CONTRADICTION,
          compute.mfu().isPresent() ? compute.mfu().getAsDouble() : null,
          "MFU",
          NULL,
          String.join(" ", compute.contradictions()));
    }
    if (compute.flop().isPresent() && stated.isPresent() && stated.getAsDouble() > 0) {
      double ratio = stated.getAsDouble() / compute.flop().getAsDouble();
      if (ratio < 0.5 || ratio > 2) {
        return new Finding(
            id(),
            Outcome.CONTRADICTION,
            ratio,
            "FLOP stated by the log / FLOP claimed",
            NULL,
            String.format(
                Locale.ROOT,
                "The log states %.3g FLOP, 6 x active x tokens of the claims is %.3g.",
                stated.getAsDouble(),
                compute.flop().getAsDouble()));
      }
    }
    if (compute.mfu().isEmpty() || compute.flop().isEmpty()) {
      return Finding.notApplicable(
          id(),
          NULL,
          "Parameters, tokens, hardware, count and days are not all claimed (--claims).");
    }
    double mfu = compute.mfu().getAsDouble();
    return new Finding(
        id(),
        Compute.plausibility(mfu),
        mfu,
        "MFU",
        NULL,
        String.format(
            Locale.ROOT,
            "%.3g FLOP in the claimed time is %.1f%% of the dense bf16 peak.",
            compute.flop().getAsDouble(),
            100 * mfu));
  }
}
