package dev.stemma.tree;

import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Thresholds;
import java.util.Arrays;

/**
 * The thresholds of a tree, from the file of all thresholds.
 *
 * @param coverage share of a child's matrices that a sole parent must account for
 * @param flatShare share of matrices that must agree on which of two came first
 * @param flatDifference by how much the one is kept more evenly
 * @param near share of a step up to which the child left from its near end
 * @param blend closeness to two models from which they are tested as parents both
 * @param confidence share of resamplings from which a parent is named
 */
public record TreeRules(
    double coverage,
    double flatShare,
    double flatDifference,
    double near,
    double blend,
    double confidence) {
  static final int MOST_CANDIDATES = 5;
  static final int MOST_BLENDS = 3;
  static final int CLEARLY_MORE = 2;
  static final int ROUNDS = 200;
  static final long SEED = 0x57E44A;

  /** No edge costs as much as one more founder does. */
  static final double FOUNDER = 1000;

  private static final double SMALLEST_COSINE = 1e-3;

  /** The standard thresholds. */
  public static TreeRules standard() {
    Thresholds thresholds = Thresholds.standard();
    return new TreeRules(
        thresholds.get("tree.coverage.min"),
        thresholds.get("tree.flat.share.min"),
        thresholds.get("tree.flat.difference.min"),
        thresholds.get("tree.near.max"),
        thresholds.get("tree.blend.max"),
        thresholds.get("tree.confidence.min"));
  }

  static double distance(double cosine) {
    return -2 * Math.log(Math.max(SMALLEST_COSINE, Math.abs(cosine)));
  }

  /**
   * The side whose content the other keeps evenly, where it does not hold the other way round; by
   * one draw of the matrices.
   */
  Parent byRetention(Kin pair, Resampling sample) {
    double[] differences =
        sample.draw(
            Resampling.values(pair.steps().values(), step -> step.flatOfA() - step.flatOfB()));
    double difference = Resampling.NONE.median(differences);
    if (Math.abs(difference) >= flatDifference) {
      double sign = Math.signum(difference);
      double share =
          Arrays.stream(differences).filter(one -> sign * one > 0).count()
              / (double) differences.length;
      if (share >= flatShare) {
        return difference > 0 ? Parent.A : Parent.B;
      }
    }
    return Parent.UNDETERMINED;
  }
}
