package dev.stemma.verdict;

import java.util.List;
import java.util.Optional;

/**
 * Which side is the parent. What is exact speaks first (a merge, rounding), then structure (the
 * pruned, up-scaled, upcycled or quantised model is the child), then the retention of fine
 * structure; otherwise it is undetermined. A model is named the parent only where the child keeps
 * nearly all of it, in all bands alike: a sibling that moved by itself has content that the other
 * lacks.
 */
final class Parentage {
  private Parentage() {}

  static Parent of(Findings facts) {
    return exactly(facts)
        .or(() ->
            byStructure(facts).map(parent -> mayBe(facts, parent) ? parent : Parent.UNDETERMINED))
        .orElseGet(() -> byRetention(facts));
  }

  /** A merge, or rounding alone: nothing else lies between the two. */
  private static Optional<Parent> exactly(Findings facts) {
    if (KindRules.explainedByRounding(facts)) {
      return Optional.of(KindRules.quantised(facts, "a") ? Parent.B : Parent.A);
    }
    if (KindRules.merged(facts)) {
      return Optional.of(facts.value("weights.merge", "child.is.a") == 1 ? Parent.B : Parent.A);
    }
    return Optional.empty();
  }

  private static Optional<Parent> byStructure(Findings facts) {
    if (KindRules.quantised(facts, "a")) {
      return Optional.of(Parent.B);
    }
    if (KindRules.quantised(facts, "b")) {
      return Optional.of(Parent.A);
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
    return exactly(facts).isEmpty()
        && byStructure(facts).filter(parent -> kept(facts, direction(parent)) < floor).isPresent();
  }

  /** The least that one model keeps of the other, over bands and in the bulk. */
  static double kept(Findings facts, String direction) {
    return Math.min(
        facts.value("weights.retention", "flat." + direction),
        facts.value("weights.retention", "bulk." + direction));
  }

  /** How much is kept, in the leading band or in the bulk, whichever is less. */
  private static double level(Findings facts, String direction) {
    return Math.min(
        facts.value("weights.retention", "top." + direction),
        facts.value("weights.retention", "bulk." + direction));
  }

  /**
   * Whether that side can be the parent that structure makes it: nearly all of it is kept, alike in
   * every band, and most matrices favour this direction.
   */
  static boolean mayBe(Findings facts, Parent parent) {
    return share(facts, parent) >= facts.threshold("parent.share.structure")
        && nearlyWhole(facts, direction(parent));
  }

  private static boolean nearlyWhole(Findings facts, String direction) {
    return level(facts, direction) >= facts.threshold("parent.level.min")
        && facts.value("weights.retention", "flat." + direction)
            >= facts.threshold("parent.flat.min");
  }

  /** Share of the matrices that favour that side as the parent. */
  private static double share(Findings facts, Parent parent) {
    double share = facts.value("weights.retention", "parent.share");
    return parent == Parent.A ? share : 1 - share;
  }

  private static String direction(Parent parent) {
    return parent == Parent.A ? "ab" : "ba";
  }

  /** Only the retention of fine structure: nearly all matrices favour one direction. */
  private static Parent byRetention(Findings facts) {
    boolean changed =
        facts.value("weights.difference", "relativeChange")
            >= facts.threshold("changed.relativeChange.min");
    boolean many =
        facts.value("weights.retention", "matrices") >= facts.threshold("parent.matrices.min");
    for (Parent parent : List.of(Parent.A, Parent.B)) {
      if (changed
          && many
          && share(facts, parent) >= facts.threshold("parent.share.decided")
          && nearlyWhole(facts, direction(parent))) {
        return parent;
      }
    }
    return Parent.UNDETERMINED;
  }
}
