package dev.stemma.analysis;

import dev.stemma.analysis.architecture.ConfigIdentity;
import dev.stemma.analysis.tokenizer.TokenizerVocabulary;
import dev.stemma.analysis.weights.BitEquality;
import dev.stemma.analysis.weights.MergeFit;
import dev.stemma.analysis.weights.NeuronMatching;
import dev.stemma.analysis.weights.Retention;
import dev.stemma.analysis.weights.WeightDifference;
import dev.stemma.analysis.weights.WeightSimilarity;
import java.util.List;

/** The list of all analyses. Adding one is adding its class here. */
public final class Analyses {
  private Analyses() {}

  /** Every analysis of a pair of models, in the order in which they run and are reported. */
  public static List<Analysis<?, ?>> all() {
    return List.of(
        // Architecture.
        new ConfigIdentity(),
        // Tokenizer.
        new TokenizerVocabulary(),
        // Weights.
        new BitEquality(),
        new WeightSimilarity(),
        new NeuronMatching(),
        // How, and from whom, once a relation is proven.
        new Retention(),
        new WeightDifference(),
        new MergeFit());
  }
}
