package dev.stemma.lab.peers;

import dev.stemma.architecture.Part;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.Sequence;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Zhu et al.'s MATCH: both models read the same random tokens; neurons of two layers are matched by
 * an assignment on the cosines of their gate activations, and again on those of their up
 * activations; the statistic is Spearman's correlation of the two matchings. The score is the mean
 * of -ln p over the layers of the shallower model, each with its own layer where depths are equal,
 * else with its best.
 */
final class ActivationMatching {
  private static final int SEQUENCES = 16;
  private static final int LENGTH = 16;
  private static final long SEED = 0x3A7C4;
  private static final LinearAlgebra ALGEBRA = LinearAlgebra.best();

  private ActivationMatching() {}

  static double score(PeerModel a, PeerModel b) {
    List<Integer> layersOfA = gated(a);
    List<Integer> layersOfB = gated(b);
    int[][] tokens = PeerModel.sharedTokens(a, b, Integer.MAX_VALUE);
    if (layersOfA.isEmpty() || layersOfB.isEmpty() || tokens[0].length < 16) {
      return Double.NaN;
    }
    if (layersOfA.size() > layersOfB.size()) {
      return score(b, a);
    }
    Optional<Matrix[]> left = inputs(a, tokens[0]);
    Optional<Matrix[]> right = inputs(b, tokens[1]);
    if (left.isEmpty() || right.isEmpty()) {
      return Double.NaN;
    }
    Scores.Mean mean = new Scores.Mean();
    for (int i = 0; i < layersOfA.size(); i++) {
      double best = Double.NaN;
      for (int j = 0; j < layersOfB.size(); j++) {
        if (layersOfA.size() != layersOfB.size() || i == j) {
          int one = layersOfA.get(i);
          int other = layersOfB.get(j);
          double found =
              agreement(
                  activations(a, one, Part.GATE, left.get()),
                  activations(b, other, Part.GATE, right.get()),
                  activations(a, one, Part.UP, left.get()),
                  activations(b, other, Part.UP, right.get()));
          best = Double.isNaN(best) ? found : Math.max(best, found);
        }
      }
      mean.add(best);
    }
    return mean.value();
  }

  private static List<Integer> gated(PeerModel model) {
    return model.layers().stream()
        .filter(layer ->
            model.matrix(layer, Part.GATE).isPresent() && model.matrix(layer, Part.UP).isPresent())
        .toList();
  }

  /** What each layer's feed-forward block read, a row a position; empty for what cannot be run. */
  private static Optional<Matrix[]> inputs(PeerModel model, int[] tokens) {
    Decoder decoder;
    try {
      decoder = DecoderBuilder.build(model.model(), model.reader());
    } catch (ArtifactException e) {
      return Optional.empty(); // no executable architecture: the method cannot speak
    }
    int length = Math.min(LENGTH, decoder.maximumPositions());
    int hidden = decoder.embedding().columns();
    Matrix[] inputs = new Matrix[decoder.layers().size()];
    for (int layer = 0; layer < inputs.length; layer++) {
      inputs[layer] = new Matrix(SEQUENCES * length, hidden);
    }
    int[] position = new int[1];
    Decoder observed =
        decoder.observed((layer, input) ->
            System.arraycopy(input, 0, inputs[layer].data(), position[0] * hidden, hidden));
    SplittableRandom random = new SplittableRandom(SEED);
    for (int sequence = 0; sequence < SEQUENCES; sequence++) {
      Sequence reading = observed.begin();
      for (int i = 0; i < length; i++) {
        reading.hidden(tokens[random.nextInt(tokens.length)], length);
        position[0]++;
      }
    }
    return Optional.of(inputs);
  }

  /** A row a neuron, of length one. */
  private static Matrix activations(PeerModel model, int layer, Part part, Matrix[] inputs) {
    return ALGEBRA
        .multiplyByTransposed(model.matrix(layer, part).orElseThrow(), inputs[layer])
        .normaliseRows();
  }

  /** -ln p that the matching of gates and the matching of ups are unrelated. */
  static double agreement(Matrix gateA, Matrix gateB, Matrix upA, Matrix upB) {
    if (gateA.rows() > gateB.rows()) {
      return agreement(gateB, gateA, upB, upA);
    }
    if (gateA.rows() < 5 || gateA.columns() != gateB.columns()) {
      return Double.NaN;
    }
    int[] gates = LinearAssignment.largest(ALGEBRA.multiplyByTransposed(gateA, gateB));
    int[] ups = LinearAssignment.largest(ALGEBRA.multiplyByTransposed(upA, upB));
    return -Math.log(NeuronOrder.pValue(gates, ups));
  }
}
