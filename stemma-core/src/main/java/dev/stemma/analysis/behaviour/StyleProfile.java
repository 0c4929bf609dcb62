package dev.stemma.analysis.behaviour;

import dev.stemma.artifact.Component;
import dev.stemma.behaviour.Answer;
import dev.stemma.behaviour.Probes;
import dev.stemma.behaviour.Question;
import dev.stemma.behaviour.Target;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * In what manner does each model write?
 *
 * <p>Statistic: Burrows's Delta, the mean difference of standardised frequencies of the commonest
 * words, beside plain counts of lists, headings and the like. No null: context. It is fooled by any
 * instruction tuning and by a line in a system prompt.
 */
public final class StyleProfile implements BehaviourAnalysis {
  private static final String ID = "behaviour.style";
  private static final int RAW_PROMPTS = 80;
  private static final int RAW_TOKENS = 48;
  private static final int COMMONEST = 100;
  private static final int FEWEST_WORDS = 300;
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’][\\p{L}]+)?");
  private static final Pattern LIST = Pattern.compile("(?m)^\\s*(?:[-*•]|\\d+[.)])\\s");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6}\\s|^\\*\\*[^*\n]+\\*\\*$");
  private static final Pattern BOLD = Pattern.compile("\\*\\*[^*\n]+\\*\\*");
  private static final Pattern PICTURE = Pattern.compile("\\p{IsEmoji_Presentation}");

  private final ChatAnswers chat;

  /** The analysis. */
  public StyleProfile(ChatAnswers chat) {
    this.chat = chat;
  }

  @Override
  public List<Evidence> of(Inquiry inquiry) {
    boolean messages = inquiry.can(inquiry.target()).chat();
    Map<Target, List<String>> texts = new LinkedHashMap<>();
    for (Target model : inquiry.able(can -> messages ? can.chat() : can.completions())) {
      List<String> written =
          (messages ? chat.of(model, inquiry) : raw(model, inquiry))
              .stream().filter(text -> !text.isBlank()).toList();
      if (words(written).values().stream().mapToInt(Integer::intValue).sum() >= FEWEST_WORDS) {
        texts.put(model, written);
      }
    }
    if (!texts.containsKey(inquiry.target()) || texts.size() < 3) {
      return List.of(
          new NotApplicable(
              ID,
              Component.BEHAVIOUR,
              "three models with "
                  + FEWEST_WORDS
                  + " words each are needed, the target among them"));
    }
    List<Target> models = List.copyOf(texts.keySet());
    List<Map<String, Integer>> counts =
        models.stream().map(model -> words(texts.getOrDefault(model, List.of()))).toList();
    List<List<String>> rows = new ArrayList<>();
    List<Measured.ControlValue> controls = new ArrayList<>();
    double nearest = Double.POSITIVE_INFINITY;
    int own = models.indexOf(inquiry.target());
    for (int i = 0; i < models.size(); i++) {
      Target model = models.get(i);
      double delta = delta(counts, own, i);
      rows.add(row(inquiry, model, Objects.requireNonNull(texts.get(model)), i == own, delta));
      if (inquiry.controls().contains(model)) {
        controls.add(new Measured.ControlValue(inquiry.name(model), delta, null));
      } else if (i != own) {
        nearest = Math.min(nearest, delta);
      }
    }
    if (Double.isInfinite(nearest)) {
      return List.of(
          new NotApplicable(ID, Component.BEHAVIOUR, "no candidate wrote enough to be compared"));
    }
    return List.of(
        Measured.of(ID, Component.BEHAVIOUR)
            .statistic("distance of the nearest candidate's style (Burrows's Delta)", nearest, null)
            .nullHypothesis("no theorem: compare with the controls")
            .controls(controls)
            .figures(
                new Figure.Table(
                    "Manner of writing",
                    List.of(
                        "model",
                        "role",
                        "words",
                        "lists",
                        "headings",
                        "bold",
                        "pictures",
                        "!",
                        "Delta"),
                    rows))
            .caveats(
                "context, weight zero in the verdict: manners are learned from a few examples and"
                    + " changed by one line of a system prompt")
            .build());
  }

  private static List<String> raw(Target model, Inquiry inquiry) {
    return inquiry
        .ask(
            model,
            Probes.openings().subList(0, RAW_PROMPTS).stream()
                .map(opening -> Question.greedy(opening.text(), RAW_TOKENS))
                .toList(),
            "reading its manner")
        .stream()
        .map(answer -> answer.map(Answer::text).orElse(""))
        .toList();
  }

  private static Map<String, Integer> words(List<String> texts) {
    Map<String, Integer> counts = new HashMap<>();
    for (String text : texts) {
      WORD.matcher(text.toLowerCase(Locale.ROOT))
          .results()
          .forEach(found -> counts.merge(found.group(), 1, Integer::sum));
    }
    return counts;
  }

  /** Burrows's Delta of two of the models, standardised over all. */
  static double delta(List<Map<String, Integer>> counts, int first, int second) {
    double[] sizes =
        counts.stream()
            .mapToDouble(words -> words.values().stream().mapToInt(Integer::intValue).sum())
            .toArray();
    Map<String, Double> together = new HashMap<>();
    for (int model = 0; model < sizes.length; model++) {
      double size = sizes[model];
      counts.get(model).forEach((word, count) -> together.merge(word, count / size, Double::sum));
    }
    List<String> commonest =
        together.entrySet().stream()
            .sorted(
                Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(COMMONEST)
            .map(Map.Entry::getKey)
            .toList();
    double sum = 0;
    int used = 0;
    for (String word : commonest) {
      double mean = together.getOrDefault(word, 0.0) / sizes.length;
      double variance = 0;
      for (int model = 0; model < sizes.length; model++) {
        double share = counts.get(model).getOrDefault(word, 0) / sizes[model];
        variance += (share - mean) * (share - mean) / (sizes.length - 1);
      }
      if (variance > 0) {
        double a = counts.get(first).getOrDefault(word, 0) / sizes[first];
        double b = counts.get(second).getOrDefault(word, 0) / sizes[second];
        sum += Math.abs(a - b) / Math.sqrt(variance);
        used++;
      }
    }
    return used == 0 ? 0 : sum / used;
  }

  private static List<String> row(
      Inquiry inquiry, Target model, List<String> texts, boolean own, double delta) {
    return List.of(
        inquiry.name(model),
        inquiry.role(model),
        each(texts, WORD),
        each(texts, LIST),
        each(texts, HEADING),
        each(texts, BOLD),
        each(texts, PICTURE),
        each(texts, Pattern.compile("!")),
        own ? "" : String.format(Locale.ROOT, "%.3f", delta));
  }

  /** How often a pattern occurs in a text, on average. */
  private static String each(List<String> texts, Pattern pattern) {
    long all = texts.stream().mapToLong(text -> pattern.matcher(text).results().count()).sum();
    return String.format(Locale.ROOT, "%.1f", all / (double) texts.size());
  }
}
