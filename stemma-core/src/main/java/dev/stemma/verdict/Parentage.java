package dev.stemma.verdict;

import java.util.Optional;

/**
 * Which side is the parent. What is exact speaks first (a merge, rounding, an update of low rank),
 * then structure (the pruned, up-scaled, upcycled or quantised model is the child); otherwise it is
 * undetermined. Retention never names a parent: a sibling that hardly moved is kept as well as the
 * parent itself. It only forbids: a model is named the parent only where the child keeps nearly all
 * of it, in all bands alike.
 */
final class Parentage {
  private Parentage() {}

  static Parent of(Findings facts) {
    return exactly(facts)
        .or(() -> byDonors(facts))
        .or(() ->
            byStructure(facts).map(parent -> mayBe(facts, parent) ? parent : Parent.UNDETERMINED))
        .orElse(Parent.UNDETERMINED);
  }

  /** A merge, or rounding alone: nothing else lies between the two. */
  private static Optional<Parent> exactly(Findings facts) {
    if (KindRules.explainedByRounding(facts)) {
      return Optional.of(KindRules.quantised(facts, "a") ? Parent.B : Parent.A);
    }
    if (KindRules.narrowed(facts) && !KindRules.equalAsFarAsCompared(facts)) {
      return Optional.of(
          facts.value("weights.quantisation", "narrowed.is.a") == 1 ? Parent.B : Parent.A);
    }
    if (KindRules.merged(facts)) {
      return Optional.of(
          facts.value(KindRules.mergeFinding(facts), "child.is.a") == 1 ? Parent.B : Parent.A);
    }
    if (KindRules.lowRank(facts) && !bothUpdated(facts)) {
      return moved(facts, "b") >= facts.threshold("moved.alone.min")
          ? Optional.of(Parent.A)
          : moved(facts, "a") >= facts.threshold("moved.alone.min")
              ? Optional.of(Parent.B)
              : Optional.empty();
    }
    return Optional.empty();
  }

  /**
   * Whether some of the difference's leading directions are only in one model and some only in the
   * other: both were updated on their own, and so both come from a third.
   */
  static boolean bothUpdated(Findings facts) {
    double least = facts.threshold("moved.too.min");
    return movedBeyondChance(facts, Parent.A) >= least
        && movedBeyondChance(facts, Parent.B) >= least;
  }

  /** Share of the difference's leading directions that are that side's alone. */
  private static double moved(Findings facts, String side) {
    return facts.value("weights.difference", "moved." + side);
  }

  /** The same beyond what chance gives: as many have that share with the other sign. */
  private static double movedBeyondChance(Findings facts, Parent parent) {
    String side = parent == Parent.A ? "a" : "b";
    double beyond = moved(facts, side) - facts.value("weights.difference", "moved.mirror." + side);
    return Double.isNaN(beyond) ? 0 : beyond;
  }

  /**
   * The chimera of two donors that share nothing is the child of both, where it keeps what it has
   * of this one as a child does: alike in every band, and more so than the other way round.
   */
  private static Optional<Parent> byDonors(Findings facts) {
    String id = "weights.layer-donors";
    boolean chimera =
        facts.value(id, "covered") >= 1
            && facts.value(id, "twice") == 0
            && facts.value(id, "donors.linked") == 0
            && facts.value(id, "donors.besides") >= 1;
    Parent parent = facts.value(id, "child.is.a") == 1 ? Parent.B : Parent.A;
    boolean kept =
        KindRules.unchanged(facts)
            || (share(facts, parent) >= facts.threshold("parent.share.structure")
                && movedBeyondChance(facts, parent) < facts.threshold("moved.too.min")
                && kept(facts, direction(parent)) >= facts.threshold("parent.flat.min"));
    return chimera && kept && !branchesElsewhere(facts, parent)
        ? Optional.of(parent)
        : Optional.empty();
  }

  /** What was rotated was compared by a fitted map, which cannot tell a parent from its kin. */
  private static Optional<Parent> byStructure(Findings facts) {
    return KindRules.rotated(facts) ? Optional.empty() : byShape(facts);
  }

  private static Optional<Parent> byShape(Findings facts) {
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
    if (KindRules.expertsPruned(facts)) {
      return Optional.of(
          KindRules.expertsOf(facts, "a") > KindRules.expertsOf(facts, "b") ? Parent.A : Parent.B);
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
        && byShape(facts).filter(parent -> kept(facts, direction(parent)) < floor).isPresent();
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
   * Whether that side can be the parent that structure makes it: what corresponds is the same, or
   * nearly all of it is kept, alike in every band, most matrices favour this direction, and the
   * differences' leading directions are not that side's own. A candidate that is near to where the
   * three branch leaves it open.
   */
  static boolean mayBe(Findings facts, Parent parent) {
    if (branchesElsewhere(facts, parent)) {
      return false;
    }
    if (KindRules.unchanged(facts)) {
      return true;
    }
    return share(facts, parent) >= facts.threshold("parent.share.structure")
        && movedBeyondChance(facts, parent) < facts.threshold("moved.too.min")
        && nearlyWhole(facts, direction(parent));
  }

  /**
   * Whether a third model leaves open who the parent is: the child's way branches off far from the
   * supposed parent, or the third is near to that point as well.
   */
  private static boolean branchesElsewhere(Findings facts, Parent parent) {
    String id = "weights.branch-point";
    double near =
        facts.threshold("branch.near.max")
            * facts.value(id, parent == Parent.A ? "distance.b" : "distance.a");
    return facts.value(id, parent == Parent.A ? "distance.a" : "distance.b") > near
        || facts.value(id, "distance.candidate") < near;
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
}
