package dev.stemma;

import dev.stemma.analysis.behaviour.BehaviourAnalysis;
import dev.stemma.analysis.behaviour.ChatAnswers;
import dev.stemma.analysis.behaviour.DrawnTexts;
import dev.stemma.analysis.behaviour.IdentityProbes;
import dev.stemma.analysis.behaviour.KnowledgeCutoff;
import dev.stemma.analysis.behaviour.OutputLayers;
import dev.stemma.analysis.behaviour.RefusalProfile;
import dev.stemma.analysis.behaviour.StyleProfile;
import dev.stemma.analysis.behaviour.TrainingOrder;
import dev.stemma.analysis.behaviour.TrainingOverlap;
import dev.stemma.behaviour.Probes;
import dev.stemma.report.Report.NotTested;
import dev.stemma.verdict.Thresholds;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The tests of behaviour by name, and those that were chosen.
 *
 * @param analyses what is asked besides the next tokens
 * @param notAsked what is not, and why
 */
public record BehaviourTests(List<BehaviourAnalysis> analyses, List<NotTested> notAsked) {
  /** The paired test of next tokens, which the verdict rests on. */
  public static final String NEXT_TOKEN = "next-token";

  /** Drawn texts: the test of identity and the distance. */
  public static final String DRAWS = "draws";

  /** All names, in the order of the report. */
  public static final List<String> NAMES =
      List.of(
          NEXT_TOKEN,
          DRAWS,
          "output-layer",
          "cutoff",
          "refusals",
          "identity",
          "style",
          "overlap",
          "order");

  /** Tests that report under other names than their own. */
  private static final Map<String, List<String>> IDS =
      Map.of("output-layer", List.of("behaviour.output-rank", "behaviour.output-image"));

  /** Keeps the lists unmodifiable. */
  public BehaviourTests {
    analyses = List.copyOf(analyses);
    notAsked = List.copyOf(notAsked);
  }

  /**
   * What the user brings.
   *
   * @param texts texts in question, with {@code controlTexts}; or null
   * @param order texts with their places in a training run, or null
   * @param questions dated questions in place of ours, or null
   * @param declared the last month that the target is said to know, or null
   */
  public record Material(
      @Nullable Path texts,
      @Nullable Path controlTexts,
      @Nullable Path order,
      @Nullable Path questions,
      @Nullable YearMonth declared) {
    /** Nothing. */
    public static final Material NONE = new Material(null, null, null, null, null);
  }

  /** The chosen tests; the material's files are read now, before anything is asked. */
  public static BehaviourTests of(Set<String> chosen, Material material) {
    Thresholds thresholds = Thresholds.standard();
    ChatAnswers chat = new ChatAnswers();
    List<BehaviourAnalysis> analyses = new ArrayList<>();
    List<NotTested> not = new ArrayList<>();
    String left = "left out by --tests";
    if (!chosen.contains(NEXT_TOKEN)) {
      not.add(new NotTested("behaviour.next-token", left));
    }
    if (chosen.contains(DRAWS)) {
      analyses.add(new DrawnTexts());
    } else {
      not.add(new NotTested(DrawnTexts.SAME, "no texts were drawn"));
      not.add(new NotTested(DrawnTexts.DISTANCE, "no texts were drawn"));
    }
    Map<String, Supplier<BehaviourAnalysis>> made = new LinkedHashMap<>();
    made.put("output-layer", () -> new OutputLayers(thresholds.get("behaviour.output.same.max")));
    made.put(
        "cutoff",
        () ->
            new KnowledgeCutoff(
                material.questions() == null
                    ? Probes.datedQuestions()
                    : Probes.datedQuestions(material.questions()),
                material.declared()));
    made.put("refusals", () -> new RefusalProfile(chat));
    made.put("identity", IdentityProbes::new);
    made.put("style", () -> new StyleProfile(chat));
    made.forEach((name, analysis) -> {
      if (chosen.contains(name)) {
        analyses.add(analysis.get());
      } else {
        IDS.getOrDefault(name, List.of("behaviour." + name))
            .forEach(id -> not.add(new NotTested(id, left)));
      }
    });
    if (chosen.contains("overlap") && material.texts() != null && material.controlTexts() != null) {
      analyses.add(
          new TrainingOverlap(
              Probes.texts(material.texts()), Probes.texts(material.controlTexts())));
    } else {
      not.add(
          new NotTested(
              TrainingOverlap.ID, "no texts were given; --texts and --control-texts give them"));
    }
    if (chosen.contains("order") && material.order() != null) {
      analyses.add(
          new TrainingOrder(
              Probes.orderedTexts(material.order()), thresholds.get("behaviour.order.log10p")));
    } else {
      not.add(
          new NotTested(
              TrainingOrder.ID, "no published training order was given; --order gives it"));
    }
    return new BehaviourTests(analyses, not);
  }
}
