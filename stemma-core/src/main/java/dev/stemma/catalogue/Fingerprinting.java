package dev.stemma.catalogue;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.catalogue.Fingerprint.Block;
import dev.stemma.catalogue.Fingerprint.Layer;
import dev.stemma.catalogue.FingerprintPartial.LayerSums;
import dev.stemma.engine.LocalEngine;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.SketchKernel;
import dev.stemma.source.Progress;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes fingerprints: one pass over the tensors, layers side by side, put together in their order,
 * so that the bits do not depend on the number of threads or machines.
 */
public final class Fingerprinting {
  private Fingerprinting() {}

  /** The fingerprint of a model, by threads of this machine. */
  public static Fingerprint of(CanonicalModel model, TensorReader reader, int threads) {
    try (LocalEngine engine = new LocalEngine(threads, reader)) {
      FingerprintPlan plan = FingerprintPlan.of(model);
      return conclude(
          plan,
          engine.measure("fingerprint", plan.units(), Fingerprinting::measure, Progress.NONE));
    }
  }

  /** Measures one unit: a function of the unit and the bytes that it names. */
  public static FingerprintPartial measure(FingerprintUnit unit, TensorReader reader) {
    return switch (unit) {
      case FingerprintUnit.Landmarks landmarks ->
          new FingerprintPartial.Cosines(
              Anchors.of(landmarks.embedding(), reader)
                  .map(Anchors::cosines)
                  .orElse(new double[Block.length()]));
      case FingerprintUnit.OfLayer layer -> new LayerPass(layer, reader).sums();
      case FingerprintUnit.Outside outside -> {
        MerkleTree tree = new MerkleTree();
        tree.leaf(
            outside.name(),
            TensorPass.over(outside.view(), reader, (first, rows, columns, values) -> {}));
        yield new FingerprintPartial.Leaf(tree.leaves().getFirst());
      }
    };
  }

  /** Puts the units' results together, which come in the order of the plan. */
  public static Fingerprint conclude(FingerprintPlan plan, List<FingerprintPartial> partials) {
    MerkleTree outside = new MerkleTree();
    List<LayerSums> layers = new ArrayList<>();
    double[] cosines = new double[Block.length()];
    for (FingerprintPartial partial : partials) {
      switch (partial) {
        case FingerprintPartial.Cosines found -> cosines = found.block();
        case LayerSums sums -> layers.add(sums);
        case FingerprintPartial.Leaf leaf -> outside.leaves(List.of(leaf.leaf()));
      }
    }
    return new Fingerprint(
        plan.shape(), plan.tokenizer(), layers(layers), outside.root(), sketch(cosines, layers));
  }

  private static List<Layer> layers(List<LayerSums> results) {
    int group = (results.size() + Fingerprint.MOST_LAYERS - 1) / Fingerprint.MOST_LAYERS;
    List<Layer> layers = new ArrayList<>();
    for (int first = 0; first < results.size(); first += group) {
      MerkleTree tree = new MerkleTree();
      short[] profile = new short[Layer.PROFILE];
      for (int i = first; i < Math.min(results.size(), first + group); i++) {
        tree.leaves(results.get(i).leaves());
      }
      for (int i = 0; i < profile.length; i++) {
        profile[i] = Float.floatToFloat16((float) results.get(first).profile()[i]);
      }
      layers.add(new Layer(tree.root(), profile));
    }
    return layers;
  }

  private static float[] sketch(double[] cosines, List<LayerSums> results) {
    double[] sketch = new double[Fingerprint.LENGTH];
    double[] direct = new double[Block.length()];
    double[] circuits = new double[Block.length()];
    int cells = SketchKernel.ANCHORS * SketchKernel.ANCHORS;
    for (LayerSums result : results) {
      for (int i = 0; i < direct.length; i++) {
        direct[i] += result.direct()[i];
      }
      for (int kind = 0; kind < 3; kind++) {
        for (int cell = 0; cell < cells; cell++) {
          double value = result.circuits()[kind][cell];
          // Each cell goes to four places, so that few cells share one with the same sign.
          for (int copy = 0; copy < 4; copy++) {
            long place = Hashing.of(kind * cells + cell, copy);
            circuits[(int) (place & (circuits.length - 1))] += place < 0 ? -value : value;
          }
        }
      }
    }
    put(direct, sketch, Block.DIRECT);
    put(cosines, sketch, Block.EMBEDDING);
    put(circuits, sketch, Block.CIRCUITS);
    return unit(sketch);
  }

  private static void put(double[] block, double[] sketch, Block where) {
    float[] unit = unit(block);
    for (int i = 0; i < unit.length; i++) {
      sketch[where.offset() + i] = unit[i];
    }
  }

  private static float[] unit(double[] values) {
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    float[] out = new float[values.length];
    for (int i = 0; i < out.length && squares > 0 && Double.isFinite(squares); i++) {
      out[i] = (float) (values[i] / Math.sqrt(squares));
    }
    return out;
  }
}
