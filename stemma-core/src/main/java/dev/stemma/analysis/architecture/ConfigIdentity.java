package dev.stemma.analysis.architecture;

import dev.stemma.analysis.HeaderAnalysis;
import dev.stemma.analysis.Pair;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import java.util.List;

/**
 * Question: how far do the two configurations agree, and which derivations do the shapes allow?
 * Statistic: the document's five-key rule (hidden_size, num_hidden_layers, num_attention_heads,
 * intermediate_size, hidden_act) and agreement by groups of keys. Null hypothesis: none; sizes are
 * chosen, not drawn. Source: the user's architecture analysis. Fooled by: unrelated models of a
 * common size (5 of 5), and derivatives that changed depth, width or vocabulary (few of 5). It
 * therefore never supports derivation or independence.
 */
public final class ConfigIdentity implements HeaderAnalysis {
  private static final String ID = "architecture.config-identity";

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "How far do the two configurations agree, and which derivations do the shapes allow?";
  }

  @Override
  public List<Evidence> conclude(Pair pair) {
    if (pair.a().model().config().isEmpty() || pair.b().model().config().isEmpty()) {
      return List.of(
          new NotApplicable(
              ID, Component.ARCHITECTURE, "a configuration of both models is needed"));
    }
    try {
      return List.of(measured(Inspection.of(pair.a().model()), Inspection.of(pair.b().model())));
    } catch (ArtifactException incomplete) {
      return List.of(
          new NotApplicable(ID, Component.ARCHITECTURE, String.valueOf(incomplete.getMessage())));
    }
  }

  private static Measured measured(Inspection a, Inspection b) {
    ConfigComparison comparison = new ConfigComparison(List.of(a, b));
    FiveKeyRule rule = new FiveKeyRule(a.architecture(), b.architecture());
    return Measured.of(ID, Component.ARCHITECTURE)
        .supports(Measured.Supports.NEITHER)
        .statistic("equal keys of the document's five", rule.matches(), 5.0)
        .nullHypothesis("none: sizes are chosen by people, not drawn at random")
        .value("five-keys", rule.matches())
        .value("document-keys-same", comparison.total(1, true).same())
        .value("document-keys-compared", comparison.total(1, true).compared())
        .value("all-keys-same", comparison.total(1, false).same())
        .value("all-keys-compared", comparison.total(1, false).compared())
        .figures(comparison.figures())
        .caveats(rule.sentence())
        .build();
  }
}
