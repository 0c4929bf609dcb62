package dev.stemma.analysis.weights;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Partial;
import dev.stemma.artifact.Component;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.Measured.Basis;
import dev.stemma.evidence.Measured.Supports;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Chance;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Agreement of two separate neuron matchings, MLP by MLP, under an alignment; and its evidence. */
final class Agreements {
  static final double RELATED = 0.10;
  static final double ALARM_LOG10P = -6;
  private static final int QUERIES = 768;
  private static final int QUERIES_OF_WIDE = 256;

  private Agreements() {}

  /** One MLP of each model under one alignment. */
  record Score(
      String alignment,
      int layerA,
      int expertA,
      int layerB,
      int expertB,
      int queries,
      int count,
      double sameNumber)
      implements java.io.Serializable {
    double share() {
      return queries == 0 ? 0 : (double) count / queries;
    }
  }

  /** All scores of a unit. */
  record Scores(List<Score> scores, double sameDimension) implements Partial {}

  /** Every pair of MLPs; those of b are held, those of a read one at a time. */
  static List<Score> measure(
      String name, Alignment alignment, List<MlpBlock> a, List<MlpBlock> b, TensorReader tensors) {
    List<Neurons> ofB =
        b.stream().map(block -> Neurons.read(tensors, block, alignment.frameB())).toList();
    List<Score> scores = new ArrayList<>();
    boolean wide = a.getFirst().width() > LayerPlan.WIDE || b.getFirst().width() > LayerPlan.WIDE;
    int queries = wide ? QUERIES_OF_WIDE : QUERIES;
    for (MlpBlock blockA : a) {
      Neurons ofA = Neurons.read(tensors, blockA, alignment.frameA());
      for (int index = 0; index < b.size(); index++) {
        MlpBlock blockB = b.get(index);
        if ((blockA.gate() == null) != (blockB.gate() == null)) {
          continue;
        }
        Neurons other = ofB.get(index);
        Neurons.Agreement found =
            other.count() <= ofA.count()
                ? other.agreementWith(ofA, queries)
                : ofA.agreementWith(other, queries);
        scores.add(
            new Score(
                name,
                blockA.layer(),
                blockA.expert(),
                blockB.layer(),
                blockB.expert(),
                found.asking().length,
                found.count(),
                ofA.count() == other.count() ? found.sameNumber() : Double.NaN));
      }
    }
    return scores;
  }

  /**
   * Whether the neurons' incoming weights resemble each other more with the sign of an alignment
   * reversed. Any choice is fair: the test itself is made under the chosen sign, and both count.
   */
  static boolean reversed(
      Alignment alignment, List<MlpBlock> a, List<MlpBlock> b, TensorReader tensors) {
    LinearAlgebra algebra = LinearAlgebra.best();
    List<Matrix> ofB =
        b.stream().map(block -> incoming(null, block, alignment.frameB(), tensors)).toList();
    double balance = 0;
    for (MlpBlock block : a) {
      int[] some = Weights.sample(block.neurons(), QUERIES_OF_WIDE);
      Matrix ofA = incoming(some, block, alignment.frameA(), tensors);
      for (Matrix other : ofB) {
        Matrix cosines = algebra.multiplyByTransposed(ofA, other);
        for (int row = 0; row < cosines.rows(); row++) {
          float highest = 0;
          float lowest = 0;
          for (int column = 0; column < cosines.columns(); column++) {
            highest = Math.max(highest, cosines.get(row, column));
            lowest = Math.min(lowest, cosines.get(row, column));
          }
          balance += Math.pow(highest, 4) - Math.pow(lowest, 4);
        }
      }
    }
    return balance < 0;
  }

  private static Matrix incoming(
      int @Nullable [] some, MlpBlock block, Matrix frame, TensorReader tensors) {
    NeuronSide side = block.gate() == null ? NeuronSide.UP : NeuronSide.GATE;
    Matrix rows = some == null ? side.all(tensors, block) : side.some(tensors, block, some);
    return LinearAlgebra.best().multiply(rows, frame).normaliseRows();
  }

  static Evidence evidence(
      String id,
      Pair pair,
      Component component,
      List<Scores> partials,
      List<String> caveats,
      int attempts,
      double sees) {
    List<Score> scores = partials.stream().flatMap(part -> part.scores().stream()).toList();
    double correction = Math.log10(8.0 * Math.max(1, scores.size()) * attempts);
    Map<String, Double> highest = new TreeMap<>();
    List<LayerMaps.Link> links = new ArrayList<>();
    List<Double> sameNumber = new ArrayList<>();
    Score best = new Score("none", 0, 0, 0, 0, 1, 0, Double.NaN);
    double lowest = 0;
    for (Score score : scores) {
      highest.merge(score.alignment(), score.share(), Math::max);
      double log10p = Math.min(0, Chance.logFixedPoints(score.count()) + correction);
      if (log10p < ALARM_LOG10P && score.share() >= RELATED) {
        lowest = Math.min(lowest, log10p);
        links.add(
            new LayerMaps.Link(
                score.layerA(), score.expertA(), score.layerB(), score.expertB(), score.share()));
        if (!Double.isNaN(score.sameNumber())) {
          sameNumber.add(score.sameNumber());
        }
      }
      best = score.share() > best.share() ? score : best;
    }
    List<Integer> layersA = pair.a().layers(component);
    List<Integer> layersB = pair.b().layers(component);
    Measured.Builder evidence =
        Measured.of(id, component)
            .supports(links.isEmpty() ? Supports.INDEPENDENCE : Supports.DERIVATION)
            .statistic(
                "neurons on which two matchings agree", best.count(), (double) best.queries())
            .pValue(
                lowest,
                Basis.CALIBRATED,
                "two matchings of unrelated neurons agree by chance; trained neurons resemble each"
                    + " other, so the share must also reach .10")
            .effect(best.share())
            .value("agreement", best.share())
            .value("sees.correlation", sees)
            .value("agreement.log10p", lowest)
            .value("pairs", scores.size())
            .value(
                "layers.tested.a",
                (double) scores.stream().mapToInt(Score::layerA).distinct().count())
            .value(
                "layers.tested.b",
                (double) scores.stream().mapToInt(Score::layerB).distinct().count())
            .value("experts.onto-one.a", LayerMaps.expertsOntoOneOfA(links))
            .value("experts.onto-one.b", LayerMaps.expertsOntoOneOfA(LayerMaps.reversed(links)))
            .caveats(caveats)
            .figures(
                HeatMaps.of(
                    "Agreement of two matchings by layer",
                    layersA,
                    layersB,
                    scores.stream()
                        .map(score ->
                            new HeatMaps.Cell(score.layerA(), score.layerB(), score.share()))
                        .toList()));
    highest.forEach((alignment, share) -> evidence.value("agreement." + alignment, share));
    partials.stream()
        .mapToDouble(Scores::sameDimension)
        .filter(share -> !Double.isNaN(share))
        .findFirst()
        .ifPresent(share -> evidence.value("sameIndex.hidden", share));
    if (!sameNumber.isEmpty()) {
      Collections.sort(sameNumber);
      evidence.value("sameIndex.neurons", sameNumber.get(sameNumber.size() / 2));
    }
    if (!links.isEmpty()) {
      evidence.layerMap(LayerMaps.of(layersA.size(), layersB.size(), links));
    }
    for (LayerMaps.Link link : LayerMaps.bestByExpertOfB(links)) {
      evidence.value(
          "link." + link.layerB() + "." + link.expertB(),
          NeuronMatchingEvidence.encode(link.layerA(), link.expertA()));
    }
    return evidence.build();
  }
}
