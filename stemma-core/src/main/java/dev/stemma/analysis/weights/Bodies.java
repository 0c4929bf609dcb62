package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.NotApplicable;
import java.util.List;
import java.util.TreeSet;

/** The stacks of layers that both models have. */
final class Bodies {
  private Bodies() {}

  static List<Component> common(Pair pair) {
    TreeSet<Component> common = new TreeSet<>(pair.a().components());
    common.retainAll(pair.b().components());
    return common.stream().filter(Component::isBody).toList();
  }

  /** One "not applicable" for each stack that only one model has. */
  static List<Evidence> nothingInCommon(String id, Pair pair) {
    TreeSet<Component> all = new TreeSet<>(pair.a().components());
    all.addAll(pair.b().components());
    return all.stream()
        .filter(Component::isBody)
        .<Evidence>map(component ->
            new NotApplicable(id, component, "the models have no stack of layers in common"))
        .toList();
  }
}
