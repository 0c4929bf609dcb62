package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.verdict.Judge;
import dev.stemma.verdict.Relation;
import dev.stemma.verdict.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the paired test says of few prompts, of two near candidates, and of none. */
class NextTokenEvidenceTest {
  private static final NextTokenEvidence.Setting SETTING =
      new NextTokenEvidence.Setting(
          "t", List.of("x", "y"), List.of("c"), Map.of(), -2, Math.log10(0.05), Math.log10(0.2));

  /** Each model says the target's word with its own chance, else another. */
  private static NextTokens answers(int prompts, double x, double y) {
    Random random = new Random(1);
    List<String> stems = new ArrayList<>();
    List<@Nullable String> target = new ArrayList<>();
    List<@Nullable String> first = new ArrayList<>();
    List<@Nullable String> second = new ArrayList<>();
    List<@Nullable String> control = new ArrayList<>();
    for (int prompt = 0; prompt < prompts; prompt++) {
      String word = "w" + random.nextInt(50);
      stems.add("s" + prompt);
      target.add(word);
      first.add(random.nextDouble() < x ? word : "other");
      second.add(random.nextDouble() < y ? word : "another");
      control.add(random.nextDouble() < 0.2 ? word : "none");
    }
    return new NextTokens(stems, Map.of("t", target, "x", first, "y", second, "c", control));
  }

  private static Verdict verdict(Evidence evidence) {
    return Judge.judge(List.of(evidence), List.of());
  }

  @Test
  void theClosestIsNamedWhereItIsSignificantlyCloser() {
    Measured clear = (Measured) NextTokenEvidence.of(answers(1000, 0.8, 0.5), SETTING);
    assertThat(clear.value("closest.decided", 0)).isEqualTo(1);
    assertThat(verdict(clear).relation()).isEqualTo(Relation.AFFINITY);
    assertThat(verdict(clear).summary()).doesNotContain("told apart");
    Measured open = (Measured) NextTokenEvidence.of(answers(1000, 0.7, 0.69), SETTING);
    assertThat(open.value("closest.decided", 1)).isZero();
    assertThat(verdict(open).relation()).isEqualTo(Relation.AFFINITY);
    assertThat(verdict(open).summary()).contains("told apart");
    assertThat(open.caveats()).anyMatch(said -> said.startsWith("not significantly closer"));
  }

  /** Two models share a habit; a third, farther one agrees a little more beside it. */
  @Test
  void aModelThatIsFartherThanAControlWithTheHabitCountedIsNotAkin() {
    List<String> stems = new ArrayList<>();
    List<@Nullable String> target = new ArrayList<>();
    List<@Nullable String> candidate = new ArrayList<>();
    List<@Nullable String> control = new ArrayList<>();
    for (int prompt = 0; prompt < 1000; prompt++) {
      boolean habit = prompt % 2 == 0;
      String word = habit ? "the" : "w" + prompt;
      stems.add("s" + prompt);
      target.add(word);
      candidate.add(!habit && prompt % 5 == 0 ? word : "other");
      control.add(habit ? word : "none");
    }
    Measured found =
        (Measured)
            NextTokenEvidence.of(
                new NextTokens(
                    stems, Map.of("t", target, "x", candidate, "y", candidate, "c", control)),
                SETTING);
    assertThat(found.log10p()).isLessThan(-20);
    assertThat(verdict(found).relation()).isEqualTo(Relation.NO_EVIDENCE);
    assertThat(found.caveats()).anyMatch(said -> said.startsWith("no affinity"));
  }

  /** A candidate that gives one word as often as the target does, whatever is asked. */
  @Test
  void oneSharedWordIsNoAffinity() {
    List<String> stems = new ArrayList<>();
    List<@Nullable String> target = new ArrayList<>();
    List<@Nullable String> candidate = new ArrayList<>();
    List<@Nullable String> control = new ArrayList<>();
    for (int prompt = 0; prompt < 1000; prompt++) {
      String word = prompt % 2 == 0 ? "the" : prompt % 5 == 0 ? "_" : "w" + prompt;
      stems.add("s" + prompt);
      target.add(word);
      candidate.add(word.equals("_") ? word : "other");
      control.add("none");
    }
    Measured found =
        (Measured)
            NextTokenEvidence.of(
                new NextTokens(
                    stems, Map.of("t", target, "x", candidate, "y", control, "c", control)),
                SETTING);
    assertThat(found.log10p()).isGreaterThan(-1);
    assertThat(found.value("discordant.candidate", 0)).isEqualTo(100);
    assertThat(verdict(found).relation()).isEqualTo(Relation.NO_EVIDENCE);
    assertThat(found.caveats()).anyMatch(said -> said.contains("too few different answers"));
  }

  @Test
  void fewPromptsAreNoEvidenceWithoutPower() {
    Measured few = (Measured) NextTokenEvidence.of(answers(30, 0.95, 0.2), SETTING);
    assertThat(verdict(few).relation()).isEqualTo(Relation.NO_EVIDENCE);
    assertThat(verdict(few).components().getFirst().power()).contains("Too few prompts");
    assertThat(few.caveats()).anyMatch(said -> said.startsWith("only "));
  }

  @Test
  void noAnswersAreNotTested() {
    List<@Nullable String> nothing = Collections.nCopies(40, null);
    List<String> stems = Collections.nCopies(40, "s");
    Evidence evidence =
        NextTokenEvidence.of(
            new NextTokens(stems, Map.of("t", nothing, "x", nothing, "y", nothing, "c", nothing)),
            SETTING);
    assertThat(evidence).isInstanceOf(NotApplicable.class);
    assertThat(verdict(evidence).relation()).isEqualTo(Relation.NOT_COMPARABLE);
    assertThat(verdict(evidence).summary()).contains("not tested");
  }
}
