package dev.stemma.analysis.weights;

import dev.stemma.analysis.Partial;
import dev.stemma.analysis.WorkUnit;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Question: does the way from one model to a child lead over a third model?
 *
 * <p>Statistic: the share of the step from the one to the other that the step from the one to the
 * child contains, in bands of the step's singular directions. A descendant of the other has all of
 * it, fine structure included; a model that left before has none of the bulk, even where training
 * on the same data made both move in the same leading directions. Fooled by: two models that were
 * trained with the same seed on the same data in the same order.
 */
public final class SharedStep {
  private static final double RELATED_COSINE = 0.3;

  /**
   * Bands of a step with a smaller share of the largest band's energy are rounding of the values.
   */
  private static final double ROUNDING = 1e-3;

  private static final Role ANY = Role.inLayer(Component.DECODER, 0, Part.GATE);

  private SharedStep() {}

  /** One matrix that stands in all three models. */
  public record Unit(TensorView child, TensorView one, TensorView other) implements WorkUnit {
    @Override
    public long bytes() {
      return 3 * StoredBytes.of(child);
    }
  }

  /**
   * Share of the step that the way to the child contains.
   *
   * @param bands from the leading directions to the last, NaN where the step has nothing; empty
   *     where the three do not correspond in place
   */
  public record Share(double[] bands) implements Partial {}

  /**
   * The matrices that stand in all three.
   *
   * @param toOne matrices of the child that correspond to ones of the one, by the child's place
   */
  public static List<Unit> plan(
      CanonicalModel child,
      CanonicalModel one,
      CanonicalModel other,
      Map<String, String> toOne,
      Map<String, String> toOther) {
    Map<String, TensorView> ofChild = places(child);
    Map<String, TensorView> ofOne = places(one);
    Map<String, TensorView> ofOther = places(other);
    List<Unit> units = new ArrayList<>();
    toOne.forEach((place, placeInOne) -> {
      TensorView x = ofChild.get(place);
      TensorView y = ofOne.get(placeInOne);
      TensorView z = ofOther.get(toOther.getOrDefault(place, ""));
      if (x != null
          && y != null
          && z != null
          && x.shape().rank() == 2
          && x.shape().equals(y.shape())
          && x.shape().equals(z.shape())) {
        units.add(new Unit(x, y, z));
      }
    });
    return units;
  }

  private static Map<String, TensorView> places(CanonicalModel model) {
    Map<String, TensorView> places = new HashMap<>();
    model.tensors().forEach((role, view) -> places.putIfAbsent(MatrixSteps.place(role), view));
    return places;
  }

  /** Reads the three and compares the steps. */
  public static Share measure(Unit unit, TensorReader tensors) {
    MatchedMatrices.InPlace rows =
        new MatchedMatrices.InPlace("", ANY, ANY, unit.child(), unit.one(), false);
    Matrix child = rows.sampled(unit.child(), tensors);
    Matrix one = rows.sampled(unit.one(), tensors);
    Matrix other = rows.sampled(unit.other(), tensors);
    boolean inPlace =
        Difference.cosine(child, one) >= RELATED_COSINE
            && Difference.cosine(child, other) >= RELATED_COSINE
            && Difference.cosine(one, other) >= RELATED_COSINE;
    Matrix step = Difference.delta(one, other);
    if (!inPlace || !(step.frobeniusNorm() > 0)) {
      return new Share(new double[0]);
    }
    return new Share(Difference.retention(step, Difference.delta(one, child), ROUNDING));
  }
}
