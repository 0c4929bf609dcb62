package dev.stemma.analysis.behaviour;

import dev.stemma.artifact.Component;
import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Capabilities;
import dev.stemma.behaviour.IdentityName;
import dev.stemma.behaviour.IdentityQuestion;
import dev.stemma.behaviour.Probes;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * Whose name does the model give when it is asked who it is?
 *
 * <p>Statistic: questions at which most of five draws name a maker. Null hypothesis: the target
 * names it as often as the controls do (their share with one more of each), binomial over the
 * questions, times the names that occurred. It can be fooled: a quarter of models misname
 * themselves, because texts on the web name other models.
 */
public final class IdentityProbes implements BehaviourAnalysis {
  private static final String ID = "behaviour.identity";
  private static final int DRAWS = 5;
  private static final int TOKENS = 64;
  private static final int FEWEST = 5;

  /** What one model named: questions by maker, and how many it answered. */
  private record Named(Target model, Map<String, Integer> makers, int answered) {
    int of(String maker) {
      return makers.getOrDefault(maker, 0);
    }
  }

  @Override
  public List<Evidence> of(Inquiry inquiry) {
    if (!inquiry.can(inquiry.target()).chat()) {
      return List.of(new NotApplicable(ID, Component.BEHAVIOUR, "the target answers no messages"));
    }
    List<Named> all = new ArrayList<>();
    for (Target model : inquiry.able(Capabilities::chat)) {
      all.add(named(model, inquiry));
    }
    Named own = all.getFirst();
    List<Named> controls =
        all.stream().filter(named -> inquiry.controls().contains(named.model())).toList();
    if (own.answered() < FEWEST) {
      return List.of(
          new NotApplicable(
              ID, Component.BEHAVIOUR, "only " + own.answered() + " questions were answered"));
    }
    String most =
        own.makers().entrySet().stream()
            .max(
                Map.Entry.<String, Integer>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .orElse("");
    List<List<String>> rows = new ArrayList<>();
    own.makers().entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(entry ->
            rows.add(
                List.of(
                    entry.getKey(),
                    entry.getValue() + " / " + own.answered(),
                    String.join(
                        ", ",
                        all.stream()
                            .skip(1)
                            .filter(named -> named.of(entry.getKey()) > 0)
                            .map(named ->
                                inquiry.name(named.model())
                                    + " "
                                    + named.of(entry.getKey())
                                    + " / "
                                    + named.answered())
                            .toList()),
                    controls.isEmpty()
                        ? ""
                        : String.format(
                            Locale.ROOT, "%.1f", log10p(own, controls, entry.getKey())))));
    Measured.Builder built =
        Measured.of(ID, Component.BEHAVIOUR)
            .statistic(
                "questions at which the target names one maker",
                own.of(most),
                (double) own.answered())
            .figures(
                new Figure.Table(
                    "Makers that the target names",
                    List.of("maker", "target", "others", "log10 p"),
                    rows))
            .caveats(
                "context, weight zero in the verdict: a quarter of all models misname themselves,"
                    + " and a few examples teach any name");
    if (controls.isEmpty() || most.isEmpty()) {
      return List.of(built.nullHypothesis("no controls that answer messages").build());
    }
    double best =
        own.makers().keySet().stream()
            .mapToDouble(maker -> log10p(own, controls, maker))
            .min()
            .orElse(0);
    return List.of(
        built
            .pValue(
                Math.min(0, best + Math.log10(own.makers().size())),
                Basis.CALIBRATED,
                "the target names a maker as often as the controls do")
            .build());
  }

  private static double log10p(Named own, List<Named> controls, String maker) {
    int times = controls.stream().mapToInt(named -> named.of(maker)).sum();
    int answered = controls.stream().mapToInt(Named::answered).sum();
    return log10p(own.of(maker), own.answered(), times, answered);
  }

  /** The binomial's upper tail at the controls' share, one more of each added to it. */
  static double log10p(int times, int answered, int timesOfControls, int answeredByControls) {
    double share = (timesOfControls + 1.0) / (answeredByControls + 2.0);
    return times == 0
        ? 0
        : Math.log10(
            Math.max(
                Double.MIN_NORMAL,
                BinomialDistribution.of(answered, share).survivalProbability(times - 1)));
  }

  private static Named named(Target model, Inquiry inquiry) {
    List<IdentityQuestion> asked = Probes.identityQuestions();
    boolean together = inquiry.can(model).choices();
    List<Question> questions = new ArrayList<>();
    long seed = Integer.toUnsignedLong(model.reference().hashCode());
    for (IdentityQuestion question : asked) {
      for (int draw = 0; draw < (together ? 1 : DRAWS); draw++) {
        questions.add(
            new Question(
                true,
                question.question(),
                TOKENS,
                1,
                together ? DRAWS : 1,
                seed++,
                -1,
                Question.OfPrompt.NONE));
      }
    }
    List<Optional<Answer>> answers = inquiry.ask(model, questions, "asking who it is");
    int each = questions.size() / asked.size();
    Map<String, Integer> makers = new HashMap<>();
    int answered = 0;
    for (int i = 0; i < asked.size(); i++) {
      List<String> texts =
          answers.subList(i * each, (i + 1) * each).stream()
              .flatMap(Optional::stream)
              .flatMap(answer -> answer.choices().stream())
              .map(Answer.Choice::text)
              .filter(text -> !text.isBlank())
              .toList();
      answered += texts.isEmpty() ? 0 : 1;
      for (IdentityName name : Probes.identityNames()) {
        List<String> words =
            Stream.of(List.of(name.maker()), name.families(), name.aliases())
                .flatMap(List::stream)
                .toList();
        long hits = texts.stream().filter(text -> Matching.anyAsWritten(text, words)).count();
        if (2 * hits > texts.size()) {
          makers.merge(name.maker(), 1, Integer::sum);
        }
      }
    }
    return new Named(model, makers, answered);
  }
}
