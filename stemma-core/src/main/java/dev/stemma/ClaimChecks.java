package dev.stemma;

import dev.stemma.analysis.architecture.Inspection;
import dev.stemma.analysis.training.Claims;
import dev.stemma.analysis.training.Claims.ClaimKey;
import dev.stemma.analysis.training.Compute;
import dev.stemma.analysis.training.Examination;
import dev.stemma.analysis.training.LogRow;
import dev.stemma.analysis.training.Outcome;
import dev.stemma.analysis.training.StartVerdict;
import dev.stemma.architecture.ParameterCount;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.Model;
import dev.stemma.report.Report.Claim;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The makers' claims, one by one, against what the model's files, its training logs and the
 * comparison with known models show. A claim is supported only by what could have contradicted it;
 * "from scratch" is never supported by the absence of a match.
 */
public final class ClaimChecks {
  /** Published counts are rounded: 102.65 billion is told as 100. */
  private static final double COUNT_TOLERANCE = 0.05;

  /** Claims that only hold together, or do not: FLOP, hours and hardware. */
  private static final Set<ClaimKey> OF_COMPUTE =
      EnumSet.of(
          ClaimKey.HARDWARE,
          ClaimKey.COUNT,
          ClaimKey.DAYS,
          ClaimKey.GPU_HOURS,
          ClaimKey.MFU,
          ClaimKey.FLOP);

  private final Claims claims;
  private final @Nullable Model model;
  private final @Nullable Inspection inspection;
  private final List<Examination> logs;
  private final Optional<ClaimMaterial.Cutoff> cutoff;
  private final @Nullable Verdict verdict;
  private final Map<ClaimKey, Claim> checked = new EnumMap<>(ClaimKey.class);

  private ClaimChecks(ClaimMaterial material, @Nullable Model model, @Nullable Verdict verdict) {
    this.claims = material.claims();
    this.model = model;
    this.inspection = model == null ? null : Inspection.of(model);
    this.logs = material.logs();
    this.cutoff = material.cutoff();
    this.verdict = verdict;
  }

  /**
   * Checks every claim that was made.
   *
   * @param model the model's files, or null where none were given
   * @param verdict of its comparison with the nearest known model (which is a, and the model b), or
   *     null where none was made
   * @return in the order of {@link ClaimKey}
   */
  public static List<Claim> of(
      ClaimMaterial material, @Nullable Model model, @Nullable Verdict verdict) {
    return new ClaimChecks(material, model, verdict).all();
  }

  private List<Claim> all() {
    count(ClaimKey.PARAMETERS, total());
    count(ClaimKey.ACTIVE, active());
    integer(ClaimKey.VOCABULARY, "vocab_size");
    integer(ClaimKey.INITIALISATION, "initializer_range");
    compute();
    logged(ClaimKey.TOKENS, "tokens", lastTokens());
    logged(ClaimKey.STEPS, "steps", last(LogRow::step));
    fromScratch();
    knowledge();
    for (ClaimKey key : ClaimKey.values()) {
      if (key != ClaimKey.NAME && claims.text(key).or(() -> number(key)).isPresent()) {
        checked.computeIfAbsent(
            key, other -> claim(other, Claim.Outcome.NOT_TESTED, "nothing given here can tell"));
      }
    }
    return List.copyOf(checked.values());
  }

  private Optional<String> number(ClaimKey key) {
    OptionalDouble value = claims.number(key);
    return value.isEmpty() ? Optional.empty() : Optional.of(figure(value.getAsDouble()));
  }

  private Claim claim(ClaimKey key, Claim.Outcome outcome, String... because) {
    String value = claims.text(key).or(() -> number(key)).orElse("");
    String name = key.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return new Claim(name + ": " + value, outcome, Arrays.asList(because));
  }

  private void put(ClaimKey key, Claim.Outcome outcome, String because) {
    checked.put(key, claim(key, outcome, because));
  }

  private static Claim.Outcome outcome(boolean holds) {
    return holds ? Claim.Outcome.SUPPORTED : Claim.Outcome.CONTRADICTED;
  }

  private double[] total() {
    return inspection == null
        ? new double[0]
        : new double[] {
          inspection.parameters().total(), inspection.parameters().totalWithPredictionBlock()
        };
  }

  private double[] active() {
    if (inspection == null) {
      return new double[0];
    }
    ParameterCount count = inspection.parameters();
    return new double[] {
      count.active(), count.activeWithoutInputEmbedding(), count.activeWithoutEmbeddings()
    };
  }

  /** The nearest of several ways to count is taken: conventions differ. */
  private void count(ClaimKey key, double... counted) {
    OptionalDouble claimed = claims.number(key);
    if (claimed.isEmpty() || counted.length == 0) {
      return;
    }
    double nearest = counted[0];
    for (double value : counted) {
      if (Math.abs(value - claimed.getAsDouble()) < Math.abs(nearest - claimed.getAsDouble())) {
        nearest = value;
      }
    }
    boolean holds = Math.abs(nearest / claimed.getAsDouble() - 1) <= COUNT_TOLERANCE;
    put(key, outcome(holds), "the model's files count " + figure(nearest));
  }

  private void integer(ClaimKey key, String name) {
    OptionalDouble claimed = claims.number(key);
    Optional<Config> config = model == null ? Optional.empty() : model.config();
    OptionalDouble stated = config.map(known -> known.number(name)).orElse(OptionalDouble.empty());
    if (claimed.isPresent() && stated.isPresent()) {
      boolean holds = Math.abs(stated.getAsDouble() / claimed.getAsDouble() - 1) < 1e-6;
      put(key, outcome(holds), "config.json says " + name + " " + figure(stated.getAsDouble()));
    }
  }

  private void compute() {
    Compute compute = Compute.of(known());
    for (ClaimKey key : OF_COMPUTE) {
      if (claims.text(key).isEmpty() && claims.number(key).isEmpty()) {
        continue;
      }
      if (!compute.contradictions().isEmpty()) {
        checked.put(
            key,
            claim(
                key, Claim.Outcome.CONTRADICTED, compute.contradictions().toArray(String[]::new)));
      } else if (compute.mfu().isPresent()) {
        double mfu = compute.mfu().getAsDouble();
        Outcome plausibility = Compute.plausibility(mfu);
        put(
            key,
            switch (plausibility) {
              case CONSISTENT -> Claim.Outcome.SUPPORTED;
              case CONTRADICTION -> Claim.Outcome.CONTRADICTED;
              case WARNING, NOT_APPLICABLE -> Claim.Outcome.NOT_TESTED;
            },
            String.format(
                Locale.ROOT,
                "work, hardware and time together come to %.1f%% of the dense bf16 peak: %s",
                100 * mfu,
                switch (plausibility) {
                  case CONSISTENT -> "usual, so they fit together";
                  case CONTRADICTION -> "no training runs so";
                  case WARNING, NOT_APPLICABLE -> "unusual, so ask";
                }));
      }
    }
  }

  /** The claims, with the count of the model's files where none is claimed, or a false one. */
  private Claims known() {
    Claim active = checked.get(ClaimKey.ACTIVE);
    boolean isFalse = active != null && active.outcome() == Claim.Outcome.CONTRADICTED;
    if (inspection == null || (claims.number(ClaimKey.ACTIVE).isPresent() && !isFalse)) {
      return claims;
    }
    return claims.with(Map.of(ClaimKey.ACTIVE, (double) inspection.parameters().active()));
  }

  private interface Counter {
    double of(LogRow row);
  }

  private OptionalDouble last(Counter counter) {
    return logs.stream()
        .filter(log -> !log.run().log().rows().isEmpty())
        .mapToDouble(log -> counter.of(log.run().log().rows().getLast()))
        .filter(value -> value > 0)
        .max();
  }

  private OptionalDouble lastTokens() {
    OptionalDouble stated = last(LogRow::tokens);
    return stated.isPresent()
        ? stated
        : logs.stream()
            .filter(
                log -> log.run().tokensPerStep().isPresent() && !log.run().log().rows().isEmpty())
            .mapToDouble(log ->
                log.run().tokensPerStep().getAsDouble() * log.run().log().rows().getLast().step())
            .max();
  }

  private void logged(ClaimKey key, String what, OptionalDouble logged) {
    OptionalDouble claimed = claims.number(key);
    if (claimed.isPresent() && logged.isPresent()) {
      boolean holds = Math.abs(logged.getAsDouble() / claimed.getAsDouble() - 1) <= COUNT_TOLERANCE;
      put(key, outcome(holds), "the log ends at " + figure(logged.getAsDouble()) + " " + what);
    }
  }

  /** A fade and few questions let an end seem too early, never too late. */
  private void knowledge() {
    Optional<YearMonth> claimed = claims.text(ClaimKey.CUTOFF).flatMap(ClaimChecks::month);
    if (claimed.isEmpty() || cutoff.isEmpty()) {
      return;
    }
    ClaimMaterial.Cutoff seen = cutoff.get();
    boolean later = seen.low().isAfter(claimed.get());
    boolean within = !later && !seen.high().isBefore(claimed.get());
    put(
        ClaimKey.CUTOFF,
        later
            ? Claim.Outcome.CONTRADICTED
            : within ? Claim.Outcome.SUPPORTED : Claim.Outcome.NOT_TESTED,
        (later
                ? "its answers know of later months"
                : within
                    ? "its answers show knowledge up to this time"
                    : "its answers end earlier, which few texts on the last months would do too")
            + ": "
            + seen.model()
            + ", "
            + seen.low()
            + " – "
            + seen.high());
  }

  private static Optional<YearMonth> month(String text) {
    try {
      return Optional.of(YearMonth.parse(text.length() > 7 ? text.substring(0, 7) : text));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private void fromScratch() {
    if (claims.fromScratch().isEmpty()) {
      return;
    }
    boolean claimed = claims.fromScratch().get();
    List<String> against = new ArrayList<>();
    List<String> consistent = new ArrayList<>();
    boolean isProved = false;
    for (Examination log : logs) {
      String name = log.run().log().name();
      if (log.start() == StartVerdict.PRETRAINED) {
        against.add("a log starts as a trained model does: " + name);
      } else if (log.start() == StartVerdict.RANDOM) {
        consistent.add("a log is consistent with random initialisation: " + name);
        boolean isWholeTrail =
            log.run().checkpoints().initialisation() != null
                && Boolean.TRUE.equals(log.run().checkpoints().releaseMatches());
        if (isWholeTrail && log.finding("checkpoints").outcome() == Outcome.CONSISTENT) {
          isProved = true;
          consistent.add("its checkpoints lead from drawn weights to the released ones");
        }
      }
    }
    if (verdict != null) {
      for (ComponentVerdict component : verdict.components()) {
        boolean isRelated =
            component.relation() == Relation.DERIVED || component.relation() == Relation.IDENTICAL;
        if (component.component().isBody() && isRelated) {
          against.add(
              (component.relation() == Relation.DERIVED
                      ? "the comparison with known models says derived: "
                      : "the comparison with known models says identical: ")
                  + component.component().key());
        }
      }
    }
    List<String> because = new ArrayList<>(against);
    because.addAll(consistent);
    if (against.isEmpty() && !isProved) {
      because.add("no match among known models proves nothing: the absence of a parent is unseen");
    }
    Claim.Outcome outcome =
        !against.isEmpty()
            ? outcome(!claimed)
            : isProved ? outcome(claimed) : Claim.Outcome.NOT_TESTED;
    checked.put(
        ClaimKey.FROM_SCRATCH,
        claim(ClaimKey.FROM_SCRATCH, outcome, because.toArray(String[]::new)));
  }

  private static String figure(double value) {
    OptionalLong whole =
        value == Math.rint(value) && Math.abs(value) < 1e15
            ? OptionalLong.of((long) value)
            : OptionalLong.empty();
    return whole.isPresent()
        ? String.format(Locale.ROOT, "%,d", whole.getAsLong())
        : String.format(Locale.ROOT, "%.4g", value);
  }
}
