package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.LayerMap;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Question: were one model's layers taken from the other and from a candidate?
 *
 * <p>Statistic: the matching of neurons (see {@link NeuronMatching}), candidate against a and b.
 * Where every layer of one model corresponds to the other or to the candidate, none to both, and
 * these two share nothing although each has layers besides, one transplant explains it; the other
 * way round both would have to be chimeras whose layers from elsewhere complete each other. Fooled
 * by: donors that were themselves made so; a near sibling of a donor stands for it.
 */
public final class LayerDonors implements Analysis<LayerDonors.Unit, NeuronMatching.Counts> {
  static final String ID = "weights.layer-donors";
  private static final int MOST_CANDIDATES = 6;

  private final NeuronMatching matching = new NeuronMatching();

  /** A part of the matching of a candidate with a or with b. */
  record Unit(int candidate, boolean withA, NeuronMatching.Unit part) implements WorkUnit {
    @Override
    public long bytes() {
      return part.bytes();
    }
  }

  /** What one candidate gives to one of the two. */
  private record Donors(
      int candidate,
      boolean childIsA,
      double covered,
      double twice,
      double among,
      double besides) {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Were one model's layers taken from the other and from a candidate?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    boolean partial =
        Bodies.common(pair).stream()
            .flatMap(component -> map(pair, component).stream())
            .anyMatch(LayerDonors::partOfBoth);
    for (int candidate = 0; partial && candidate < candidates(pair); candidate++) {
      for (boolean withA : new boolean[] {true, false}) {
        for (NeuronMatching.Unit part : matching.plan(with(pair, candidate, withA))) {
          units.add(new Unit(candidate, withA, part));
        }
      }
    }
    return units;
  }

  private static int candidates(Pair pair) {
    return Math.min(MOST_CANDIDATES, pair.candidates().size());
  }

  private static Optional<LayerMap> map(Pair pair, Component component) {
    return MatchedMatrices.relating(pair, component, List.of(NeuronMatching.ID))
        .map(Measured::layerMap);
  }

  private static boolean partOfBoth(LayerMap map) {
    return layers(map, true).size() < map.layersOfA()
        && layers(map, false).size() < map.layersOfB();
  }

  private static SortedSet<Integer> layers(LayerMap map, boolean ofA) {
    TreeSet<Integer> layers = new TreeSet<>();
    map.links().forEach(link -> layers.add(ofA ? link.a() : link.b()));
    return layers;
  }

  /** The model against the candidate. */
  private static Pair with(Pair pair, int candidate, boolean withA) {
    CanonicalModel model = withA ? pair.a() : pair.b();
    return new Pair(model, pair.candidates().get(candidate), pair.scope());
  }

  @Override
  public NeuronMatching.Counts measure(Unit unit, TensorReader tensors) {
    return matching.measure(unit.part(), tensors);
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<NeuronMatching.Counts> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Donors> all = new ArrayList<>();
      for (int candidate = 0; candidate < candidates(pair) && !units.isEmpty(); candidate++) {
        Optional<Measured> ofA = found(pair, component, candidate, true, units, partials);
        Optional<Measured> ofB = found(pair, component, candidate, false, units, partials);
        Optional<LayerMap> known = map(pair, component);
        if (ofA.isPresent() && ofB.isPresent() && known.isPresent()) {
          all.add(donors(candidate, true, known.get(), ofA.get(), ofB.get()));
          all.add(donors(candidate, false, known.get(), ofB.get(), ofA.get()));
        }
      }
      evidence.add(
          all.stream()
              .max(Comparator.comparingDouble(donors -> donors.covered() - donors.twice()))
              .<Evidence>map(donors -> measured(pair, component, donors))
              .orElseGet(() ->
                  new NotApplicable(
                      ID,
                      component,
                      pair.candidates().isEmpty()
                          ? "no candidate was given (--candidate)"
                          : "the two models do not share some layers only")));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private Optional<Measured> found(
      Pair pair,
      Component component,
      int candidate,
      boolean withA,
      List<Unit> units,
      List<NeuronMatching.Counts> partials) {
    List<NeuronMatching.Counts> own = new ArrayList<>();
    for (int index = 0; index < units.size(); index++) {
      if (units.get(index).candidate() == candidate && units.get(index).withA() == withA) {
        own.add(partials.get(index));
      }
    }
    return matching.conclude(with(pair, candidate, withA), own).stream()
        .filter(found -> found.component() == component)
        .filter(Measured.class::isInstance)
        .map(Measured.class::cast)
        .findFirst();
  }

  private static Donors donors(
      int candidate, boolean childIsA, LayerMap known, Measured ofChild, Measured ofOther) {
    SortedSet<Integer> fromOther = layers(known, childIsA);
    LayerMap given = ofChild.layerMap();
    SortedSet<Integer> fromCandidate = given == null ? new TreeSet<>() : layers(given, true);
    TreeSet<Integer> both = new TreeSet<>(fromOther);
    both.retainAll(fromCandidate);
    TreeSet<Integer> either = new TreeSet<>(fromOther);
    either.addAll(fromCandidate);
    int all = childIsA ? known.layersOfA() : known.layersOfB();
    int otherLayers = childIsA ? known.layersOfB() : known.layersOfA();
    int leftOfOther = otherLayers - layers(known, !childIsA).size();
    int leftOfCandidate = given == null ? 0 : given.layersOfB() - layers(given, false).size();
    return new Donors(
        candidate,
        childIsA,
        given == null ? 0 : (double) either.size() / all,
        (double) both.size() / all,
        ofOther.value("pairs.linked", Double.NaN),
        Math.min(leftOfOther, leftOfCandidate));
  }

  private static Evidence measured(Pair pair, Component component, Donors donors) {
    String reference = pair.candidates().get(donors.candidate()).model().reference();
    return Measured.of(ID, component)
        .statistic("share of layers that either donor explains", donors.covered(), 1.0)
        .nullHypothesis("the neuron matching's, for each pair of layers")
        .value("covered", donors.covered())
        .value("twice", donors.twice())
        .value("donors.linked", donors.among())
        .value("donors.besides", donors.besides())
        .value("child.is.a", donors.childIsA() ? 1 : 0)
        .value("donor." + reference, 1)
        .caveats("only the given candidates were tried, one at a time")
        .build();
  }
}
