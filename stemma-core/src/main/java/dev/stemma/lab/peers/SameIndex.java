package dev.stemma.lab.peers;

import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.numeric.Matrix;
import java.util.Optional;
import java.util.function.ToDoubleBiFunction;

/** The user's documents: tensors of the same role and shape compared number by number. */
final class SameIndex {
  private SameIndex() {}

  static double normCosine(PeerModel a, PeerModel b) {
    return mean(a, b, Part.Kind.NORM, Scores::cosine);
  }

  static double flattenedCosine(PeerModel a, PeerModel b) {
    return mean(a, b, Part.Kind.MATRIX, Scores::cosine);
  }

  static double pearson(PeerModel a, PeerModel b) {
    return mean(a, b, Part.Kind.MATRIX, Scores::pearson);
  }

  private static double mean(
      PeerModel a, PeerModel b, Part.Kind kind, ToDoubleBiFunction<float[], float[]> score) {
    Scores.Mean mean = new Scores.Mean();
    for (Role role : a.model().tensors().keySet()) {
      if (role.layer() < 0 || role.part().kind() != kind || !b.has(role)) {
        continue;
      }
      Optional<Matrix> left = a.matrix(role);
      Optional<Matrix> right = b.matrix(role);
      if (left.isPresent()
          && right.isPresent()
          && left.get().rows() == right.get().rows()
          && left.get().columns() == right.get().columns()) {
        mean.add(score.applyAsDouble(left.get().data(), right.get().data()));
      }
    }
    return mean.value();
  }
}
