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

  /**
   * Whether the model that the structure makes the child cannot have come from the other: a parent
   * is kept alike in every band, and this one is not. Both then come from a third.
   */
  static boolean contradicted(Findings facts) {
    double floor = facts.threshold("ancestor.flat.min");
    return byStructure(facts)
        .filter(parent -> (parent == Parent.A ? kept(facts, "ab") : kept(facts, "ba")) < floor)
        .isPresent();
  }

  /** The least that one model keeps of the other, over bands and in the bulk. */
  static double kept(Findings facts, String direction) {
    return Math.min(
        facts.value("weights.retention", "flat." + direction),
        facts.value("weights.retention", "bulk." + direction));
  }

  /**
   * Only the retention of fine structure: nearly all matrices favour one direction, or most do and
   * one direction is kept more alike in every band.
   */
  static Parent byRetention(Findings facts) {
    double share = facts.value("weights.retention", "parent.share");
    double lead = kept(facts, "ab") - kept(facts, "ba");
    if (favours(facts, share, lead, kept(facts, "ab"))) {
      return Parent.A;
    }
    return favours(facts, 1 - share, -lead, kept(facts, "ba")) ? Parent.B : Parent.UNDETERMINED;
  }

  private static boolean favours(Findings facts, double share, double lead, double kept) {
    double clear = facts.threshold("parent.kept.lead");
    boolean many =
        facts.value("weights.retention", "matrices") >= facts.threshold("parent.matrices.min");
    boolean trained =
        facts.value("weights.difference", "relativeChange")
            >= facts.threshold("changed.relativeChange.min");
    return trained
        && kept >= facts.threshold("ancestor.flat.min")
        && lead > -clear / 2
        && ((many && share >= facts.threshold("parent.share.decided"))
            || (share >= facts.threshold("parent.share.leaning") && lead >= clear));
  }
}
