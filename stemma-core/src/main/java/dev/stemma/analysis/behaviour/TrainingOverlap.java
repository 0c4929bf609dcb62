package dev.stemma.analysis.behaviour;

import dev.stemma.artifact.Component;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * Was the target trained on these texts?
 *
 * <p>Statistic: the chance that a given text is more familiar (Min-K%++, Zhang et al., arXiv
 * 2404.02936) than a control text; where controls can read too, their mean score of the same text
 * is taken off, so that merely easier texts do not pass. Null hypothesis: both lists are equally
 * familiar; permutation of the texts. It can be fooled: control texts of another kind, near
 * duplicates, and models trained on texts about the given ones.
 */
public final class TrainingOverlap implements BehaviourAnalysis {
  /** The analysis's stable id. */
  public static final String ID = "behaviour.training-overlap";

  private static final int FEWEST = 10;
  private static final int PERMUTATIONS = 99_999;

  private final List<String> texts;
  private final List<String> controlTexts;

  /**
   * The analysis.
   *
   * @param texts those in question
   * @param controlTexts texts of the same kind that it cannot have seen, as written after its
   *     cutoff
   */
  public TrainingOverlap(List<String> texts, List<String> controlTexts) {
    this.texts = List.copyOf(texts);
    this.controlTexts = List.copyOf(controlTexts);
  }

  @Override
  public List<Evidence> of(Inquiry inquiry) {
    if (!inquiry.can(inquiry.target()).promptLogprobs()) {
      return List.of(new NotApplicable(ID, Component.BEHAVIOUR, Readings.NO_PROMPT));
    }
    List<Target> models =
        inquiry.able(can -> can.promptLogprobs()).stream()
            .filter(model -> model == inquiry.target() || inquiry.controls().contains(model))
            .toList();
    List<String> all = Stream.concat(texts.stream(), controlTexts.stream()).toList();
    Readings readings = new Readings(inquiry, models, all);
    List<double[]> scores = new ArrayList<>();
    for (Target model : models) {
      scores.add(
          readings.of(model, all).stream()
              .map(Membership::score)
              .mapToDouble(score -> score.orElse(Double.NaN))
              .toArray());
    }
    double[] plain = scores.getFirst();
    double[] adjusted = adjusted(scores);
    double[] given = finite(adjusted, 0, texts.size());
    double[] other = finite(adjusted, texts.size(), all.size());
    if (given.length < FEWEST || other.length < FEWEST) {
      return List.of(
          new NotApplicable(
              ID,
              Component.BEHAVIOUR,
              "only "
                  + given.length
                  + " texts and "
                  + other.length
                  + " control texts of eight tokens and more could be read; "
                  + FEWEST
                  + " of each are needed"));
    }
    RankTests.Result result = RankTests.mannWhitney(given, other, PERMUTATIONS, 1);
    RankTests.Result unadjusted =
        RankTests.mannWhitney(
            finite(plain, 0, texts.size()), finite(plain, texts.size(), all.size()), 999, 1);
    List<List<String>> rows =
        List.of(
            row("the target's score", plain, all.size(), unadjusted.effect()),
            row("less the controls' score", adjusted, all.size(), result.effect()));
    List<String> caveats = new ArrayList<>();
    caveats.add(
        models.size() > 1
            ? "scores less the mean score of the controls, which shows what is merely easier text"
            : "no control could read the texts: easier texts pass for familiar ones");
    caveats.add("weight zero in the verdict: common training data is no lineage");
    caveats.add("a small p means familiar texts only if the control texts are of the same kind");
    caveats.add("texts were cut to " + readings.length() + " characters");
    return List.of(
        Measured.of(ID, Component.BEHAVIOUR)
            .statistic(
                "chance that a given text is more familiar than a control", result.effect(), null)
            .pValue(
                Math.log10(result.p()),
                Basis.EXACT,
                "the given texts are as familiar as the control texts")
            .value("texts", given.length)
            .value("control.texts", other.length)
            .value("auc.unadjusted", unadjusted.effect())
            .figures(
                new Figure.Table(
                    "How familiar the texts are (Min-K%++, means)",
                    List.of("score", "given texts", "control texts", "chance above"),
                    models.size() > 1 ? rows : rows.subList(0, 1)))
            .caveats(caveats)
            .build());
  }

  /** The target's scores, less the mean of the controls' where they have one. */
  private static double[] adjusted(List<double[]> scores) {
    double[] out = scores.getFirst().clone();
    for (int text = 0; text < out.length; text++) {
      int at = text;
      OptionalDouble mean = scores.stream().skip(1).mapToDouble(model -> model[at]).average();
      out[text] -= mean.orElse(0);
    }
    return out;
  }

  private static double[] finite(double[] values, int from, int to) {
    return java.util.Arrays.stream(values, from, to).filter(Double::isFinite).toArray();
  }

  private List<String> row(String what, double[] scores, int all, double above) {
    return List.of(
        what,
        number(java.util.Arrays.stream(finite(scores, 0, texts.size())).average().orElse(0)),
        number(java.util.Arrays.stream(finite(scores, texts.size(), all)).average().orElse(0)),
        number(above));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
