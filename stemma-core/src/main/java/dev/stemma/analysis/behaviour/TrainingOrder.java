package dev.stemma.analysis.behaviour;

import dev.stemma.artifact.Component;
import dev.stemma.behaviour.OrderedText;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.List;

/**
 * Does the target remember the order of a published training run (Palimpsest, arXiv 2510.19796)?
 *
 * <p>Statistic: Spearman's correlation of a text's place in the order with the target's
 * log-likelihood of it, less the controls' where they can read: what was seen last is remembered
 * best. Null hypothesis: the target was made without that run; the run shuffled its data, so every
 * order is equally likely, and the permutation p-value is exact. It can be fooled: an order that
 * was not shuffled (by source, date or length), or a model trained anew in the published order.
 */
public final class TrainingOrder implements BehaviourAnalysis {
  /** The analysis's stable id. */
  public static final String ID = "behaviour.training-order";

  private static final int FEWEST = 20;
  private static final int MOST_DRAWN = 1000;
  private static final int PERMUTATIONS = 99_999;

  private final List<OrderedText> texts;
  private final double level;

  /**
   * The analysis.
   *
   * @param level base-10 logarithm of the level of the test
   */
  public TrainingOrder(List<OrderedText> texts, double level) {
    this.texts = List.copyOf(texts);
    this.level = level;
  }

  @Override
  public List<Evidence> of(Inquiry inquiry) {
    if (!inquiry.can(inquiry.target()).promptLogprobs()) {
      return List.of(new NotApplicable(ID, Component.BEHAVIOUR, Readings.NO_PROMPT));
    }
    List<String> all = texts.stream().map(OrderedText::text).toList();
    List<Target> models =
        inquiry.able(can -> can.promptLogprobs()).stream()
            .filter(model -> model == inquiry.target() || inquiry.controls().contains(model))
            .toList();
    Readings readings = new Readings(inquiry, models, all);
    List<double[]> likelihoods = new ArrayList<>();
    for (Target model : models) {
      likelihoods.add(
          readings.of(model, all).stream()
              .map(Membership::likelihood)
              .mapToDouble(likelihood -> likelihood.orElse(Double.NaN))
              .toArray());
    }
    List<double[]> kept = new ArrayList<>();
    for (int text = 0; text < all.size(); text++) {
      int at = text;
      double others =
          likelihoods.stream().skip(1).mapToDouble(model -> model[at]).average().orElse(0);
      double value = likelihoods.getFirst()[text] - others;
      if (Double.isFinite(value)) {
        kept.add(new double[] {texts.get(text).position(), value});
      }
    }
    if (kept.size() < FEWEST) {
      return List.of(
          new NotApplicable(
              ID,
              Component.BEHAVIOUR,
              "only "
                  + kept.size()
                  + " ordered texts of eight tokens and more could be read; "
                  + FEWEST
                  + " are needed"));
    }
    double[] places = kept.stream().mapToDouble(one -> one[0]).toArray();
    double[] values = kept.stream().mapToDouble(one -> one[1]).toArray();
    RankTests.Result result = RankTests.spearman(places, values, PERMUTATIONS, 1);
    double log10p = Math.log10(result.p());
    Measured.Builder built =
        Measured.of(ID, Component.BEHAVIOUR)
            .statistic(
                "rank correlation of place in the order and likelihood", result.effect(), null)
            .pValue(
                log10p,
                Basis.EXACT,
                "the target was made without that run, whose order was shuffled")
            .value("texts", kept.size())
            .value("models.taken.off", models.size() - 1)
            .figures(
                new Figure.Scatter(
                    "Likelihood by place in the training order",
                    "rank of the place",
                    "rank of the likelihood",
                    points(places, values)))
            .caveats(
                "exact if the run shuffled its data and the file tells the true places",
                "texts were cut to " + readings.length() + " characters",
                "a model trained anew on the same data in the same order would show it too");
    return List.of(log10p < level ? built.value("relation.affinity", 1).build() : built.build());
  }

  private static List<Figure.Point> points(double[] places, double[] values) {
    double[] x = RankTests.ranks(places);
    double[] y = RankTests.ranks(values);
    List<Figure.Point> points = new ArrayList<>();
    for (int i = 0; i < Math.min(x.length, MOST_DRAWN); i++) {
      points.add(new Figure.Point(x[i], y[i], "texts", ""));
    }
    return points;
  }
}
