package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.behaviour.OutputLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.junit.jupiter.api.Test;

/** Heads drawn at random, so that rank, image and null are known. */
class OutputImageTest {
  private static final int TOKENS = 120;

  private static float[][] head(int hidden, Random random) {
    float[][] head = new float[TOKENS][hidden];
    for (float[] row : head) {
      for (int i = 0; i < hidden; i++) {
        row[i] = (float) random.nextGaussian();
      }
    }
    return head;
  }

  private static OutputLayer layer(float[][] head) {
    return new OutputLayer(head[0].length, Map.of(), token -> head[token]);
  }

  /** Log-probabilities as an interface rounds them, after a random hidden vector. */
  private static double[] logprobs(float[][] head, Random random) {
    double[] hidden = random.doubles(head[0].length, -2, 2).toArray();
    float[] logits = new float[head.length];
    for (int token = 0; token < head.length; token++) {
      double sum = 0;
      for (int i = 0; i < hidden.length; i++) {
        sum += head[token][i] * hidden[i];
      }
      logits[token] = (float) sum;
    }
    double all = 0;
    for (float logit : logits) {
      all += Math.exp(logit);
    }
    double normaliser = Math.log(all);
    return IntStream.range(0, logits.length).mapToDouble(i -> logits[i] - normaliser).toArray();
  }

  private static List<double[]> many(float[][] head, int prompts, Random random) {
    List<double[]> rows = new ArrayList<>();
    for (int prompt = 0; prompt < prompts; prompt++) {
      rows.add(logprobs(head, random));
    }
    return rows;
  }

  private static List<OutputImage.Row> rows(List<double[]> logprobs, int tokens, Random random) {
    return logprobs.stream()
        .map(row -> {
          int[] chosen = random.ints(0, TOKENS).distinct().limit(tokens).toArray();
          return new OutputImage.Row(
              chosen, IntStream.of(chosen).mapToDouble(token -> row[token]).toArray());
        })
        .toList();
  }

  @Test
  void theRankIsTheHiddenSize() {
    Random random = new Random(1);
    for (int hidden : new int[] {5, 17, 40}) {
      float[][] head = head(hidden, random);
      assertThat(OutputImage.rank(many(head, hidden + 20, random))).hasValue(hidden);
      assertThat(OutputImage.rank(many(head, hidden - 2, random))).isEmpty();
    }
    assertThat(OutputImage.rank(many(head(8, random), 2, random))).isEmpty();
  }

  @Test
  void theOwnHeadLeavesNothingAndAnotherLeavesWhatARandomOneDoes() {
    Random random = new Random(2);
    float[][] head = head(20, random);
    List<OutputImage.Row> rows = rows(many(head, 40, random), 70, random);
    OutputImage.Outside own = OutputImage.outside(rows, layer(head));
    assertThat(own.residual()).isLessThan(1e-5);
    assertThat(own.log10p()).isLessThan(-100);
    assertThat(own.rows()).isEqualTo(40);
    OutputImage.Outside other = OutputImage.outside(rows, layer(head(20, random)));
    assertThat(other.residual()).isCloseTo(other.expected(), within(0.06));
    assertThat(other.expected()).isCloseTo(Math.sqrt(1 - 20 / 69.0), within(1e-12));
    assertThat(other.log10p()).isGreaterThan(-4);
  }

  /** A head that another basis describes, as after a rotation, has the same image. */
  @Test
  void anotherBasisIsTheSameHead() {
    Random random = new Random(3);
    float[][] head = head(12, random);
    float[][] turned = new float[TOKENS][12];
    double[][] change = new double[12][12];
    for (double[] row : change) {
      for (int i = 0; i < 12; i++) {
        row[i] = random.nextGaussian();
      }
    }
    for (int token = 0; token < TOKENS; token++) {
      for (int i = 0; i < 12; i++) {
        for (int k = 0; k < 12; k++) {
          turned[token][i] += (float) (head[token][k] * change[k][i]);
        }
      }
    }
    List<OutputImage.Row> rows = rows(many(head, 20, random), 50, random);
    assertThat(OutputImage.outside(rows, layer(turned)).residual()).isLessThan(1e-4);
  }

  @Test
  void tooFewTokensSayNothing() {
    Random random = new Random(4);
    float[][] head = head(20, random);
    OutputImage.Outside outside =
        OutputImage.outside(rows(many(head, 5, random), 21, random), layer(head));
    assertThat(outside.rows()).isZero();
    assertThat(outside.residual()).isNaN();
  }

  /** A random image: the smallest share of many prompts, times the prompts, is no small p. */
  @Test
  void aRandomImageIsRarelyCalledSmall() {
    Random random = new Random(5);
    List<OutputImage.Row> rows = rows(many(head(10, random), 6, random), 60, random);
    int small = 0;
    for (int trial = 0; trial < 400; trial++) {
      OutputImage.Outside outside = OutputImage.outside(rows, layer(head(10, random)));
      small += outside.log10p() <= Math.log10(0.05) ? 1 : 0;
    }
    assertThat(small).isLessThanOrEqualTo(34);
  }

  @Test
  void theBetaTailIsTheLibrarys() {
    for (double[] of :
        new double[][] {
          {0.3, 2, 3}, {0.01, 4.5, 1.5}, {0.9, 20, 3}, {0.5, 60, 60}, {0.97, 30, 1}
        }) {
      assertThat(BetaTail.log10(of[0], of[1], of[2]))
          .isCloseTo(
              Math.log10(BetaDistribution.of(of[1], of[2]).cumulativeProbability(of[0])),
              within(1e-9));
    }
    assertThat(BetaTail.log10(1e-12, 2000, 64)).isLessThan(-20_000);
    assertThat(BetaTail.log10(1, 3, 3)).isZero();
  }
}
