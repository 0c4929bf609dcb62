package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scores and matches of the tests that weigh nothing, where they are known by hand. */
class ContextProfilesTest {
  @Test
  void answersMatchAsWholeWords() {
    assertThat(Matching.any("It was ARGENTINA, in the final.", List.of("Argentina"))).isTrue();
    assertThat(Matching.any("In 2012 nobody", List.of("12"))).isFalse();
    assertThat(Matching.any("a carton", List.of("art"))).isFalse();
    assertThat(Matching.any("the art of", List.of("art"))).isTrue();
    assertThat(Matching.any("우승은 아르헨티나가 했다", List.of("아르헨티나"))).isTrue();
    assertThat(Matching.any("冠军是阿根廷队", List.of("阿根廷"))).isTrue();
    assertThat(Matching.any("Ｆｕｌｌ ｗｉｄｔｈ", List.of("full width"))).isTrue();
    assertThat(Matching.any("anything", List.of(""))).isFalse();
    assertThat(Matching.anyAsWritten("I opt for it", List.of("OPT"))).isFalse();
  }

  @Test
  void kappaIsCohens() {
    List<Boolean> a = Arrays.asList(true, true, false, false, true, null);
    List<Boolean> b = Arrays.asList(true, false, false, false, true, true);
    // Agreement 4/5; chance (3/5)(2/5) + (2/5)(3/5) = 12/25.
    assertThat(RefusalProfile.kappa(a, b)).isCloseTo((0.8 - 0.48) / 0.52, within(1e-12));
    assertThat(RefusalProfile.kappa(List.of(true), List.of(true))).isZero();
    assertThat(RefusalProfile.kappa(List.of(), List.of())).isZero();
    assertThat(RefusalProfile.share(new int[] {0, 0})).isEqualTo("–");
    assertThat(RefusalProfile.share(new int[] {5, 10})).startsWith("0.50 (0.24 – 0.76");
  }

  @Test
  void aNameThatControlsGiveTooIsNoSign() {
    assertThat(IdentityProbes.log10p(20, 26, 0, 52)).isLessThan(-20);
    assertThat(IdentityProbes.log10p(20, 26, 40, 52)).isGreaterThan(-1);
    assertThat(IdentityProbes.log10p(0, 26, 0, 52)).isZero();
    assertThat(IdentityProbes.log10p(2, 2, 0, 0)).isCloseTo(Math.log10(0.25), within(1e-9));
  }

  @Test
  void deltaIsZeroForOneStyle() {
    Map<String, Integer> one = Map.of("the", 5, "a", 3, "cat", 2);
    Map<String, Integer> other = Map.of("the", 1, "a", 7, "dog", 2);
    Map<String, Integer> third = Map.of("the", 4, "a", 4, "bird", 2);
    assertThat(StyleProfile.delta(List.of(one, one, other), 0, 1)).isZero();
    assertThat(StyleProfile.delta(List.of(one, other, third), 0, 1))
        .isGreaterThan(StyleProfile.delta(List.of(one, other, third), 0, 2));
  }

  @Test
  void membershipIsMeasuredAgainstWhatWasExpected() {
    double half = Math.log(0.5);
    double tenth = Math.log(0.1);
    double[] likeliest = {half, Math.log(0.4), tenth};
    double mean = 0.5 * half + 0.4 * Math.log(0.4) + 0.1 * tenth;
    double square = 0.5 * half * half + 0.4 * Math.log(0.4) * Math.log(0.4) + 0.1 * tenth * tenth;
    double deviation = Math.sqrt(square - mean * mean);
    Membership.Token sure = new Membership.Token(half, likeliest);
    Membership.Token surprised = new Membership.Token(tenth, likeliest);
    assertThat(sure.surprise()).isCloseTo((half - mean) / deviation, within(1e-9));
    // A uniform distribution surprises nobody.
    assertThat(new Membership.Token(half, new double[] {half, half}).surprise()).isZero();
    List<Membership.Token> tokens = new java.util.ArrayList<>(Collections.nCopies(8, sure));
    tokens.addAll(Collections.nCopies(2, surprised));
    assertThat(Membership.score(tokens).orElseThrow())
        .isCloseTo((tenth - mean) / deviation, within(1e-9));
    assertThat(Membership.score(tokens.subList(0, 7))).isEmpty();
    assertThat(Membership.likelihood(tokens).orElseThrow())
        .isCloseTo(0.8 * half + 0.2 * tenth, within(1e-12));
  }
}
