package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a comparison of weights will read before it has read any: which layers, how many bytes, and
 * from which correlation on each test would see a copy. Tests under alignments and those of kinds
 * run only where the cheaper ones leave them to do, so the bytes are the most that are read.
 *
 * @param stacks the layers of each model
 * @param steps the tests in their order
 * @param thorough whether everything is read
 * @param distinctBytes that all steps read at most, each counted once: what comes over a network
 * @param modelBytes of the tensors of all models, candidates and controls too
 * @param choices why so little is read of large models; empty where they are not large
 */
public record CostPlan(
    List<Stack> stacks,
    List<Step> steps,
    boolean thorough,
    long distinctBytes,
    long modelBytes,
    List<Choice> choices) {
  /** What a test without a formula was measured to need. */
  private static final double IN_RELATION = 0.5;

  /** Keeps the lists unmodifiable. */
  public CostPlan {
    stacks = List.copyOf(stacks);
    steps = List.copyOf(steps);
    choices = List.copyOf(choices);
  }

  /**
   * What is read of large models, and so why.
   *
   * @param key of the sentence that says so
   * @param count of rows, neurons, tokens or layers; 0 where nothing is read
   * @param layersOfA that are read whole; empty where all are read in part
   * @param layersOfB the same of the other model
   */
  public record Choice(String key, int count, List<Integer> layersOfA, List<Integer> layersOfB) {
    /** Keeps the lists unmodifiable. */
    public Choice {
      layersOfA = List.copyOf(layersOfA);
      layersOfB = List.copyOf(layersOfB);
    }

    static Choice ofAllLayers(String key, int count) {
      return new Choice(key, count, List.of(), List.of());
    }
  }

  /** Whether the models are so large that only few of their bytes are read. */
  public boolean economical() {
    return !choices.isEmpty();
  }

  /** Share of the models' bytes that is read at most. */
  public double share() {
    return modelBytes == 0 ? 0 : (double) distinctBytes / modelBytes;
  }

  /**
   * One model's layers.
   *
   * @param tested numbers of those whose MLPs are matched
   * @param layers how many there are
   */
  public record Stack(Component component, String model, List<Integer> tested, int layers) {
    /** Keeps the list unmodifiable. */
    public Stack {
      tested = List.copyOf(tested);
    }
  }

  /**
   * One test.
   *
   * @param bytes it reads at most
   * @param sees correlation of a copy's weights from which it sees the copy; NaN where that is not
   *     the question
   */
  public record Step(String id, int units, long bytes, double sees, When when) {}

  /** When a test runs. */
  public enum When {
    /** In each comparison. */
    ALWAYS("always"),
    /** Where cheaper tests have not answered. */
    IF_OPEN("if-open"),
    /** Where a test has found a relation. */
    IF_RELATED("if-related");

    private final String key;

    When(String key) {
      this.key = key;
    }

    /** The name in reports, stable for scripts. */
    public String key() {
      return key;
    }
  }

  /** Bytes that all tests together read at most; the same bytes count each time. */
  public long bytes() {
    return steps.stream().mapToLong(Step::bytes).sum();
  }

  /** Reads headers only. */
  public static CostPlan of(Pair pair, List<Analysis<?, ?>> analyses) {
    List<Stack> stacks = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      BlockPlan plan = BlockPlan.of(pair, component);
      stacks.add(stack(pair.a(), component, plan.a()));
      stacks.add(stack(pair.b(), component, plan.b()));
    }
    List<Step> steps = new ArrayList<>();
    DistinctBytes distinct = new DistinctBytes();
    long besides = 0;
    for (Analysis<?, ?> analysis : analyses) {
      if (!analysis.id().startsWith("weights.")) {
        continue; // its plan may read texts, and is not asked for bytes
      }
      List<? extends WorkUnit> units = analysis.most(pair);
      for (WorkUnit unit : units) {
        unit.within().forEach(distinct::add);
        besides += unit.within().isEmpty() ? unit.bytes() : 0;
      }
      if (!units.isEmpty()) {
        steps.add(
            new Step(
                analysis.id(),
                units.size(),
                units.stream().mapToLong(WorkUnit::bytes).sum(),
                sees(units),
                when(analysis)));
      }
    }
    long there =
        Stream.of(List.of(pair.a(), pair.b()), pair.candidates(), pair.controls())
            .flatMap(List::stream)
            .mapToLong(EconomySearch::bytes)
            .sum();
    long sum = steps.stream().mapToLong(Step::bytes).sum();
    return new CostPlan(
        stacks,
        steps,
        pair.scope().thorough(),
        Math.min(Math.min(sum, there), distinct.total() + besides),
        there,
        EconomyChoices.of(pair));
  }

  private static Stack stack(CanonicalModel model, Component component, List<MlpBlock> blocks) {
    TreeSet<Integer> tested = new TreeSet<>();
    blocks.forEach(block -> tested.add(block.layer()));
    return new Stack(
        component, model.model().name(), List.copyOf(tested), model.layers(component).size());
  }

  private static When when(Analysis<?, ?> analysis) {
    return switch (analysis) {
      case NeuronAgreement agreement -> When.IF_OPEN;
      case SpectralAgreement agreement -> When.IF_OPEN;
      case PlantedCopies planted -> When.IF_OPEN;
      case WeightRetention retention -> When.IF_RELATED;
      default -> When.ALWAYS;
    };
  }

  private static double sees(List<? extends WorkUnit> units) {
    return switch (units.getFirst()) {
      case NeuronMatching.Unit first ->
          NeuronMatching.sees(
              first.target(),
              first.asking().getFirst(),
              first.queries(),
              units.stream()
                  .mapToInt(
                      unit -> unit instanceof NeuronMatching.Unit one ? one.asking().size() : 0)
                  .sum());
      case RouterMatching.Unit unit -> RouterMatchingEvidence.sees(unit);
      case EmbeddingColumns.Unit unit -> EmbeddingColumns.sees(unit.tokens());
      case NeuronRelations.Unit unit -> IN_RELATION;
      case NeuronAgreement.Unit unit -> NeuronAgreement.SEES;
      case SpectralAgreement.Unit unit -> unit.sees();
      default -> Double.NaN;
    };
  }
}
