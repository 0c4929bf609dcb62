package dev.stemma.analysis.training;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a sequence of checkpoints showed.
 *
 * @param points by step
 * @param initialisation the step-0 matrices against laws of initialisation, null where there is no
 *     step 0
 * @param releaseMatches whether the last checkpoint's tensors have the released model's digests,
 *     null where untested
 */
public record CheckpointTrail(
    List<Point> points, @Nullable Initialisation initialisation, @Nullable Boolean releaseMatches) {
  /** No checkpoints given. */
  public static final CheckpointTrail NONE = new CheckpointTrail(List.of(), null, null);

  /** Keeps the list unmodifiable. */
  public CheckpointTrail {
    points = List.copyOf(points);
  }

  /**
   * One checkpoint.
   *
   * @param distance Euclidean distance from the first checkpoint over the first one's norm
   */
  public record Point(long step, double norm, double distance, String digest) {}
}
