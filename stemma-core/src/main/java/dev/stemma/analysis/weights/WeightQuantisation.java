package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.ReferenceRounding;
import dev.stemma.format.RoundingGrid;
import dev.stemma.format.TensorReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Question: is one model the other, rounded to a quantised type?
 *
 * <p>Statistic: for each quantised tensor the share of values to which its own grid (scales and
 * minima as stored) rounds the other model's values; where the format's reference rounding is
 * determined by a block's extremes, also the share that it gives bit for bit. Null: an unrelated
 * source falls on the stored code by chance, about one time in as many as there are codes. Fooled
 * by: rounding that makes up for its errors elsewhere (GPTQ) or rescales channels first (AWQ),
 * which lies near the grid's source and not within half a step of it. Where none is quantised and
 * the two are stored in unequal types: the share of values that are the other's in the narrower.
 */
public final class WeightQuantisation
    implements Analysis<WeightQuantisation.Unit, WeightQuantisation.Fit> {
  static final String ID = "weights.quantisation";
  private static final double SAME = 0.995;
  private static final long LARGE_ELEMENTS = 4_000_000;
  private static final int MOST_OF_LARGE = 12;

  /** One quantised tensor and its possible source. */
  record Unit(
      String name,
      Component component,
      boolean quantisedIsA,
      TensorView quantised,
      TensorView source)
      implements WorkUnit {
    @Override
    public List<TensorView> within() {
      return List.of(quantised, source);
    }

    @Override
    public long bytes() {
      return 8 * source.shape().elements();
    }
  }

  /** Shares of one tensor; NaN where they could not be had. */
  record Fit(String type, double rounded, double reference, double back) implements Partial {
    Fit(String type, double rounded, double reference) {
      this(type, rounded, reference, Double.NaN);
    }
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Is one model the other, rounded to a quantised type?";
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    for (PairedTensors.PairedTensor tensor : tensors(pair)) {
      boolean a = RoundingGrid.type(tensor.a()).isPresent();
      boolean b = RoundingGrid.type(tensor.b()).isPresent();
      if (a != b || (!a && Narrowing.differ(tensor.a(), tensor.b()))) {
        units.add(
            new Unit(
                tensor.role().key()
                    + (tensor.role().layer() < 0 ? "" : " " + tensor.role().layer()),
                tensor.role().component(),
                a,
                a ? tensor.a() : tensor.b(),
                a ? tensor.b() : tensor.a()));
      }
    }
    if (Economy.of(pair).sparing()) {
      return units;
    }
    boolean large =
        units.stream().anyMatch(unit -> unit.source().shape().elements() > LARGE_ELEMENTS);
    if (!large || pair.scope().thorough() || units.size() <= MOST_OF_LARGE) {
      return units;
    }
    List<Unit> chosen = new ArrayList<>();
    for (int index = 0; index < MOST_OF_LARGE; index++) {
      chosen.add(units.get((int) ((long) index * units.size() / MOST_OF_LARGE)));
    }
    return chosen;
  }

  /** Where few bytes are to be read: first rows, or else MLPs of the layers that are read whole. */
  private static List<PairedTensors.PairedTensor> tensors(Pair pair) {
    List<PairedTensors.PairedTensor> all = PairedTensors.of(pair).comparable();
    Economy economy = Economy.of(pair);
    if (!economy.sparing()) {
      return all;
    }
    List<PairedTensors.PairedTensor> some = economy.tensors(pair, all);
    boolean quantised =
        some.stream()
            .anyMatch(tensor ->
                RoundingGrid.type(tensor.a()).isPresent()
                    != RoundingGrid.type(tensor.b()).isPresent());
    if (quantised || economy.leavesOutMlps()) {
      return some;
    }
    List<TensorView> whole =
        Bodies.common(pair).stream()
            .flatMap(component -> AgreementPlan.of(pair, component).a().stream())
            .flatMap(block -> block.views().stream())
            .toList();
    return all.stream().filter(tensor -> whole.contains(tensor.a())).toList();
  }

  @Override
  public Fit measure(Unit unit, TensorReader tensors) {
    if (RoundingGrid.type(unit.quantised()).isEmpty()) {
      // B is "source" here: neither is quantised, and the types they are stored in differ.
      return Narrowing.measure(unit.source(), unit.quantised(), tensors);
    }
    String type = RoundingGrid.type(unit.quantised()).orElse("");
    Optional<RoundingGrid> grid = RoundingGrid.of(unit.quantised(), tensors);
    if (grid.isEmpty()) {
      return new Fit(type, Double.NaN, Double.NaN);
    }
    float[] source = tensors.readAll(unit.source());
    float[] least = tensors.readAll(grid.get().least());
    float[] most = tensors.readAll(grid.get().most());
    long within = 0;
    for (int index = 0; index < source.length; index++) {
      float low = Math.min(least[index], most[index]);
      float high = Math.max(least[index], most[index]);
      within += source[index] >= low && source[index] <= high ? 1 : 0;
    }
    double reference = Double.NaN;
    if (ReferenceRounding.knows(type) && unit.source().shape().columns() % 32 == 0) {
      ReferenceRounding.round(type, source);
      reference =
          Difference.equalShare(
              new dev.stemma.numeric.Matrix(1, source.length, source),
              new dev.stemma.numeric.Matrix(1, source.length, tensors.readAll(unit.quantised())));
    }
    return new Fit(type, (double) within / Math.max(1, source.length), reference);
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Fit> partials) {
    List<Unit> units = plan(pair);
    List<Component> bodies = Bodies.common(pair);
    if (bodies.isEmpty()) {
      return Bodies.nothingInCommon(ID, pair);
    }
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : bodies) {
      List<Integer> own = new ArrayList<>();
      List<Fit> narrowed = new ArrayList<>();
      for (int index = 0; index < units.size(); index++) {
        Component of = units.get(index).component();
        boolean belongs = of == component || (!of.isBody() && component == bodies.getFirst());
        if (belongs && !Double.isNaN(partials.get(index).back())) {
          narrowed.add(partials.get(index));
        } else if (belongs && !Double.isNaN(partials.get(index).rounded())) {
          own.add(index);
        }
      }
      evidence.add(
          own.isEmpty()
              ? narrowed.isEmpty()
                  ? new NotApplicable(
                      ID, component, "no tensor is quantised in one model and not in the other")
                  : Narrowing.evidence(component, narrowed)
              : measured(
                  component,
                  plain(pair, component, bodies),
                  own.stream().map(units::get).toList(),
                  own.stream().map(partials::get).toList()));
    }
    return evidence;
  }

  /** Matrices of a partly quantised model that stayed as they were. */
  private static int plain(Pair pair, Component component, List<Component> bodies) {
    int plain = 0;
    for (PairedTensors.PairedTensor tensor : tensors(pair)) {
      Component of = tensor.role().component();
      plain +=
          (of == component || (!of.isBody() && component == bodies.getFirst()))
                  && tensor.a().shape().rank() == 2
                  && RoundingGrid.type(tensor.a()).isEmpty()
                  && RoundingGrid.type(tensor.b()).isEmpty()
              ? 1
              : 0;
    }
    return plain;
  }

  private static Evidence measured(
      Component component, int plain, List<Unit> units, List<Fit> fits) {
    TreeMap<String, Integer> types = new TreeMap<>();
    List<List<String>> exceptions = new ArrayList<>();
    int same = 0;
    int bits = 0;
    int referenced = 0;
    double share = Difference.median(fits.stream().mapToDouble(Fit::rounded).toArray());
    int ofA = 0;
    for (int index = 0; index < fits.size(); index++) {
      Fit fit = fits.get(index);
      types.merge(fit.type(), 1, Integer::sum);
      same += fit.rounded() >= SAME ? 1 : 0;
      referenced += Double.isNaN(fit.reference()) ? 0 : 1;
      bits += fit.reference() == 1 ? 1 : 0;
      ofA += units.get(index).quantisedIsA() ? 1 : 0;
      if (fit.rounded() < SAME) {
        exceptions.add(
            List.of(
                units.get(index).name(),
                fit.type(),
                String.format(Locale.ROOT, "%.4f", fit.rounded())));
      }
    }
    String quantised = 2 * ofA > fits.size() ? "a" : "b";
    Measured.Builder evidence =
        Measured.of(ID, component)
            .statistic(
                "tensors whose codes are the other's values, rounded", same, (double) fits.size())
            .nullHypothesis("calibrated: an unrelated source meets a code by chance only")
            .effect((double) same / fits.size())
            .value("tensors", fits.size())
            .value("tensors.same", same)
            .value("tensors.reference", referenced)
            .value("tensors.bit-equal", bits)
            .value("tensors.plain", plain)
            .value("rounded.share", share)
            .value("quantised.is.a", quantised.equals("a") ? 1 : 0)
            .caveats(sentence(quantised, types, same, fits.size(), referenced, bits, plain));
    types.forEach((type, count) -> evidence.value("type." + type, count));
    if (!exceptions.isEmpty()) {
      evidence.figures(
          new Figure.Table(
              "Tensors that are not the rounded source",
              List.of("tensor", "type", "share of codes that fit"),
              exceptions));
    }
    return evidence.build();
  }

  private static String sentence(
      String quantised,
      Map<String, Integer> types,
      int same,
      int all,
      int referenced,
      int bits,
      int plain) {
    String names =
        String.join(
            ", ",
            types.entrySet().stream()
                .map(type -> type.getValue() + " of " + type.getKey())
                .toList());
    String other = quantised.equals("a") ? "b" : "a";
    return quantised
        + " holds "
        + names
        + "; "
        + (same == all ? "all are " : same + " of " + all + " are ")
        + other
        + "'s values rounded to their grid"
        + (referenced == 0
            ? ""
            : ", " + bits + " of " + referenced + " bit for bit by the reference rounding")
        + (plain == 0 ? "" : "; " + plain + " matrices beside them are not quantised");
  }
}
