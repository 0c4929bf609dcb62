package dev.stemma.analysis.training;

import java.util.Optional;

/**
 * Something in a log that an untouched log does not show.
 *
 * @param outcome warning or contradiction
 * @param figure what decided
 * @param sentence with the place
 */
record Sign(String name, Outcome outcome, double figure, String sentence) {
  /** Looks for one kind of sign. */
  interface Search {
    /** The sign, if it is there. */
    Optional<Sign> in(Run run);
  }
}
