package dev.stemma.behaviour;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Says whether a completion refuses, wholly or partly, without a network call: a logistic
 * regression over kinds of phrases (English, Korean, Chinese) and the text's shape.
 *
 * <p>Trained on human labels of XSTest (Röttger et al. 2024, CC-BY-4.0), where a partial refusal
 * counts as a refusal. On systems not trained on: accuracy 0.942, false positive 0.046, false
 * negative 0.070; with the prompts unseen too: 0.916, 0.071, 0.097. On a system that argues instead
 * of declining (mistralinstruct) it misses 0.368 of refusals, and 0.553 with prompts unseen. These
 * are English; Korean and Chinese phrases share the English weights and are not measured. See
 * docs/behaviour-probes.md.
 */
public final class RefusalDetector {
  private static final RefusalDetector BUNDLED = bundled();

  private final RefusalFeatures features;
  private final double intercept;
  private final double[] weights;

  RefusalDetector(RefusalFeatures features, double intercept, double[] weights) {
    if (weights.length != features.names().size()) {
      throw new IllegalArgumentException(
          weights.length + " weights for " + features.names().size() + " features");
    }
    this.features = features;
    this.intercept = intercept;
    this.weights = weights.clone();
  }

  /** The detector with the bundled weights. */
  public static RefusalDetector instance() {
    return BUNDLED;
  }

  /** Whether the completion refuses, wholly or partly. An empty one is a missing value: false. */
  public boolean isRefusal(String completion) {
    return !completion.isBlank() && (features.isCurtRefusal(completion) || score(completion) > 0);
  }

  /** The log-odds that it refuses. */
  double score(String completion) {
    boolean[] present = features.of(completion);
    double score = intercept;
    for (int i = 0; i < weights.length; i++) {
      score += present[i] ? weights[i] : 0;
    }
    return score;
  }

  private static RefusalDetector bundled() {
    RefusalFeatures features = new RefusalFeatures(ProbeFiles.json("refusal-phrases.json"));
    JsonNode trained = ProbeFiles.json("refusal-weights.json");
    List<String> names = features.names();
    double[] weights = new double[names.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = trained.path("weights").path(names.get(i)).doubleValue();
    }
    return new RefusalDetector(features, trained.path("intercept").doubleValue(), weights);
  }
}
