package dev.stemma.verdict;

import java.util.Optional;

/**
 * Which side is the parent. Structure speaks first (the pruned, up-scaled, upcycled or quantised
 * model is the child), then the retention of fine structure; otherwise it is undetermined.
 */
final class Parentage {
  private Parentage() {}

  static Parent of(Findings facts) {
    return byStructure(facts).orElseGet(() -> byRetention(facts));
  }

  private static Optional<Parent> byStructure(Findings facts) {
    if (KindRules.quantised(facts, "a")) {
      return Optional.of(Parent.B);
    }
    if (KindRules.quantised(facts, "b")) {
      return Optional.of(Parent.A);
    }
    if (KindRules.merged(facts)) {
      return Optional.of(facts.value("weights.merge", "child.is.a") == 1 ? Parent.B : Parent.A);
    }
    Optional<LayerShape> shape = facts.layerMap().map(LayerShape::new);
    if (shape.filter(LayerShape::upScaled).isPresent()) {
      return Optional.of(shape.get().aIsDeeper() ? Parent.B : Parent.A);
    }
    if (shape.filter(LayerShape::pruned).isPresent()) {
      return Optional.of(shape.get().aIsDeeper() ? Parent.A : Parent.B);
    }
    if (KindRules.upcycled(facts)) {
      double expertsOfA = facts.value("weights.neuron-matching", "experts.a");
      double expertsOfB = facts.value("weights.neuron-matching", "experts.b");
      return Optional.of(expertsOfA > expertsOfB ? Parent.B : Parent.A);
    }
    double widthOfA = facts.value("weights.neuron-agreement", "width.a");
    double widthOfB = facts.value("weights.neuron-agreement", "width.b");
    if (widthOfA > widthOfB) {
      return Optional.of(Parent.A);
    }
    if (widthOfA < widthOfB) {
      return Optional.of(Parent.B);
    }
    return Optional.empty();
  }

  /** Only the retention of fine structure. */
  static Parent byRetention(Findings facts) {
    double share = facts.value("weights.retention", "parent.share");
    double decided = facts.threshold("parent.share.decided");
    if (share >= decided) {
      return Parent.A;
    }
    return share <= 1 - decided ? Parent.B : Parent.UNDETERMINED;
  }
}
