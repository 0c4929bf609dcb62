package dev.stemma.analysis.behaviour;

import dev.stemma.artifact.Component;
import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.OutputLayer;
import dev.stemma.behaviour.Probes;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whose output layer made the target's log-probabilities, and how wide is it?
 *
 * <p>Statistics: the numerical rank of log-probabilities over common tokens, which is the hidden
 * size; the share of their length outside the span of a candidate's output layer. Null: a random
 * subspace leaves sqrt(1 - d/(k-1)), with an exact beta tail; trained heads over one vocabulary
 * share the frequent directions and leave less, so the decision rests on a threshold and on the
 * controls' heads. Papers: arXiv 2403.06634, 2403.09539. It can be fooled: a frozen or copied head
 * on another body passes; a head that was trained further, quantised or tied to changed embeddings
 * does not.
 */
public final class OutputLayers implements BehaviourAnalysis {
  private static final String RANK = "behaviour.output-rank";

  /** The test of the image. */
  public static final String IMAGE = "behaviour.output-image";

  private static final int LEAST_ALTERNATIVES = 4096;
  private static final int MOST_NUMBERS = 1_000_000;
  private static final int FEWEST_PROMPTS = 24;
  private static final int MORE_THAN_WIDE = 48;
  private static final int CHUNK = 8;
  private static final double MOST_WORK = 2e10;

  private final double same;

  /**
   * The analysis.
   *
   * @param same residual up to which an image is the same
   */
  public OutputLayers(double same) {
    this.same = same;
  }

  /** The target's log-probabilities, prompt by prompt, NaN for tokens that did not come. */
  private record Logits(List<String> tokens, List<double[]> rows) {}

  @Override
  public List<Evidence> of(Inquiry inquiry) {
    Target target = inquiry.target();
    int limit = inquiry.can(target).topLimit();
    Map<Target, OutputLayer> layers = new TreeMap<>(Comparator.comparing(Target::reference));
    for (Target model : inquiry.all()) {
      if (model != target) {
        model.outputLayer().ifPresent(layer -> layers.put(model, layer));
      }
    }
    int widest = layers.values().stream().mapToInt(OutputLayer::columns).max().orElse(0);
    int narrowest = layers.values().stream().mapToInt(OutputLayer::columns).min().orElse(1000);
    if (!inquiry.can(target).completions() || limit <= narrowest + 1) {
      String why = limit + " log-probabilities at a position; more than the hidden size are needed";
      return List.of(
          new NotApplicable(RANK, Component.BEHAVIOUR, why),
          new NotApplicable(IMAGE, Component.BEHAVIOUR, why));
    }
    int alternatives = Math.min(limit, Math.max(LEAST_ALTERNATIVES, 2 * (widest + 1)));
    int prompts =
        Math.clamp(2L * widest + MORE_THAN_WIDE, FEWEST_PROMPTS, MOST_NUMBERS / alternatives);
    Logits logits = logits(inquiry, alternatives, Math.min(prompts, Probes.openings().size()));
    if (logits.rows().size() < FEWEST_PROMPTS / 2) {
      String why = "only " + logits.rows().size() + " prompts were answered";
      return List.of(
          new NotApplicable(RANK, Component.BEHAVIOUR, why),
          new NotApplicable(IMAGE, Component.BEHAVIOUR, why));
    }
    return List.of(rank(logits, layers, inquiry), image(logits, layers, inquiry));
  }

  private static Logits logits(Inquiry inquiry, int alternatives, int prompts) {
    List<Question> questions =
        Probes.openings().subList(0, prompts).stream()
            .map(opening -> Question.greedy(opening.text(), 1).withLogprobs(alternatives))
            .toList();
    Map<String, Integer> places = new HashMap<>();
    List<String> tokens = new ArrayList<>();
    List<double[]> rows = new ArrayList<>();
    Set<Map<String, Double>> seen = new HashSet<>();
    for (int from = 0; from < questions.size(); from += CHUNK) {
      List<Question> part = questions.subList(from, Math.min(questions.size(), from + CHUNK));
      for (Optional<Answer> answer :
          inquiry.ask(inquiry.target(), part, "reading log-probabilities")) {
        Map<String, Double> top = new HashMap<>(top(answer));
        // Pieces of characters: several tokens are written alike.
        top.keySet().removeIf(token -> token.isEmpty() || token.indexOf('\uFFFD') >= 0);
        // Prompts that the tokenizer reads alike add no dimension and would end the rank early.
        if (top.size() < 3 || !seen.add(top)) {
          continue;
        }
        top.keySet()
            .forEach(token -> {
              if (places.putIfAbsent(token, tokens.size()) == null) {
                tokens.add(token);
              }
            });
        double[] row = new double[tokens.size()];
        Arrays.fill(row, Double.NaN);
        top.forEach((token, logprob) -> row[places.getOrDefault(token, 0)] = logprob);
        rows.add(row);
      }
    }
    return new Logits(tokens, rows);
  }

  private static Map<String, Double> top(Optional<Answer> answer) {
    return answer
        .filter(found -> !found.choices().isEmpty())
        .map(found -> found.choices().getFirst().tokens())
        .filter(found -> !found.isEmpty())
        .<Map<String, Double>>map(found -> found.getLast().top())
        .orElse(Map.of());
  }

  private static Evidence rank(Logits logits, Map<Target, OutputLayer> layers, Inquiry inquiry) {
    int shortest = logits.rows().stream().mapToInt(row -> row.length).min().orElse(0);
    int[] common =
        java.util.stream.IntStream.range(0, shortest)
            .filter(token -> logits.rows().stream().noneMatch(row -> Double.isNaN(row[token])))
            .limit(LEAST_ALTERNATIVES)
            .toArray();
    int most = Math.min(logits.rows().size(), common.length - 1);
    OptionalInt rank =
        most < FEWEST_PROMPTS / 2
            ? OptionalInt.empty()
            : OutputImage.rank(
                logits.rows().stream()
                    .map(row -> Arrays.stream(common).mapToDouble(token -> row[token]).toArray())
                    .toList());
    if (most < FEWEST_PROMPTS / 2) {
      return new NotApplicable(
          RANK,
          Component.BEHAVIOUR,
          "only " + common.length + " tokens came after every prompt; the rank needs more");
    }
    Measured.Builder built =
        Measured.of(RANK, Component.BEHAVIOUR)
            .statistic(
                rank.isPresent()
                    ? "hidden size of the target"
                    : "hidden size of the target, at least",
                rank.orElse(most),
                null)
            .nullHypothesis(
                "no theorem: a gap of 10 and more in the singular values shows the rank")
            .value("rank", rank.orElse(-1))
            .value("prompts", logits.rows().size())
            .value("tokens", common.length);
    List<List<String>> rows = new ArrayList<>();
    layers.forEach((model, layer) ->
        rows.add(
            List.of(
                inquiry.name(model),
                inquiry.role(model),
                String.valueOf(layer.hiddenSize()),
                rank.isEmpty()
                    ? (layer.hiddenSize() < most ? "no" : "unclear")
                    : layer.hiddenSize() == rank.getAsInt() ? "yes" : "no")));
    return built
        .figures(
            new Figure.Table(
                "Hidden sizes beside the rank of the target's log-probabilities",
                List.of("model", "role", "hidden size", "same"),
                rows))
        .caveats("context, weight zero in the verdict: unrelated models often have one hidden size")
        .build();
  }

  private record Seen(Target model, OutputImage.Outside outside) {}

  private Evidence image(Logits logits, Map<Target, OutputLayer> layers, Inquiry inquiry) {
    List<Seen> seen = new ArrayList<>();
    layers.forEach((model, layer) -> {
      OutputImage.Outside outside = OutputImage.outside(rows(logits, layer), layer);
      if (outside.rows() > 0) {
        seen.add(new Seen(model, outside));
      }
    });
    List<Seen> candidates =
        seen.stream().filter(one -> !inquiry.controls().contains(one.model())).toList();
    if (candidates.isEmpty()) {
      return new NotApplicable(
          IMAGE,
          Component.BEHAVIOUR,
          "no candidate has an output layer that can be read here and is narrower than the"
              + " log-probabilities that came");
    }
    Seen nearest =
        candidates.stream()
            .min(Comparator.comparingDouble(one -> one.outside().residual()))
            .orElseThrow();
    List<Seen> controls =
        seen.stream().filter(one -> inquiry.controls().contains(one.model())).toList();
    boolean is = nearest.outside().residual() <= same;
    boolean alone = controls.stream().noneMatch(one -> one.outside().residual() <= same);
    List<String> caveats = new ArrayList<>();
    caveats.add(
        is
            ? "the target's log-probabilities lie in the image of this candidate's output layer:"
                + " the two heads are equal up to a change of basis"
            : "no candidate's output layer is the target's; a head that was trained further,"
                + " quantised or distilled anew does not match");
    if (controls.isEmpty()) {
      caveats.add("no control's output layer could be read: the threshold stands alone");
    }
    caveats.add("a copied or frozen head on another body would match too");
    Measured.Builder built =
        Measured.of(IMAGE, Component.BEHAVIOUR)
            .statistic(
                "length of log-probabilities outside the nearest candidate's output layer",
                nearest.outside().residual(),
                null)
            .nullHypothesis("the controls' output layers, and a random one of the same size")
            .value("residual.random", nearest.outside().expected())
            .value("same", is && alone ? 1 : 0)
            .value("nearest.candidate", inquiry.against().indexOf(nearest.model()))
            .controls(
                controls.stream()
                    .map(one ->
                        new Measured.ControlValue(
                            inquiry.name(one.model()), one.outside().residual(), null))
                    .toList())
            .figures(table(seen, inquiry))
            .caveats(caveats);
    return is && alone && !controls.isEmpty()
        ? built.value("relation.affinity", 1).build()
        : built.build();
  }

  private static Figure table(List<Seen> seen, Inquiry inquiry) {
    List<List<String>> rows = new ArrayList<>();
    seen.stream()
        .sorted(Comparator.comparingDouble(one -> one.outside().residual()))
        .forEach(one ->
            rows.add(
                List.of(
                    inquiry.name(one.model()),
                    inquiry.role(one.model()),
                    String.format(Locale.ROOT, "%.2g", one.outside().residual()),
                    String.format(Locale.ROOT, "%.3f", one.outside().expected()),
                    String.format(Locale.ROOT, "%.0f", one.outside().log10p()),
                    String.valueOf(one.outside().rows()))));
    return new Figure.Table(
        "What each output layer leaves of the target's log-probabilities",
        List.of("model", "role", "outside", "random one", "log10 p, random one", "prompts"),
        rows);
  }

  /** As many prompts as the work allows, with the tokens that the layer knows. */
  private static List<OutputImage.Row> rows(Logits logits, OutputLayer layer) {
    double columns = layer.columns();
    int[] numbers =
        logits.tokens().stream()
            .mapToInt(token -> layer.tokens().getOrDefault(token, -1))
            .toArray();
    double work = columns * columns * (Math.min(numbers.length, LEAST_ALTERNATIVES) + columns);
    int most = Math.clamp((long) (MOST_WORK / work), 4, 64);
    List<OutputImage.Row> rows = new ArrayList<>();
    for (double[] row : logits.rows().subList(0, Math.min(most, logits.rows().size()))) {
      int[] places =
          java.util.stream.IntStream.range(0, row.length)
              .filter(place -> numbers[place] >= 0 && !Double.isNaN(row[place]))
              .toArray();
      rows.add(
          new OutputImage.Row(
              Arrays.stream(places).map(place -> numbers[place]).toArray(),
              Arrays.stream(places).mapToDouble(place -> row[place]).toArray()));
    }
    return rows;
  }
}
