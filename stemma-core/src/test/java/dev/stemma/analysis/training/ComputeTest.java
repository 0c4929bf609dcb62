package dev.stemma.analysis.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.analysis.training.Claims.ClaimKey;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Published claims, recomputed. */
class ComputeTest {
  private static Compute compute(String hardware, Map<ClaimKey, Double> numbers) {
    return Compute.of(Claims.NONE.with(numbers).with(ClaimKey.HARDWARE, hardware));
  }

  @Test
  void solarOpenOn480Accelerators() {
    Compute compute =
        compute(
            "B200",
            Map.of(
                ClaimKey.ACTIVE,
                12e9,
                ClaimKey.TOKENS,
                19.7e12,
                ClaimKey.COUNT,
                480.0,
                ClaimKey.MFU,
                0.3));

    assertThat(compute.flop().orElse(0)).isCloseTo(1.42e24, within(0.01e24));
    assertThat(compute.days().orElse(0)).isCloseTo(51, within(0.5));
    assertThat(compute.daysAt(0.4, 480).orElse(0)).isCloseTo(38, within(0.1));
  }

  @Test
  void deepSeekV3() {
    Compute compute =
        compute(
            "H800",
            Map.of(ClaimKey.ACTIVE, 37e9, ClaimKey.TOKENS, 14.8e12, ClaimKey.GPU_HOURS, 2.664e6));

    assertThat(compute.mfu().orElse(0)).isCloseTo(0.346, within(0.001));
  }

  @Test
  void claimsThatDoNotFitAreContradictions() {
    Compute compute =
        compute(
            "H100",
            Map.of(
                ClaimKey.ACTIVE,
                12e9,
                ClaimKey.TOKENS,
                19.7e12,
                ClaimKey.COUNT,
                480.0,
                ClaimKey.DAYS,
                10.0));

    assertThat(compute.contradictions()).hasSize(1);
    assertThat(Compute.plausibility(compute.mfu().orElse(0))).isEqualTo(Outcome.CONTRADICTION);
  }

  @Test
  void modificationAboveAThird() {
    Compute compute =
        compute(
            "H100",
            Map.of(
                ClaimKey.ACTIVE,
                1e9,
                ClaimKey.TOKENS,
                1e12,
                ClaimKey.ORIGINAL_ACTIVE,
                1e9,
                ClaimKey.ORIGINAL_TOKENS,
                2e12));

    assertThat(compute.shareOfOriginal().orElse(0)).isCloseTo(0.5, within(1e-9));
  }
}
