package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.Part;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Question: how far could a copy of a have drifted and still have been seen?
 *
 * <p>Statistic: the largest relative drift (noise over weights, 1e-3 to 3) at which each deciding
 * test that found nothing proves a planted copy of one of a's layers, at the strictness of this
 * comparison; found by bisection. Null: none, it is the power of the tests and no evidence. Fooled
 * by: real training, which is no noise (it moves few directions much), and layers unlike the one
 * that was planted. Of large models fewer grades are planted, and none for {@link
 * SpectralAgreement}, which needs several layers.
 */
public final class PlantedCopies
    implements Analysis<PlantedCopies.Unit, PlantedCopies.LargestSeen> {
  /** The report's key. */
  public static final String ID = "weights.planted-copies";

  private static final int LABEL_TESTS = 6;
  private static final int QUERIES = 256;

  /** Tests of one component, one after the other. */
  record Unit(Component component, int layer, List<PlantedTest> tests) implements WorkUnit {
    @Override
    public List<TensorView> within() {
      return tests.stream().flatMap(test -> test.within().stream()).toList();
    }

    @Override
    public long bytes() {
      return tests.stream().mapToLong(PlantedTest::bytes).sum();
    }
  }

  /** The largest drift seen, by test. */
  record LargestSeen(SortedMap<String, Double> drifts) implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "How far could a copy have drifted and still have been seen?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    return plan(pair, false);
  }

  @Override
  public List<Unit> most(Pair pair) {
    return plan(pair, true);
  }

  private static List<Unit> plan(Pair pair, boolean all) {
    List<Unit> units = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      AgreementPlan plan = AgreementPlan.of(pair, component);
      if (plan.a().isEmpty() || related(pair, component)) {
        continue;
      }
      MlpBlock block = plan.a().get(plan.a().size() / 2);
      List<PlantedTest> tests =
          tests(pair, component, block).stream()
              .filter(test -> all || found(pair, component, test).isPresent())
              .toList();
      if (block.width() > LayerPlan.WIDE) {
        units.add(new Unit(component, block.layer(), tests)); // so that memory holds them
      } else {
        tests.forEach(test -> units.add(new Unit(component, block.layer(), List.of(test))));
      }
    }
    if (!related(pair, Component.EMBEDDING)) {
      tokens(pair)
          .map(EmbeddingColumns.Unit::new)
          .map(unit -> test(pair, Component.EMBEDDING, EmbeddingColumns.ID, unit, false))
          .filter(test -> all || found(pair, Component.EMBEDDING, test).isPresent())
          .ifPresent(test -> units.add(new Unit(Component.EMBEDDING, -1, List.of(test))));
    }
    return units;
  }

  private static List<PlantedTest> tests(Pair pair, Component component, MlpBlock block) {
    boolean few = block.width() > LayerPlan.WIDE && !pair.scope().thorough();
    List<MlpBlock> one = List.of(block);
    List<PlantedTest> tests = new ArrayList<>();
    tests.add(test(pair, component, NeuronMatching.ID, matching(pair, component, block), false));
    if (block.neurons() >= 16) {
      tests.add(
          test(
              pair,
              component,
              NeuronRelations.ID,
              new NeuronRelations.Unit(
                  NeuronRelations.asTested(pair, block),
                  List.of(NeuronRelations.asTested(pair, block))),
              false));
    }
    AttentionColumns.Unit columns = columns(pair, component, block.layer());
    if (!columns.a().isEmpty()) {
      tests.add(test(pair, component, AttentionColumns.ID, columns, false));
    }
    tokens(pair)
        .filter(tokens -> tokens.widthA() == block.width() && !Economy.of(pair).leavesOutMlps())
        .ifPresent(tokens -> {
          for (Alignment.Kind kind : Alignment.Kind.values()) {
            tests.add(
                test(
                    pair,
                    component,
                    NeuronAgreement.ID + "." + kind.key(),
                    new NeuronAgreement.Unit(component, List.of(kind), tokens, one, one),
                    few));
          }
        });
    AttentionLayer.of(pair.a(), component).stream()
        .filter(layer -> !few && !Economy.of(pair).sparing()) // one layer aligns nothing
        .filter(layer -> layer.layer() == block.layer() && layer.width() == block.width())
        .findFirst()
        .map(List::of)
        .ifPresent(layer ->
            tests.add(
                test(
                    pair,
                    component,
                    SpectralAgreement.ID,
                    new SpectralAgreement.Unit(component, layer, layer, one, one, false),
                    false)));
    return tests;
  }

  private static PlantedTest test(
      Pair pair, Component component, String key, WorkUnit unit, boolean few) {
    List<Double> grades = PlantedCopy.grades(few);
    PlantedTest test = new PlantedTest(key, unit, grades, 1);
    double pairs =
        found(pair, component, test).map(found -> Math.max(1, found.value("pairs", 1))).orElse(1.0);
    double tests =
        switch (unit) {
          case NeuronAgreement.Unit agreement -> 8 * pairs * Alignment.Kind.values().length;
          case SpectralAgreement.Unit agreement -> 8 * pairs * SpectralAgreement.TRIES;
          default -> LABEL_TESTS * pairs;
        };
    return new PlantedTest(key, unit, grades, tests);
  }

  /** Neurons by number, of as many as are looked at. */
  private static NeuronMatching.Unit matching(Pair pair, Component component, MlpBlock block) {
    int neurons =
        NeuronMatching.ofFirstNeurons(pair, component)
            ? Economy.of(pair).neurons()
            : Integer.MAX_VALUE;
    MlpBlock some = block.first(neurons);
    return new NeuronMatching.Unit(some, true, List.of(some), Math.min(QUERIES, neurons));
  }

  /** One layer's attention with itself; where few bytes are to be read, all that is. */
  private static AttentionColumns.Unit columns(Pair pair, Component component, int layer) {
    Economy economy = Economy.of(pair);
    if (economy.sparing()) {
      AttentionColumns.Unit of = AttentionColumns.unit(pair, component);
      List<TensorView> ofA = of.a().stream().map(economy::values).toList();
      return new AttentionColumns.Unit(component, ofA, ofA, of.writing());
    }
    AttentionColumns.Unit unit =
        new AttentionColumns.Unit(
            component, new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    if (component != Component.AUDIO_ENCODER) {
      int[] layers = {layer, layer};
      Pair itself = new Pair(pair.a(), pair.a(), pair.scope());
      AttentionColumns.READING.forEach(
          part -> AttentionColumns.add(unit, itself, layers, part, false));
      AttentionColumns.add(unit, itself, layers, Part.OUTPUT, true);
    }
    return unit;
  }

  /** Tokens that both models have, seen in a alone. */
  private static Optional<SharedTokens> tokens(Pair pair) {
    return SharedTokens.of(pair.a(), pair.b())
        .filter(tokens -> tokens.count() >= SharedTokens.FEWEST)
        .map(tokens -> tokens.sampled(pair))
        .map(tokens ->
            new SharedTokens(
                tokens.tableA(),
                tokens.tableA(),
                tokens.rowsA(),
                tokens.rowsA(),
                tokens.tokensA(),
                tokens.tokensA()));
  }

  /** What the test itself said of the pair, where it ran. */
  private static Optional<Measured> found(Pair pair, Component component, PlantedTest test) {
    return pair.known().stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .filter(found -> found.component() == component && test.key().startsWith(found.id()))
        .findFirst();
  }

  /** Whether any test has found a relation, which needs no power. */
  private static boolean related(Pair pair, Component component) {
    return pair.known().stream()
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .filter(found -> found.component() == component)
        .anyMatch(found -> found.supports() == Measured.Supports.DERIVATION);
  }

  @Override
  public LargestSeen measure(Unit unit, TensorReader tensors) {
    TreeMap<String, Double> drifts = new TreeMap<>();
    unit.tests().forEach(test -> drifts.put(test.key(), test.largestSeen(tensors)));
    return new LargestSeen(drifts);
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<LargestSeen> partials) {
    List<Unit> units = plan(pair);
    TreeMap<Component, Measured.Builder> found = new TreeMap<>();
    TreeMap<Component, Double> largest = new TreeMap<>();
    for (int index = 0; index < units.size(); index++) {
      Unit unit = units.get(index);
      Measured.Builder evidence =
          found.computeIfAbsent(
              unit.component(),
              component ->
                  Measured.of(ID, component)
                      .nullHypothesis("none: what the tests would have seen, planted here")
                      .caveats(
                          "the drift is noise on one layer; training moves fewer directions"
                              + " further"));
      evidence.value("layer", unit.layer());
      for (PlantedTest test : unit.tests()) {
        double drift = partials.get(index).drifts().getOrDefault(test.key(), 0.0);
        evidence.value("drift." + test.key(), drift);
        evidence.value("planted." + test.key(), test.drifts().getLast());
        largest.merge(unit.component(), drift, Math::max);
      }
    }
    List<Evidence> evidence = new ArrayList<>();
    for (Map.Entry<Component, Measured.Builder> entry : found.entrySet()) {
      double drift = largest.getOrDefault(entry.getKey(), 0.0);
      evidence.add(
          entry
              .getValue()
              .statistic("largest drift of a planted copy that is seen", drift, null)
              .build());
    }
    for (Component component : Bodies.common(pair)) {
      if (!found.containsKey(component)) {
        evidence.add(
            new NotApplicable(
                ID,
                component,
                related(pair, component)
                    ? "a relation was found: no power to state"
                    : "no test that could be planted has run"));
      }
    }
    return evidence;
  }
}
