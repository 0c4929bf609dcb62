package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.analysis.behaviour.SameWeights.Draws;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The discrepancy against its definition, and its p-value on texts of one distribution. */
class SameWeightsTest {
  /** The definition, sum by sum: U-statistics of a kernel that is 0 across prompts. */
  private static double byDefinition(List<Draws> prompts) {
    double sum = 0;
    for (Draws prompt : prompts) {
      sum +=
          mean(prompt.first(), prompt.first(), true)
              + mean(prompt.second(), prompt.second(), true)
              - 2 * mean(prompt.first(), prompt.second(), false);
    }
    return sum / prompts.size();
  }

  private static double mean(List<String> a, List<String> b, boolean same) {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < a.size(); i++) {
      for (int j = 0; j < b.size(); j++) {
        if (!same || i != j) {
          int agree = 0;
          String one = a.get(i);
          String two = b.get(j);
          for (int k = 0; k < Math.min(one.length(), two.length()); k++) {
            agree += one.charAt(k) == two.charAt(k) ? 1 : 0;
          }
          sum += agree / (double) Math.max(one.length(), two.length());
          pairs++;
        }
      }
    }
    return sum / pairs;
  }

  private static String text(Random random, double shareOfA) {
    StringBuilder text = new StringBuilder();
    int length = 4 + random.nextInt(4);
    for (int i = 0; i < length; i++) {
      text.append(random.nextDouble() < shareOfA ? 'a' : (char) ('b' + random.nextInt(4)));
    }
    return text.toString();
  }

  private static List<Draws> prompts(Random random, double first, double second) {
    List<Draws> prompts = new ArrayList<>();
    for (int prompt = 0; prompt < 5; prompt++) {
      List<String> a = new ArrayList<>();
      List<String> b = new ArrayList<>();
      for (int draw = 0; draw < 6; draw++) {
        a.add(text(random, first));
        b.add(text(random, second));
      }
      prompts.add(new Draws(a, b));
    }
    return prompts;
  }

  @Test
  void isItsDefinition() {
    Random random = new Random(1);
    for (int trial = 0; trial < 20; trial++) {
      List<Draws> prompts = prompts(random, 0.5, 0.3);
      assertThat(SameWeights.test(prompts, 1, 1).discrepancy())
          .isCloseTo(byDefinition(prompts), within(1e-12));
    }
  }

  @Test
  void pIsTheShareOfAllExchangesWhereTheyCanBeCounted() {
    List<Draws> one =
        List.of(new Draws(List.of("aaaa", "aaab", "aaac"), List.of("zzzz", "zzzy", "zzzx")));
    // Of the 20 ways to part six texts in two halves, the seen one and its mirror reach the most.
    assertThat(SameWeights.test(one, 20_000, 3).p()).isCloseTo(0.1, within(0.01));
  }

  @Test
  void oneDistributionGivesUniformP() {
    Random random = new Random(2);
    int small = 0;
    int half = 0;
    for (int trial = 0; trial < 400; trial++) {
      double p = SameWeights.test(prompts(random, 0.5, 0.5), 99, trial).p();
      small += p <= 0.05 ? 1 : 0;
      half += p <= 0.5 ? 1 : 0;
    }
    assertThat(small).isBetween(8, 34);
    assertThat(half).isBetween(165, 235);
    assertThat(SameWeights.test(prompts(random, 0.9, 0.2), 999, 1).p()).isEqualTo(0.001);
  }

  @Test
  void promptsWithoutTwoDrawsAreMissingValues() {
    SameWeights.Result result =
        SameWeights.test(List.of(new Draws(List.of("a"), List.of("b", "c"))), 10, 1);
    assertThat(result.prompts()).isZero();
    assertThat(result.p()).isEqualTo(1);
  }
}
