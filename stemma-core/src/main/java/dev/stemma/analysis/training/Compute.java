package dev.stemma.analysis.training;

import dev.stemma.analysis.training.Claims.ClaimKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The arithmetic of a training run's compute: FLOP = 6 x active parameters x tokens, and what they
 * mean on given hardware. Whatever the claims leave open is empty; what they say twice is compared.
 */
public record Compute(
    OptionalDouble flop,
    OptionalDouble gpuHours,
    OptionalDouble mfu,
    OptionalDouble mfuOfFp8Peak,
    OptionalDouble days,
    OptionalDouble tokensPerActive,
    OptionalDouble tokensPerTotal,
    OptionalDouble energyMegawattHours,
    OptionalDouble originalFlop,
    OptionalDouble shareOfOriginal,
    Optional<Hardware> hardware,
    List<String> contradictions) {
  private static final double TOLERANCE = 0.05;
  private static final OptionalDouble ONE = OptionalDouble.of(1);

  /** Keeps the list unmodifiable. */
  public Compute {
    contradictions = List.copyOf(contradictions);
  }

  /** How plausible a model FLOP utilisation is. */
  public static Outcome plausibility(double mfu) {
    if (mfu > 0.65 || mfu < 0.10) {
      return Outcome.CONTRADICTION;
    }
    return mfu < 0.25 || mfu > 0.50 ? Outcome.WARNING : Outcome.CONSISTENT;
  }

  /** From claims; hardware that is not known is an error. */
  public static Compute of(Claims claims) {
    List<String> contradictions = new ArrayList<>();
    Optional<Hardware> hardware = claims.text(ClaimKey.HARDWARE).map(Hardware::named);
    OptionalDouble count = claims.number(ClaimKey.COUNT);
    OptionalDouble active =
        claims.number(ClaimKey.ACTIVE).isPresent()
            ? claims.number(ClaimKey.ACTIVE)
            : claims.number(ClaimKey.PARAMETERS);
    OptionalDouble tokens = claims.number(ClaimKey.TOKENS);
    OptionalDouble product = product(6, active, tokens);
    OptionalDouble flop = product.isPresent() ? product : claims.number(ClaimKey.FLOP);
    disagreement("FLOP", claims.number(ClaimKey.FLOP), product, "6 x active x tokens", 0.10)
        .ifPresent(contradictions::add);

    OptionalDouble fromDays = product(24, count, claims.number(ClaimKey.DAYS));
    OptionalDouble hours =
        claims.number(ClaimKey.GPU_HOURS).isPresent()
            ? claims.number(ClaimKey.GPU_HOURS)
            : fromDays;
    disagreement(
            "GPU-hours", claims.number(ClaimKey.GPU_HOURS), fromDays, "count x days", TOLERANCE)
        .ifPresent(contradictions::add);

    OptionalDouble peak =
        hardware.isPresent() ? OptionalDouble.of(hardware.get().bf16()) : OptionalDouble.empty();
    OptionalDouble claimedMfu = claims.number(ClaimKey.MFU);
    OptionalDouble mfu = ratio(flop, product(3600, hours, peak));
    if (hours.isEmpty()) {
      hours = ratio(flop, product(3600, claimedMfu, peak));
    } else {
      disagreement("MFU", claimedMfu, mfu, "FLOP / (GPU-hours x peak)", TOLERANCE)
          .ifPresent(contradictions::add);
    }
    if (mfu.isEmpty()) {
      mfu = claimedMfu;
    }
    if (mfu.isPresent() && mfu.getAsDouble() > 1) {
      contradictions.add(
          String.format(
              Locale.ROOT,
              "The work would need %.0f%% of the hardware's peak.",
              100 * mfu.getAsDouble()));
    }
    order(contradictions, claims);
    OptionalDouble days =
        claims.number(ClaimKey.DAYS).isPresent()
            ? claims.number(ClaimKey.DAYS)
            : ratio(hours, product(24, count, ONE));
    OptionalDouble fp8 = hardware.isPresent() ? hardware.get().fp8() : OptionalDouble.empty();
    OptionalDouble original =
        claims.number(ClaimKey.ORIGINAL_FLOP).isPresent()
            ? claims.number(ClaimKey.ORIGINAL_FLOP)
            : product(
                6,
                claims.number(ClaimKey.ORIGINAL_ACTIVE),
                claims.number(ClaimKey.ORIGINAL_TOKENS));
    OptionalDouble energy = product(1e-6, hours, claims.number(ClaimKey.POWER));
    return new Compute(
        flop,
        hours,
        mfu,
        ratio(flop, product(3600, hours, fp8)),
        days,
        ratio(tokens, active),
        ratio(tokens, claims.number(ClaimKey.PARAMETERS)),
        energy,
        original,
        ratio(flop, original),
        hardware,
        contradictions);
  }

  /** Days that the work takes on the claimed hardware at a utilisation. */
  public OptionalDouble daysAt(double utilisation, double count) {
    return hardware.isEmpty() || flop.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            flop.getAsDouble() / (count * hardware.get().bf16() * utilisation * 86_400));
  }

  private static void order(List<String> contradictions, Claims claims) {
    OptionalDouble active = claims.number(ClaimKey.ACTIVE);
    OptionalDouble total = claims.number(ClaimKey.PARAMETERS);
    if (active.isPresent()
        && total.isPresent()
        && active.getAsDouble() > total.getAsDouble() * 1.001) {
      contradictions.add("More parameters are active than there are.");
    }
    OptionalDouble steps = claims.number(ClaimKey.STEPS);
    OptionalDouble batch = claims.number(ClaimKey.BATCH_TOKENS);
    disagreement(
            "tokens",
            claims.number(ClaimKey.TOKENS),
            product(1, steps, batch),
            "steps x batch tokens",
            TOLERANCE)
        .ifPresent(contradictions::add);
  }

  private static Optional<String> disagreement(
      String what, OptionalDouble claimed, OptionalDouble derived, String by, double tolerance) {
    if (claimed.isEmpty() || derived.isEmpty()) {
      return Optional.empty();
    }
    double error = Math.abs(claimed.getAsDouble() / derived.getAsDouble() - 1);
    return error <= tolerance
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "Claimed %s %.4g, but %s gives %.4g.",
                what,
                claimed.getAsDouble(),
                by,
                derived.getAsDouble()));
  }

  private static OptionalDouble product(double factor, OptionalDouble a, OptionalDouble b) {
    return a.isPresent() && b.isPresent()
        ? OptionalDouble.of(factor * a.getAsDouble() * b.getAsDouble())
        : OptionalDouble.empty();
  }

  private static OptionalDouble ratio(OptionalDouble a, OptionalDouble b) {
    return a.isPresent() && b.isPresent() && b.getAsDouble() > 0
        ? OptionalDouble.of(a.getAsDouble() / b.getAsDouble())
        : OptionalDouble.empty();
  }
}
