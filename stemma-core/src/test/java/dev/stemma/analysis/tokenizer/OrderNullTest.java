package dev.stemma.analysis.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.analysis.tokenizer.TrainedVocabulary.Split;
import dev.stemma.artifact.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Independently trained vocabularies are never kin, and their p-values are conservative. */
class OrderNullTest {
  private static final int SIZE = 1500;

  @Test
  void halvesOfOneTextAreNotKin() throws IOException {
    List<String> texts = texts();
    List<String> even = new ArrayList<>();
    List<String> odd = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      (i % 2 == 0 ? even : odd).add(texts.get(i));
    }
    notKin(
        TrainedVocabulary.of(even, Split.GPT2, SIZE), TrainedVocabulary.of(odd, Split.GPT2, SIZE));
    notKin(
        TrainedVocabulary.of(even, Split.GPT2, SIZE),
        TrainedVocabulary.of(texts, Split.GPT2, SIZE));
  }

  @Test
  void theSameTextCutOtherwiseIsNotKin() throws IOException {
    List<String> texts = texts();
    Tokenizer gpt2 = TrainedVocabulary.of(texts, Split.GPT2, SIZE);
    notKin(gpt2, TrainedVocabulary.of(texts, Split.SHORT_DIGITS, SIZE));
    notKin(gpt2, TrainedVocabulary.of(texts, Split.SPACES, SIZE + 300));
  }

  @Test
  void ofNullPairsNoMoreThanPromisedHaveASmallPValue() {
    for (OrderNull each : OrderNull.shipped()) {
      double[] shares = each.shares();
      for (double level : new double[] {0.5, 0.1, 0.05, 0.02}) {
        long below = 0;
        for (double share : shares) {
          below += Math.pow(10, each.log10p(share)) <= level ? 1 : 0;
        }
        assertThat((double) below / shares.length).as(each.name()).isLessThanOrEqualTo(level);
      }
      assertThat(Math.pow(10, each.log10p(1.0))).isCloseTo(1.0 / (shares.length + 1), within(1e-9));
      assertThat(each.log10p(0)).isZero();
    }
  }

  private static void notKin(Tokenizer a, Tokenizer b) {
    for (TokenizerComparison comparison :
        List.of(TokenizerComparison.of(a, b), TokenizerComparison.of(b, a))) {
      assertThat(comparison.kinship().relation())
          .isIn(TokenizerRelation.INDEPENDENT, TokenizerRelation.INCONCLUSIVE);
      assertThat(comparison.kinship().ancestor()).isNull();
    }
  }

  /** Some of this project's own sources: real text that is always there. */
  private static List<String> texts() throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java/dev/stemma"))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().limit(150).toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }
}
