package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class McNemarTest {
  @Test
  void equalsTheCountOfAllCoinSequences() {
    for (int coins = 0; coins <= 14; coins++) {
      for (int first = 0; first <= coins; first++) {
        int atLeast = 0;
        for (int sequence = 0; sequence < 1 << coins; sequence++) {
          atLeast += Integer.bitCount(sequence) >= first ? 1 : 0;
        }
        assertThat(McNemar.log10p(first, coins - first))
            .isCloseTo(Math.log10(atLeast / (double) (1 << coins)), within(1e-12));
      }
    }
  }

  @Test
  void isExactFarBelowTheSmallestDouble() {
    BigInteger sum = BigInteger.ZERO;
    BigInteger term = BigInteger.ONE;
    int coins = 2600;
    for (int second = 0; second <= 40; second++) {
      sum = sum.add(term);
      term =
          term.multiply(BigInteger.valueOf(coins - second)).divide(BigInteger.valueOf(second + 1L));
    }
    int digits = sum.toString().length();
    double log = Math.log10(Double.parseDouble("0." + sum)) + digits - coins * Math.log10(2);
    assertThat(McNemar.log10p(coins - 40, 40)).isCloseTo(log, within(1e-8));
  }

  @Test
  void holmIsTheTextbooks() {
    List<Double> corrected =
        McNemar.holm(List.of(Math.log10(0.04), Math.log10(0.01), Math.log10(0.03)));
    assertThat(corrected.get(1)).isCloseTo(Math.log10(0.03), within(1e-12));
    assertThat(corrected.get(2)).isCloseTo(Math.log10(0.06), within(1e-12));
    assertThat(corrected.get(0)).isCloseTo(Math.log10(0.06), within(1e-12));
    assertThat(McNemar.holm(List.of(-0.1, 0.0))).containsExactly(0.0, 0.0);
  }

  /**
   * Candidate and control are equally close to the target: no more small p than there should be.
   */
  @Test
  void anIndependentTargetIsRarelyFound() {
    Random random = new Random(5);
    int runs = 2000;
    int atFive = 0;
    int atFifty = 0;
    for (int run = 0; run < runs; run++) {
      NextTokens answers = answers(random, 300, 0);
      double p = Math.pow(10, answers.paired("t", "x", "c").log10p());
      atFive += p <= 0.05 ? 1 : 0;
      atFifty += p <= 0.5 ? 1 : 0;
    }
    assertThat(atFive / (double) runs).isBetween(0.02, 0.06);
    assertThat(atFifty / (double) runs).isBetween(0.35, 0.53);
  }

  @Test
  void aChildIsFoundAndThePowerSaysHowNear() {
    NextTokens answers = answers(new Random(1), 3000, 0.2);
    NextTokens.Paired paired = answers.paired("t", "x", "c");
    assertThat(paired.log10p()).isLessThan(-6);
    assertThat(paired.stemLog10p()).isLessThan(-6);
    double sees =
        Power.visibleLead(paired.prompts(), paired.toCandidate() + paired.toControl(), -2);
    assertThat(sees).isBetween(0.01, 0.1);
    assertThat(Power.visibleLead(100, 3, -2)).isEqualTo(1);
  }

  /** What a model says whatever it is asked is no sign of kinship with another of that habit. */
  @Test
  void aSharedHabitIsNoAgreement() {
    Random random = new Random(3);
    List<String> stems = new ArrayList<>();
    Map<String, List<String>> answers = new HashMap<>();
    for (int i = 0; i < 1000; i++) {
      stems.add("s" + i);
      add(answers, "t", random.nextDouble() < 0.6 ? "the" : word(random));
      add(answers, "x", random.nextDouble() < 0.6 ? "the" : word(random));
      add(answers, "c", random.nextDouble() < 0.6 ? "a" : word(random));
    }
    NextTokens all = new NextTokens(stems, answers);
    assertThat(all.agreement("t", "x")[0]).isGreaterThan(2 * all.agreement("t", "c")[0]);
    assertThat(all.habit("t")).isEqualTo("the");
    assertThat(all.paired("t", "x", "c").log10p()).isGreaterThan(-2);
  }

  @Test
  void emptyAnswersAreMissingAndNeverAgree() {
    assertThat(NextTokens.cleaned(" \n")).isNull();
    assertThat(NextTokens.cleaned("\uFFFD")).isNull();
    assertThat(NextTokens.cleaned(null)).isNull();
    assertThat(NextTokens.cleaned(" the ")).isEqualTo("the");
    Map<String, List<String>> answers = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      add(answers, "t", null);
      add(answers, "x", null);
    }
    NextTokens none = new NextTokens(List.of("a", "b", "c"), answers);
    assertThat(none.agreement("t", "x")).containsExactly(0, 0);
    assertThat(none.habit("t")).isNull();
  }

  private static NextTokens answers(Random random, int prompts, double kept) {
    List<String> stems = new ArrayList<>();
    Map<String, List<String>> answers = new HashMap<>();
    for (int i = 0; i < prompts; i++) {
      stems.add("s" + i / 5);
      String candidate = word(random);
      add(answers, "x", candidate);
      add(answers, "c", word(random));
      add(answers, "t", random.nextDouble() < kept ? candidate : word(random));
    }
    return new NextTokens(stems, answers);
  }

  private static String word(Random random) {
    return "w" + (int) Math.abs(random.nextGaussian() * 4);
  }

  private static void add(
      Map<String, List<String>> answers,
      String model,
      @org.jspecify.annotations.Nullable String answer) {
    answers.computeIfAbsent(model, any -> new ArrayList<>()).add(answer);
  }
}
