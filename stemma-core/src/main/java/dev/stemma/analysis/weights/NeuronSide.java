package dev.stemma.analysis.weights;

import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import org.jspecify.annotations.Nullable;

/** The three vectors of a neuron: what it reads (gate, up) and what it writes (down). */
enum NeuronSide {
  GATE,
  UP,
  DOWN;

  @Nullable TensorView of(MlpBlock block) {
    return switch (this) {
      case GATE -> block.gate();
      case UP -> block.up();
      case DOWN -> block.down();
    };
  }

  /** Bytes that all neurons' vectors take, with the gain; none where the MLP has no such side. */
  long bytes(MlpBlock block) {
    TensorView view = of(block);
    return view == null ? 0 : StoredBytes.of(view) + gainBytes(block);
  }

  /** Bytes that are read for so many neurons' vectors. */
  long bytes(MlpBlock block, int neurons) {
    TensorView view = of(block);
    return view == null || this == DOWN
        ? bytes(block)
        : StoredBytes.ofRows(view, neurons) + gainBytes(block);
  }

  private long gainBytes(MlpBlock block) {
    return this == DOWN || block.gain() == null ? 0 : StoredBytes.of(block.gain());
  }

  /** All neurons' vectors as rows, gains folded. */
  Matrix all(TensorReader tensors, MlpBlock block) {
    return this == DOWN
        ? Weights.matrix(tensors, block.down()).transposed()
        : Weights.matrix(tensors, view(block), block.gain());
  }

  /** Some neurons' vectors as rows, gains folded. */
  Matrix some(TensorReader tensors, MlpBlock block, int[] neurons) {
    if (this == DOWN) {
      return Weights.columns(tensors, block.down(), neurons);
    }
    Matrix rows = Weights.rows(tensors, view(block), neurons);
    return block.gain() == null ? rows : rows.scaleColumns(Weights.vector(tensors, block.gain()));
  }

  private TensorView view(MlpBlock block) {
    TensorView view = of(block);
    if (view == null) {
      throw new IllegalStateException("no gate");
    }
    return view;
  }

  /** Adds cosines to a score; in gated MLPs up and down may flip sign together. */
  Matrix addTo(@Nullable Matrix score, Matrix cosines, boolean gated) {
    if (gated && this != GATE) {
      Matching.absolute(cosines);
    }
    return score == null ? cosines : score.add(cosines, 1);
  }
}
