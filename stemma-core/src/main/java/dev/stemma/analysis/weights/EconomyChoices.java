package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.weights.CostPlan.Choice;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What is read of large models and why, for the report. */
final class EconomyChoices {
  private EconomyChoices() {}

  /** Empty where there are no limits. */
  static List<Choice> of(Pair pair) {
    Economy economy = Economy.of(pair);
    if (!economy.sparing()) {
      return List.of();
    }
    List<Choice> choices = new ArrayList<>();
    choices.add(Choice.ofAllLayers("values", economy.rows()));
    boolean byNumber =
        Bodies.common(pair).stream()
            .anyMatch(component -> NeuronMatching.ofFirstNeurons(pair, component));
    if (byNumber) {
      choices.add(Choice.ofAllLayers("neurons", economy.neurons()));
    } else if (Bodies.common(pair).stream()
        .anyMatch(component -> NeuronMatching.ofOneWidth(pair, component))) {
      choices.add(
          economy.leavesOutMlps()
              ? Choice.ofAllLayers("neurons.none", 0)
              : mlps("neurons.whole", pair, economy.aligned()));
    }
    choices.add(Choice.ofAllLayers("tokens", economy.tokens()));
    choices.add(
        economy.leavesOutMlps()
            ? Choice.ofAllLayers("aligned.none", 0)
            : mlps("aligned", pair, economy.aligned()));
    List<Integer> attentionA = attention(economy, pair, pair.a());
    List<Integer> attentionB = attention(economy, pair, pair.b());
    if (economy.leavesOutAttention()) {
      choices.add(Choice.ofAllLayers("attention.none", 0));
    } else if (!attentionA.isEmpty() && !attentionB.isEmpty()) {
      choices.add(new Choice("attention", economy.attention(), attentionA, attentionB));
    }
    choices.add(Choice.ofAllLayers("matched", economy.matchedRows()));
    return choices;
  }

  private static Choice mlps(String key, Pair pair, int layers) {
    TreeSet<Integer> a = new TreeSet<>();
    TreeSet<Integer> b = new TreeSet<>();
    for (Component component : Bodies.common(pair)) {
      AgreementPlan plan = AgreementPlan.of(pair, component, layers);
      plan.a().forEach(block -> a.add(block.layer()));
      plan.b().forEach(block -> b.add(block.layer()));
    }
    return new Choice(key, layers, List.copyOf(a), List.copyOf(b));
  }

  private static List<Integer> attention(Economy economy, Pair pair, CanonicalModel model) {
    return Bodies.common(pair).stream()
        .flatMap(component ->
            economy.attention(pair, component, AttentionLayer.of(model, component)).stream())
        .map(AttentionLayer::layer)
        .distinct()
        .sorted()
        .toList();
  }
}
