package dev.stemma.analysis.behaviour;

import dev.stemma.artifact.Component;
import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Capabilities;
import dev.stemma.behaviour.Opening;
import dev.stemma.behaviour.Probes;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Do target and closest candidate draw their texts from one distribution, and how far is each model
 * from the target? See {@link SameWeights} and {@link Genes} for statistics, nulls and papers.
 */
public final class DrawnTexts implements BehaviourAnalysis {
  /** The test of identity. */
  public static final String SAME = "behaviour.same-weights";

  /** The distance. */
  public static final String DISTANCE = "behaviour.phylo-distance";

  private static final int MMD_PROMPTS = 25;
  private static final int MMD_DRAWS = 10;
  private static final int MMD_TOKENS = 16;
  private static final int PERMUTATIONS = 1000;
  private static final int GENES = 128;
  private static final int GENE_DRAWS = 32;
  private static final int GENE_TOKENS = 4;

  @Override
  public List<Evidence> of(Inquiry inquiry) {
    if (!inquiry.can(inquiry.target()).completions()) {
      String why = "the target continues no raw text";
      return List.of(
          new NotApplicable(SAME, Component.BEHAVIOUR, why),
          new NotApplicable(DISTANCE, Component.BEHAVIOUR, why));
    }
    return List.of(sameWeights(inquiry), distances(inquiry));
  }

  private static Evidence sameWeights(Inquiry inquiry) {
    List<List<String>> first = drawn(inquiry, inquiry.target(), 0, MMD_PROMPTS, MMD_DRAWS);
    List<List<String>> second = drawn(inquiry, inquiry.closest(), 0, MMD_PROMPTS, MMD_DRAWS);
    List<SameWeights.Draws> draws = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      draws.add(new SameWeights.Draws(first.get(i), second.get(i)));
    }
    SameWeights.Result result = SameWeights.test(draws, PERMUTATIONS, 1);
    if (result.prompts() == 0) {
      return new NotApplicable(SAME, Component.BEHAVIOUR, "no texts could be drawn");
    }
    return Measured.of(SAME, Component.BEHAVIOUR)
        .statistic("squared mean discrepancy of drawn texts", result.discrepancy(), null)
        .pValue(Math.log10(result.p()), Basis.EXACT, "both draw their texts from one distribution")
        .value("draws", result.draws())
        .value("prompts", result.prompts())
        .caveats(
            "a small p says that the two are not the same weights served the same way; any"
                + " fine-tune does that",
            "context, weight zero in the verdict: it tells identity, not lineage")
        .build();
  }

  private static Evidence distances(Inquiry inquiry) {
    Genes own = genes(inquiry, inquiry.target());
    List<List<String>> rows = new ArrayList<>();
    List<Measured.ControlValue> controls = new ArrayList<>();
    double nearest = Double.POSITIVE_INFINITY;
    for (Target other : inquiry.able(Capabilities::completions)) {
      if (other == inquiry.target()) {
        continue;
      }
      Genes.Distance distance = Genes.between(own, genes(inquiry, other), PERMUTATIONS, 1);
      rows.add(
          List.of(
              inquiry.name(other),
              String.format(Locale.ROOT, "%.3f", distance.value()),
              String.format(Locale.ROOT, "%.3f – %.3f", distance.low(), distance.high()),
              String.valueOf(distance.genes())));
      if (inquiry.controls().contains(other)) {
        controls.add(new Measured.ControlValue(inquiry.name(other), distance.value(), null));
      } else {
        nearest = Math.min(nearest, distance.value());
      }
    }
    if (Double.isInfinite(nearest)) {
      return new NotApplicable(DISTANCE, Component.BEHAVIOUR, "no candidate continues a raw text");
    }
    return Measured.of(DISTANCE, Component.BEHAVIOUR)
        .statistic("distance of the nearest candidate", nearest, null)
        .nullHypothesis("no theorem: compare with the controls")
        .controls(controls)
        .figures(
            new Figure.Table(
                "Distances by drawn continuations",
                List.of("model", "distance", "95% bootstrap over prompts", "prompts"),
                rows))
        .caveats("context, weight zero in the verdict: shared training data makes models near too")
        .build();
  }

  private static Genes genes(Inquiry inquiry, Target model) {
    return new Genes(drawn(inquiry, model, MMD_PROMPTS, GENES, GENE_DRAWS));
  }

  /** Drawn continuations, prompt by prompt; seeds differ by model, so that draws are apart. */
  private static List<List<String>> drawn(
      Inquiry inquiry, Target model, int from, int prompts, int draws) {
    int tokens = from == 0 ? MMD_TOKENS : GENE_TOKENS;
    boolean together = inquiry.can(model).choices();
    long seed = Integer.toUnsignedLong(model.reference().hashCode());
    List<Question> questions = new ArrayList<>();
    for (Opening opening : Probes.openings().subList(from, from + prompts)) {
      for (int draw = 0; draw < (together ? 1 : draws); draw++) {
        questions.add(Question.sampled(opening.text(), tokens, together ? draws : 1, seed++));
      }
    }
    List<Optional<Answer>> answers = inquiry.ask(model, questions, "drawing texts");
    int each = questions.size() / prompts;
    List<List<String>> texts = new ArrayList<>();
    for (int prompt = 0; prompt < prompts; prompt++) {
      texts.add(
          answers.subList(prompt * each, (prompt + 1) * each).stream()
              .flatMap(Optional::stream)
              .flatMap(answer -> answer.choices().stream())
              .map(Answer.Choice::text)
              .filter(text -> !text.isEmpty())
              .toList());
    }
    return texts;
  }
}
