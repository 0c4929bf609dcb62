package dev.stemma.analysis.behaviour;

import dev.stemma.artifact.Component;
import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Capabilities;
import dev.stemma.behaviour.DatedQuestion;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.NotApplicable;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Up to which month does the model know what happened?
 *
 * <p>Statistic: the largest binomial log-likelihood ratio of a fall of right answers after some
 * month. Null hypothesis: right answers do not depend on the month; permutation of the answers. It
 * can be fooled: retrieval, a system prompt with news, training in several rounds (the curve shows
 * partial cutoffs), and questions whose favourite won.
 */
public final class KnowledgeCutoff implements BehaviourAnalysis {
  private static final String ID = "behaviour.cutoff";
  private static final double LEVEL = 0.01;
  private static final double SAME_AFTER = 0.05;
  private static final int FEWEST_RIGHT = 10;
  private static final int CHAT_TOKENS = 64;
  private static final int RAW_TOKENS = 16;

  private final List<DatedQuestion> questions;
  private final @Nullable YearMonth declared;

  /**
   * The analysis.
   *
   * @param declared the last month that its makers say the target knows, or null
   */
  public KnowledgeCutoff(List<DatedQuestion> questions, @Nullable YearMonth declared) {
    this.questions = List.copyOf(questions);
    this.declared = declared;
  }

  private record Known(
      Target model, List<CutoffScan.Month> months, Optional<CutoffScan.Result> result) {
    int answered() {
      return months.stream().mapToInt(CutoffScan.Month::asked).sum();
    }

    boolean clear() {
      return result.filter(found -> found.p() <= LEVEL).isPresent();
    }
  }

  @Override
  public List<Evidence> of(Inquiry inquiry) {
    List<Known> all = new ArrayList<>();
    for (Target model : inquiry.all()) {
      Capabilities can = inquiry.can(model);
      if (!inquiry.controls().contains(model) && (can.chat() || can.completions())) {
        List<CutoffScan.Month> months = months(inquiry, model, can.chat());
        all.add(new Known(model, months, CutoffScan.of(months, 1)));
      }
    }
    Optional<Known> own =
        all.stream()
            .filter(known -> known.model() == inquiry.target() && known.result().isPresent())
            .findFirst();
    if (own.isEmpty()) {
      return List.of(
          new NotApplicable(
              ID, Component.BEHAVIOUR, "the target answered too few dated questions"));
    }
    Known target = own.get();
    int right = target.months().stream().mapToInt(CutoffScan.Month::right).sum();
    if (right < FEWEST_RIGHT) {
      return List.of(
          new NotApplicable(
              ID,
              Component.BEHAVIOUR,
              "only " + right + " of " + target.answered() + " answers are right"));
    }
    CutoffScan.Result found = target.result().orElseThrow();
    Measured.Builder built =
        Measured.of(ID, Component.BEHAVIOUR)
            .statistic("right answers of those given", right, (double) target.answered())
            .pValue(
                Math.log10(found.p()),
                Basis.EXACT,
                "right answers do not depend on the month asked about")
            .figures(List.of(table(all, inquiry), curve(all, inquiry)))
            .value("cutoff.clear", target.clear() ? 1 : 0);
    if (target.clear()) {
      built
          .value("cutoff.year", found.last().getYear())
          .value("cutoff.month", found.last().getMonthValue())
          .value("cutoff.low", number(found.low()))
          .value("cutoff.high", number(found.high()));
    }
    return List.of(built.caveats(caveats(target, all, inquiry)).build());
  }

  private static double number(YearMonth month) {
    return month.getYear() * 100 + month.getMonthValue();
  }

  private List<CutoffScan.Month> months(Inquiry inquiry, Target model, boolean chat) {
    List<Question> asked =
        questions.stream()
            .map(question ->
                chat
                    ? Question.message(
                        question.question() + "\nAnswer in a few words.", CHAT_TOKENS)
                    : Question.greedy("Question: " + question.question() + "\nAnswer:", RAW_TOKENS))
            .toList();
    List<Optional<Answer>> answers = inquiry.ask(model, asked, "asking dated questions");
    Map<YearMonth, int[]> counts = new TreeMap<>();
    for (int i = 0; i < questions.size(); i++) {
      int[] count = counts.computeIfAbsent(questions.get(i).month(), any -> new int[2]);
      String text = answers.get(i).map(Answer::text).orElse("").strip();
      if (!text.isEmpty()) {
        String said = chat ? text : text.lines().findFirst().orElse("");
        count[0]++;
        count[1] += Matching.any(said, questions.get(i).answers()) ? 1 : 0;
      }
    }
    List<CutoffScan.Month> months = new ArrayList<>();
    counts.forEach((month, count) -> months.add(new CutoffScan.Month(month, count[0], count[1])));
    return months;
  }

  private List<String> caveats(Known target, List<Known> all, Inquiry inquiry) {
    CutoffScan.Result found = target.result().orElseThrow();
    List<String> caveats = new ArrayList<>();
    if (!target.clear()) {
      caveats.add(
          "no cutoff shows within the months asked about: it may know all of them, or none");
    } else if (declared != null) {
      caveats.add(
          found.low().isAfter(declared)
              ? "flag: it knows of months after the declared cutoff " + declared
              : "the declared cutoff " + declared + " is not contradicted");
    }
    for (Known other : all) {
      if (!other.equals(target) && target.clear() && other.clear() && sameEnd(found, other)) {
        caveats.add(
            "flag: its knowledge ends with the candidate's and nothing later is known: "
                + inquiry.name(other.model()));
      }
    }
    caveats.add(
        "context, weight zero in the verdict: unrelated models of one season end in the same"
            + " month");
    caveats.add("a fade of a year moves the month early by about 5; the interval allows for it");
    return caveats;
  }

  private static boolean sameEnd(CutoffScan.Result found, Known other) {
    CutoffScan.Result their = other.result().orElseThrow();
    return Math.abs(found.last().until(their.last(), ChronoUnit.MONTHS)) <= 1
        && found.after() <= their.after() + SAME_AFTER;
  }

  private static Figure table(List<Known> all, Inquiry inquiry) {
    List<List<String>> rows = new ArrayList<>();
    for (Known known : all) {
      CutoffScan.Result found = known.result().orElse(null);
      if (found == null) {
        continue;
      }
      rows.add(
          List.of(
              inquiry.name(known.model()),
              inquiry.role(known.model()),
              known.clear() ? found.last().toString() : "unclear",
              known.clear() ? found.low() + " – " + found.high() : "",
              known.clear() ? String.valueOf(found.fade()) : "",
              share(found.before()),
              share(found.after()),
              String.format(Locale.ROOT, "%.4f", found.p())));
    }
    return new Figure.Table(
        "The last month that each model knows",
        List.of(
            "model",
            "role",
            "last month",
            "interval",
            "fades over",
            "right before",
            "right after",
            "p"),
        rows);
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static Figure curve(List<Known> all, Inquiry inquiry) {
    Map<String, List<Double>> series = new LinkedHashMap<>();
    all.forEach(known -> series.put(inquiry.name(known.model()), CutoffScan.curve(known.months())));
    return new Figure.Curves(
        "Right answers by month, three months together",
        "year",
        "share of right answers",
        all.getFirst().months().stream()
            .map(month -> month.month().getYear() + (month.month().getMonthValue() - 0.5) / 12)
            .toList(),
        series.entrySet().stream()
            .map(entry -> new Figure.Series(entry.getKey(), entry.getValue()))
            .toList());
  }
}
