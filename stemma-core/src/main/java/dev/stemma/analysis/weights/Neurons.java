package dev.stemma.analysis.weights;

import dev.stemma.format.TensorReader;
import dev.stemma.numeric.LinearAlgebra;
import dev.stemma.numeric.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * One MLP's neurons in a common frame, ready for two separate matchings: gate against what up adds
 * to it, and what is read against what down adds to that. Without the orthogonalisation the two
 * matchings would agree by themselves, because gate and up of one trained neuron correlate.
 *
 * @param first gate; for MLPs without gate the incoming weights
 * @param second up without its part along gate; null without gate
 * @param up up itself; null without gate
 * @param third down without its part along what is read
 */
record Neurons(Matrix first, @Nullable Matrix second, @Nullable Matrix up, Matrix third) {
  int count() {
    return first.rows();
  }

  /**
   * Reads an MLP and moves it into the common frame.
   *
   * @param frame width x common dimensions, or null for the MLP's own frame
   */
  static Neurons read(TensorReader tensors, MlpBlock block, @Nullable Matrix frame) {
    Matrix up = inFrame(NeuronSide.UP.all(tensors, block), frame).normaliseRows();
    Matrix down = written(tensors, block, frame).normaliseRows();
    if (block.gate() == null) {
      return new Neurons(up, null, null, without(down, up));
    }
    Matrix gate = inFrame(NeuronSide.GATE.all(tensors, block), frame).normaliseRows();
    Matrix upAlone = without(up.copy(), gate);
    Matrix downAlone = without(without(down, gate), upAlone);
    return new Neurons(gate, upAlone, up, downAlone);
  }

  private static Matrix written(TensorReader tensors, MlpBlock block, @Nullable Matrix frame) {
    return frame == null
        ? NeuronSide.DOWN.all(tensors, block)
        : LinearAlgebra.best().multiplyTransposed(Weights.matrix(tensors, block.down()), frame);
  }

  private static Matrix inFrame(Matrix rows, @Nullable Matrix frame) {
    return frame == null ? rows : LinearAlgebra.best().multiply(rows, frame);
  }

  /** Removes from each row its part along the other's row, and makes it length one; in place. */
  private static Matrix without(Matrix rows, Matrix along) {
    for (int row = 0; row < rows.rows(); row++) {
      double dot = 0;
      for (int column = 0; column < rows.columns(); column++) {
        dot += (double) rows.get(row, column) * along.get(row, column);
      }
      for (int column = 0; column < rows.columns(); column++) {
        rows.set(row, column, (float) (rows.get(row, column) - dot * along.get(row, column)));
      }
    }
    return rows.normaliseRows();
  }

  /** Agreement of the two matchings between this MLP's neurons and another's. */
  Agreement agreementWith(Neurons other, int queries) {
    int[] asking = Weights.sample(count(), queries);
    boolean all = asking.length == count();
    int[] firstMatch;
    int[] secondMatch = null;
    int[] readMatch;
    if (second == null || other.second == null || up == null || other.up == null) {
      firstMatch = mutual(asking, all, new Cosines(first, other.first, false));
      readMatch = firstMatch;
    } else {
      Cosines gates = new Cosines(first, other.first, false);
      Cosines ups = new Cosines(second, other.second, true);
      firstMatch = mutual(asking, all, gates);
      secondMatch = mutual(asking, all, ups);
      readMatch = mutual(asking, all, gates, new Cosines(up, other.up, true));
    }
    int[] downMatch = mutual(asking, all, new Cosines(third, other.third, second != null));
    int read = Matching.agreeing(readMatch, downMatch);
    int gateUp = secondMatch == null ? 0 : Matching.agreeing(firstMatch, secondMatch);
    int[] winner = gateUp > read ? agreed(firstMatch, secondMatch) : agreed(readMatch, downMatch);
    return new Agreement(asking, winner, Math.max(read, gateUp));
  }

  /** For each asking neuron its partner, or -1; and how many have one. */
  record Agreement(int[] asking, int[] partner, int count) {
    double share() {
      return asking.length == 0 ? 0 : (double) count / asking.length;
    }

    /** Share of partners that have the same number. */
    double sameNumber() {
      int same = 0;
      for (int index = 0; index < asking.length; index++) {
        same += partner[index] == asking[index] ? 1 : 0;
      }
      return count == 0 ? 0 : (double) same / count;
    }
  }

  private static int[] agreed(int[] one, int @Nullable [] other) {
    int[] out = one.clone();
    for (int index = 0; index < out.length; index++) {
      out[index] = other != null && one[index] == other[index] ? one[index] : -1;
    }
    return out;
  }

  /** Rows of two models to compare, by cosine or its size. */
  private record Cosines(Matrix a, Matrix b, boolean absolute) {
    Matrix of(int[] rows) {
      return finish(LinearAlgebra.best().multiplyByTransposed(a.selectRows(rows), b));
    }

    Matrix all() {
      return finish(LinearAlgebra.best().multiplyByTransposed(a, b));
    }

    Matrix towards(int[] columns) {
      return finish(LinearAlgebra.best().multiplyByTransposed(b.selectRows(columns), a));
    }

    private Matrix finish(Matrix cosines) {
      if (absolute) {
        Matching.absolute(cosines);
      }
      return cosines;
    }
  }

  /** Mutual nearest neighbours; reverse neighbours are sought only for those that were hit. */
  private static int[] mutual(int[] asking, boolean all, Cosines... parts) {
    if (all) {
      return Matching.mutual(sum(parts, Cosines::all));
    }
    int[] forward = Matching.rowArgmax(sum(parts, part -> part.of(asking)));
    int[] backward = Matching.rowArgmax(sum(parts, part -> part.towards(forward)));
    int[] mutual = new int[asking.length];
    for (int index = 0; index < asking.length; index++) {
      mutual[index] = backward[index] == asking[index] ? forward[index] : -1;
    }
    return mutual;
  }

  private static Matrix sum(Cosines[] parts, java.util.function.Function<Cosines, Matrix> cosines) {
    Matrix total = cosines.apply(parts[0]);
    for (int index = 1; index < parts.length; index++) {
      total.add(cosines.apply(parts[index]), 1);
    }
    return total;
  }
}
