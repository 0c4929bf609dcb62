package dev.stemma.analysis.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Budget;
import dev.stemma.behaviour.Capabilities;
import dev.stemma.behaviour.DatedQuestion;
import dev.stemma.behaviour.ExchangeLog;
import dev.stemma.behaviour.Interview;
import dev.stemma.behaviour.Probes;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import dev.stemma.behaviour.Transcript;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.report.Texts;
import dev.stemma.source.Progress;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Our own dated questions, put to answerers whose knowledge is known. */
class KnowledgeCutoffTest {
  private static final List<DatedQuestion> QUESTIONS = Probes.datedQuestions();

  /** Knows three of four answers up to a month, guesses one in ten later, says nothing at times. */
  private record Answerer(String name, YearMonth last) implements Target {
    @Override
    public String reference() {
      return name;
    }

    @Override
    public int concurrency() {
      return 1;
    }

    @Override
    public boolean runsHere() {
      return true;
    }

    @Override
    public Answer ask(Question question, ExchangeLog log) {
      DatedQuestion asked =
          QUESTIONS.stream()
              .filter(one -> question.text().startsWith(one.question()))
              .findFirst()
              .orElseThrow();
      Random random = new Random(question.text().hashCode() * 31L + name.hashCode());
      double chance = asked.month().isAfter(last) ? 0.1 : 0.75;
      String text =
          random.nextInt(20) == 0
              ? ""
              : random.nextDouble() < chance
                  ? "I think it was " + asked.answers().getFirst() + "."
                  : "I do not know.";
      return new Answer(List.of(new Answer.Choice(text, List.of())), 0, 0);
    }
  }

  private static Evidence evidence(
      YearMonth target, YearMonth candidate, @Nullable YearMonth declared) {
    Answerer asked = new Answerer("target", target);
    Answerer other = new Answerer("candidate", candidate);
    Capabilities chat =
        new Capabilities(
            false, true, false, 0, Question.OfPrompt.NONE, false, Optional.empty(), true);
    Map<String, Capabilities> can = new HashMap<>();
    can.put("target", chat);
    can.put("candidate", chat);
    Inquiry inquiry =
        new Inquiry(
            asked,
            List.of(other),
            List.of(),
            other,
            can,
            Map.of(),
            new Interview(Transcript.none(), new Budget(Long.MAX_VALUE, Long.MAX_VALUE), false),
            Progress.NONE);
    return new KnowledgeCutoff(QUESTIONS, declared).of(inquiry).getFirst();
  }

  private static YearMonth found(Measured measured) {
    return YearMonth.of(
        (int) measured.value("cutoff.year", 0), (int) measured.value("cutoff.month", 0));
  }

  @Test
  void findsTheMonthAndFlagsALaterOneThanDeclared() {
    for (YearMonth last : List.of(YearMonth.of(2022, 3), YearMonth.of(2023, 9))) {
      Measured measured = (Measured) evidence(last, last.plusMonths(14), last.minusMonths(8));
      assertThat(found(measured)).isBetween(last.minusMonths(1), last.plusMonths(1));
      assertThat(measured.log10p()).isLessThan(-3);
      assertThat(measured.caveats()).anyMatch(said -> said.startsWith("flag: it knows of months"));
      assertThat(measured.caveats()).noneMatch(said -> said.contains("ends with the candidate's"));
      assertThat(measured.values()).doesNotContainKey("relation.affinity");
    }
  }

  @Test
  void flagsAnEndThatIsTheCandidates() {
    YearMonth last = YearMonth.of(2023, 4);
    Measured measured = (Measured) evidence(last, last, last.plusMonths(1));
    assertThat(measured.caveats())
        .anyMatch(said ->
            said.endsWith("ends with the candidate's and nothing later is known: candidate"))
        .anyMatch(said -> said.contains("not contradicted"));
    Texts korean = Texts.of("ko");
    assertThat(measured.caveats()).allMatch(said -> korean.speaks(korean.phrase(said)));
  }

  @Test
  void oneWhoKnowsEverythingHasNoCutoff() {
    Measured measured = (Measured) evidence(YearMonth.of(2030, 1), YearMonth.of(2022, 1), null);
    assertThat(measured.value("cutoff.clear", 1)).isZero();
    assertThat(measured.values()).doesNotContainKey("cutoff.year");
  }

  @Test
  void oneWhoKnowsNothingIsNotTested() {
    List<DatedQuestion> few = QUESTIONS.subList(0, 5);
    Answerer nobody = new Answerer("target", YearMonth.of(1990, 1));
    Capabilities chat =
        new Capabilities(
            false, true, false, 0, Question.OfPrompt.NONE, false, Optional.empty(), true);
    Inquiry inquiry =
        new Inquiry(
            nobody,
            List.of(),
            List.of(),
            nobody,
            Map.of("target", chat),
            Map.of(),
            new Interview(Transcript.none(), new Budget(0, 0), false),
            Progress.NONE);
    assertThat(new KnowledgeCutoff(few, null).of(inquiry).getFirst())
        .isInstanceOf(NotApplicable.class);
  }
}
