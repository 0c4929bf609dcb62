package dev.stemma.analysis.training;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What one check found.
 *
 * @param figure the figure that decided, null where there is none
 * @param figureName what the figure is, with its unit
 * @param nullHypothesis what is assumed until the figure speaks against it
 * @param why one plain sentence
 */
public record Finding(
    String id,
    Outcome outcome,
    @Nullable Double figure,
    String figureName,
    String nullHypothesis,
    String why)
    implements Serializable {
  /** A check that has nothing to look at. */
  public static Finding notApplicable(String id, String nullHypothesis, String why) {
    return new Finding(id, Outcome.NOT_APPLICABLE, null, "", nullHypothesis, why);
  }
}
