package dev.stemma.analysis;

import dev.stemma.analysis.architecture.ConfigIdentity;
import dev.stemma.analysis.representation.SameTexts;
import dev.stemma.analysis.tokenizer.TokenizerVocabulary;
import dev.stemma.analysis.weights.AttentionColumns;
import dev.stemma.analysis.weights.BitEquality;
import dev.stemma.analysis.weights.EmbeddingColumns;
import dev.stemma.analysis.weights.LayerDonors;
import dev.stemma.analysis.weights.LayerSketches;
import dev.stemma.analysis.weights.NeuronAgreement;
import dev.stemma.analysis.weights.NeuronMatching;
import dev.stemma.analysis.weights.NeuronRelations;
import dev.stemma.analysis.weights.PlantedCopies;
import dev.stemma.analysis.weights.RouterMatching;
import dev.stemma.analysis.weights.SpectralAgreement;
import dev.stemma.analysis.weights.WeightBranchPoint;
import dev.stemma.analysis.weights.WeightDocumentRules;
import dev.stemma.analysis.weights.WeightMerge;
import dev.stemma.analysis.weights.WeightQuantisation;
import dev.stemma.analysis.weights.WeightRetention;
import dev.stemma.analysis.weights.WeightSimilarity;
import dev.stemma.analysis.weights.WeightTies;
import java.util.List;

/** The list of all analyses. Adding one is adding its class here. */
public final class Analyses {
  private Analyses() {}

  /** Those of a pair with a control, which only shows what the tests say of unrelated models. */
  public static List<Analysis<?, ?>> ofControls() {
    return all().stream().filter(analysis -> !(analysis instanceof PlantedCopies)).toList();
  }

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
        new EmbeddingColumns(),
        new AttentionColumns(),
        new RouterMatching(),
        new NeuronMatching(),
        new NeuronRelations(),
        new NeuronAgreement(),
        new SpectralAgreement(),
        // What they would have seen, where they saw nothing.
        new PlantedCopies(),
        // How, and from whom, once a relation is proven.
        new WeightRetention(),
        new WeightBranchPoint(),
        new WeightMerge(),
        new WeightTies(),
        new LayerDonors(),
        new WeightQuantisation(),
        new LayerSketches(),
        new WeightDocumentRules(),
        // What the models make of the same texts, where they are run: context.
        new SameTexts());
  }
}
