package dev.stemma.analysis.weights;

import dev.stemma.analysis.Analysis;
import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.TensorReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Question: where do the layers of both models, of controls and of candidates lie in one plane?
 *
 * <p>Statistic: principal components of layer sketches (the user's PCA). The documents read it so:
 * models from scratch lie at right angles. It decides nothing: so do renumbered and rotated copies,
 * and a shared initialisation does not. Null: none; controls stand beside.
 */
public final class LayerSketches implements Analysis<LayerSketches.Unit, LayerSketches.Layer> {
  static final String ID = "weights.layer-sketches";
  private static final List<Part> PARTS =
      List.of(Part.QUERY, Part.KEY, Part.VALUE, Part.OUTPUT, Part.GATE, Part.UP, Part.DOWN);
  private static final int MOST_LAYERS = 16;
  private static final double RIGHT_ANGLE = 0.1;

  /** One layer of one model. */
  record Unit(Component component, int model, int layer, List<TensorView> views)
      implements WorkUnit {
    @Override
    public List<TensorView> within() {
      return views.stream().map(view -> Prefix.of(view, Sketch.rows(view).length)).toList();
    }

    @Override
    public long bytes() {
      return views.stream()
          .mapToLong(view -> StoredBytes.ofRows(view, Sketch.rows(view).length))
          .sum();
    }
  }

  /** Its sketch. */
  record Layer(float[] sketch) implements Partial {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public String question() {
    return "Where do the layers of both models, of controls and of candidates lie in one plane?";
  }

  /** Both models, then controls, then candidates. */
  private static List<CanonicalModel> models(Pair pair) {
    List<CanonicalModel> models = new ArrayList<>(List.of(pair.a(), pair.b()));
    models.addAll(pair.controls());
    models.addAll(pair.candidates());
    return models;
  }

  /** The parts that every layer of every model has. */
  private static List<Part> parts(
      List<CanonicalModel> models, Component component, Economy economy) {
    return PARTS.stream()
        .filter(part ->
            models.stream()
                .allMatch(model ->
                    model.layers(component).stream()
                        .allMatch(layer ->
                            model
                                .tensor(Role.inLayer(component, layer, part))
                                .filter(view -> view.shape().rank() == 2)
                                .filter(economy::reads)
                                .isPresent())))
        .toList();
  }

  @Override
  public List<Unit> plan(Pair pair) {
    List<Unit> units = new ArrayList<>();
    List<CanonicalModel> models = models(pair);
    for (Component component : Bodies.common(pair)) {
      List<CanonicalModel> having =
          models.stream().filter(model -> !model.layers(component).isEmpty()).toList();
      Economy economy = Economy.of(pair);
      List<Part> parts = parts(having, component, economy);
      for (CanonicalModel model : parts.isEmpty() ? List.<CanonicalModel>of() : having) {
        boolean wide =
            model
                .tensor(
                    Role.inLayer(component, model.layers(component).getFirst(), parts.getFirst()))
                .filter(view -> view.shape().columns() > LayerPlan.WIDE)
                .isPresent();
        int most = wide && !economy.sparing() ? LayerPlan.PLANNED_VALUES : MOST_LAYERS;
        for (int layer : LayerPlan.choose(model.layers(component), pair.scope(), most)) {
          List<TensorView> views =
              parts.stream()
                  .map(part -> model.tensor(Role.inLayer(component, layer, part)).orElseThrow())
                  .map(economy::values)
                  .toList();
          units.add(new Unit(component, models.indexOf(model), layer, views));
        }
      }
    }
    return units;
  }

  @Override
  public Layer measure(Unit unit, TensorReader tensors) {
    return new Layer(Sketch.of(unit.views(), tensors));
  }

  @Override
  public List<Evidence> conclude(Pair pair, List<Layer> partials) {
    List<Unit> units = plan(pair);
    List<Evidence> evidence = new ArrayList<>();
    for (Component component : Bodies.common(pair)) {
      List<Unit> own = new ArrayList<>();
      List<float[]> sketches = new ArrayList<>();
      for (int index = 0; index < units.size(); index++) {
        if (units.get(index).component() == component) {
          own.add(units.get(index));
          sketches.add(partials.get(index).sketch());
        }
      }
      evidence.add(
          sketches.size() < 3
              ? new NotApplicable(ID, component, "fewer than three layers have the same parts")
              : measured(pair, component, own, sketches));
    }
    return evidence.isEmpty() ? Bodies.nothingInCommon(ID, pair) : evidence;
  }

  private static Evidence measured(
      Pair pair, Component component, List<Unit> units, List<float[]> sketches) {
    List<CanonicalModel> models = models(pair);
    Sketch.Plane plane = Sketch.plane(sketches);
    List<Figure.Point> points = new ArrayList<>();
    for (int index = 0; index < units.size(); index++) {
      double[] point = plane.points()[index];
      points.add(
          new Figure.Point(
              point[0],
              point[1],
              group(pair, units.get(index).model()),
              String.valueOf(units.get(index).layer())));
    }
    double between = cosine(units, sketches, 0, 1);
    Map<String, Double> controls = new LinkedHashMap<>();
    for (int control = 0; control < pair.controls().size(); control++) {
      controls.put(models.get(2 + control).model().name(), cosine(units, sketches, 0, 2 + control));
    }
    Measured.Builder evidence =
        Measured.of(ID, component)
            .statistic("mean cosine of layers with one number", between, 1.0)
            .nullHypothesis("none: the documents' picture, with controls and candidates beside")
            .value("cosine", between)
            .value("explained.first", plane.explained()[0])
            .value("explained.second", plane.explained()[1])
            .figures(
                new Figure.Scatter(
                    "Layers in one plane (PCA of sketches)",
                    axis("first component", plane.explained()[0]),
                    axis("second component", plane.explained()[1]),
                    points))
            .caveats(
                "The documents read right angles as \"from scratch\" and would say here: "
                    + reading(between),
                "It decides nothing: renumbered and rotated copies lie at right angles too.");
    controls.forEach((name, cosine) -> evidence.value("cosine.control." + name, cosine));
    return evidence.build();
  }

  private static String axis(String name, double share) {
    return name + String.format(Locale.ROOT, " (%.0f%% of the variance)", 100 * share);
  }

  /** What the documents would read from such an angle. */
  static String reading(double cosine) {
    return Math.abs(cosine) < RIGHT_ANGLE ? "from scratch" : "related";
  }

  private static String group(Pair pair, int model) {
    String name = models(pair).get(model).model().name();
    if (model < 2) {
      return (model == 0 ? "A: " : "B: ") + name;
    }
    return (model < 2 + pair.controls().size() ? "control: " : "candidate: ") + name;
  }

  private static double cosine(List<Unit> units, List<float[]> sketches, int one, int other) {
    double sum = 0;
    int count = 0;
    for (int index = 0; index < units.size(); index++) {
      for (int second = 0; second < units.size(); second++) {
        if (units.get(index).model() == one
            && units.get(second).model() == other
            && units.get(index).layer() == units.get(second).layer()) {
          double cosine = Sketch.cosine(sketches.get(index), sketches.get(second));
          sum += Double.isNaN(cosine) ? 0 : cosine;
          count++;
        }
      }
    }
    return count == 0 ? 0 : sum / count;
  }
}
