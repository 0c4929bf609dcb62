package dev.stemma.verdict;

import java.util.List;
import java.util.function.Predicate;

/**
 * The kinds of derivation and what shows each. A kind is named only where its rule holds; a value
 * that was not measured is NaN and makes no rule hold.
 */
final class KindRules {
  private static final String RETENTION = "weights.retention";
  private static final String SIMILARITY = "weights.similarity";
  private static final String DIFFERENCE = "weights.difference";
  private static final String QUANTISATION = "weights.quantisation";
  private static final String MATCHING = "weights.neuron-matching";
  private static final String AGREEMENT = "weights.neuron-agreement";
  private static final String TIES = "weights.ties-merge";

  /** Body rules, in the order in which kinds are listed. */
  static final List<Rule> BODY =
      List.of(
          new Rule(Kind.RE_EXPORTED, facts -> equalAsFarAsCompared(facts) || narrowed(facts)),
          new Rule(Kind.QUANTISED, facts -> quantised(facts, "a") || quantised(facts, "b")),
          new Rule(Kind.MERGED, KindRules::merged),
          new Rule(Kind.LOW_RANK, KindRules::lowRank),
          new Rule(Kind.FINE_TUNED, facts -> changed(facts) && !continued(facts)),
          new Rule(Kind.CONTINUED, facts -> changed(facts) && continued(facts)),
          new Rule(Kind.DEPTH_PRUNED, facts -> shape(facts, LayerShape::pruned)),
          new Rule(Kind.DEPTH_UP_SCALED, facts -> shape(facts, LayerShape::upScaled)),
          new Rule(Kind.LAYERS_REORDERED, facts -> shape(facts, LayerShape::reordered)),
          new Rule(Kind.LAYERS_TRANSPLANTED, KindRules::transplanted),
          new Rule(Kind.UPCYCLED, KindRules::upcycled),
          new Rule(Kind.EXPERTS_PRUNED, KindRules::expertsPruned),
          new Rule(
              Kind.WIDTH_PRUNED,
              facts ->
                  facts.value(AGREEMENT, "width.a") > facts.value(AGREEMENT, "width.b")
                      || facts.value(AGREEMENT, "width.a") < facts.value(AGREEMENT, "width.b")),
          new Rule(Kind.PERMUTED, KindRules::permuted),
          new Rule(Kind.ROTATED, KindRules::rotated),
          new Rule(
              Kind.RESCALED,
              facts ->
                  facts.value(DIFFERENCE, "rescaled.spread")
                      >= facts.threshold("rescaled.spread.min")));

  private KindRules() {}

  /** One kind and what shows it. */
  record Rule(Kind kind, Predicate<Findings> holds) {}

  static List<Kind> kinds(Findings facts) {
    return BODY.stream().filter(rule -> rule.holds().test(facts)).map(Rule::kind).toList();
  }

  /** No value differs, and none was left without comparison. */
  static boolean identical(Findings facts) {
    return equalAsFarAsCompared(facts)
        && facts.value(SIMILARITY, "layers.unread") == 0
        && facts.value(SIMILARITY, "tensors.unpaired") == 0;
  }

  /** What corresponds differs by rounding at most: no training lies between the two. */
  static boolean unchanged(Findings facts) {
    return facts.value(DIFFERENCE, "equal.share") >= facts.threshold("identical.share")
        || facts.value(DIFFERENCE, "relativeChange")
            < facts.threshold("changed.relativeChange.min");
  }

  /** Every value that was compared is the same, and nothing was added, moved or rescaled. */
  static boolean equalAsFarAsCompared(Findings facts) {
    double share = facts.threshold("identical.share");
    boolean bitsDiffer = facts.value("weights.bit-equality", "share") < share;
    return facts.value(DIFFERENCE, "equal.share") >= share
        && facts.value(SIMILARITY, "tensors.differing") == 0
        && !bitsDiffer
        && BODY.stream().skip(1).noneMatch(rule -> rule.holds().test(facts));
  }

  /** Every value is the other model's in the narrower of the types they are stored in. */
  static boolean narrowed(Findings facts) {
    return facts.value(QUANTISATION, "narrowed.share") >= facts.threshold("identical.share")
        && facts.value(SIMILARITY, "tensors.unpaired") == 0
        && BODY.stream().skip(1).noneMatch(rule -> rule.holds().test(facts));
  }

  static boolean sameInitialisation(Findings facts) {
    double top = facts.threshold("sameInitialisation.top.max");
    double bulk = facts.threshold("sameInitialisation.bulk.min");
    return facts.value(RETENTION, "top.ab") < top
        && facts.value(RETENTION, "top.ba") < top
        && (facts.value(RETENTION, "bulk.ab") > bulk || facts.value(RETENTION, "bulk.ba") > bulk);
  }

  /** Neither model keeps the other's fine structure: both moved away from a third. */
  static boolean siblings(Findings facts) {
    double floor = facts.threshold("ancestor.flat.min");
    return (Parentage.kept(facts, "ab") < floor && Parentage.kept(facts, "ba") < floor)
        || Parentage.bothUpdated(facts);
  }

  /** Whether that side ("a" or "b") is the quantised one. */
  static boolean quantised(Findings facts, String side) {
    String other = side.equals("a") ? "b" : "a";
    if (facts.value(QUANTISATION, "quantised.is.a") == (side.equals("a") ? 1 : 0)) {
      return true;
    }
    return facts.value(DIFFERENCE, "grid." + side) >= facts.threshold("grid.share.min")
        && !(facts.value(DIFFERENCE, "grid." + other) > facts.threshold("grid.other.max"));
  }

  static boolean merged(Findings facts) {
    return weightedSum(facts) || ties(facts);
  }

  /** The finding that explains a merge: by elected signs only where weights explain far less. */
  static String mergeFinding(Findings facts) {
    return ties(facts) ? TIES : "weights.merge";
  }

  static boolean ties(Findings facts) {
    double left = facts.value(TIES, "unexplained");
    return left <= facts.threshold("ties.unexplained.max")
        && facts.value(TIES, "spread") <= facts.threshold("merge.spread.max")
        && facts.value(TIES, "density.spread") <= facts.threshold("merge.spread.max")
        && facts.value(TIES, "smallest") >= facts.threshold("merge.coefficient.min")
        && !(weightedSum(facts) && facts.value("weights.merge", "unexplained") < 10 * left);
  }

  private static boolean weightedSum(Findings facts) {
    return facts.value("weights.merge", "spread") <= facts.threshold("merge.spread.max")
        && facts.value("weights.merge", "residual") <= facts.threshold("merge.residual.max")
        && facts.value("weights.merge", "unexplained") <= facts.threshold("merge.unexplained.max")
        && facts.value("weights.merge", "smallest") >= facts.threshold("merge.coefficient.min");
  }

  /** A value that is no number is read as zero, and would look like an update of its own. */
  static boolean lowRank(Findings facts) {
    return !(facts.value(SIMILARITY, "non-finite") > 0)
        && facts.value(DIFFERENCE, "rank.gap") >= facts.threshold("lowRank.gap.min")
        && facts.value(DIFFERENCE, "rank.share") >= facts.threshold("lowRank.tensors.min");
  }

  private static boolean changed(Findings facts) {
    return facts.value(DIFFERENCE, "relativeChange")
            >= facts.threshold("changed.relativeChange.min")
        && !explainedByRounding(facts)
        && !merged(facts)
        && !lowRank(facts);
  }

  /** Whether rounding alone made the difference. */
  static boolean explainedByRounding(Findings facts) {
    if (!quantised(facts, "a") && !quantised(facts, "b")) {
      return false;
    }
    double rounded = facts.value(QUANTISATION, "rounded.share");
    return !((Double.isNaN(rounded) ? facts.value(DIFFERENCE, "rounded.share") : rounded)
        < facts.threshold("rounded.share.min"));
  }

  private static boolean continued(Findings facts) {
    return facts.value(DIFFERENCE, "relativeChange")
        >= facts.threshold("continued.relativeChange.min");
  }

  private static boolean shape(Findings facts, Predicate<LayerShape> holds) {
    return facts.layerMap().map(LayerShape::new).filter(holds).isPresent() && !transplanted(facts);
  }

  private static boolean transplanted(Findings facts) {
    return few(facts) || replacedInPlace(facts);
  }

  /**
   * Each layer is either kept in its place or wholly another, as the map says too: some were put in
   * for others. A layer that training moved far is neither.
   */
  private static boolean replacedInPlace(Findings facts) {
    double kept = facts.value(SIMILARITY, "layers.kept");
    double replaced = facts.value(SIMILARITY, "layers.replaced");
    return kept >= 1
        && replaced >= 1
        && facts
            .layerMap()
            .filter(map -> new LayerShape(map).equallyDeep())
            .filter(map -> kept + replaced == map.layersOfA())
            .filter(map -> kept == map.links().size())
            .filter(map -> map.links().stream().allMatch(link -> link.a() == link.b()))
            .isPresent();
  }

  /** So few layers correspond that only some can come from the other model. */
  private static boolean few(Findings facts) {
    double most = facts.threshold("transplanted.mapped.max");
    return facts
        .layerMap()
        .map(LayerShape::new)
        .filter(shape ->
            shape.mappedShareOfA(tested(facts, "a")) < most
                && shape.mappedShareOfB(tested(facts, "b")) < most)
        .filter(shape -> shape.equallyDeep() || !shape.isSample(tested(facts, "a")))
        .isPresent();
  }

  /** How many layers of a side were tested: a plan may have left out most. */
  private static double tested(Findings facts, String side) {
    String name = "layers.tested." + side;
    return facts.value(facts.fires(MATCHING) ? MATCHING : AGREEMENT, name);
  }

  static boolean upcycled(Findings facts) {
    double least = facts.threshold("upcycled.experts.min");
    return Math.max(
                facts.value(MATCHING, "experts.onto-one.a"),
                facts.value(MATCHING, "experts.onto-one.b"))
            >= least
        || Math.max(
                facts.value(AGREEMENT, "experts.onto-one.a"),
                facts.value(AGREEMENT, "experts.onto-one.b"))
            >= least;
  }

  static boolean expertsPruned(Findings facts) {
    double ofA = expertsOf(facts, "a");
    double ofB = expertsOf(facts, "b");
    return ofA >= 2 && ofB >= 2 && Double.compare(ofA, ofB) != 0;
  }

  /** Routed experts of a layer of that side ("a" or "b"). */
  static double expertsOf(Findings facts, String side) {
    double matched = facts.value(MATCHING, "experts." + side);
    return Double.isNaN(matched) ? facts.value(AGREEMENT, "experts." + side) : matched;
  }

  private static boolean permuted(Findings facts) {
    double most = facts.threshold("permuted.sameIndex.max");
    return facts.value(AGREEMENT, "sameIndex.neurons") < most
        || renumbered(facts)
        || (facts.agreementUnder("permutation") >= facts.threshold("agreement.strong")
            && facts.value(AGREEMENT, "sameIndex.hidden") < most);
  }

  /**
   * Whether the map between the hidden spaces that was fitted on matched neurons renumbers them.
   */
  private static boolean renumbered(Findings facts) {
    return facts.value(RETENTION, "map.renumbers") >= facts.threshold("permuted.map.min");
  }

  static boolean rotated(Findings facts) {
    double strong = facts.threshold("agreement.strong");
    double rotation =
        Math.max(
            zeroIfUnknown(facts.agreementUnder("procrustes")),
            zeroIfUnknown(facts.agreementUnder("spectral")));
    return rotation >= strong
        && facts.agreementUnder("permutation") < strong
        && !renumbered(facts)
        && !facts.fires("weights.attention-columns");
  }

  private static double zeroIfUnknown(double value) {
    return Double.isNaN(value) ? 0 : value;
  }
}
