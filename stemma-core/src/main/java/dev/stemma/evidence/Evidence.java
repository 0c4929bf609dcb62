package dev.stemma.evidence;

import dev.stemma.artifact.Component;
import java.io.Serializable;

/**
 * What one analysis says about one component. "Not tested" is never "no match": the three outcomes
 * are kept apart.
 */
public sealed interface Evidence extends Serializable permits Measured, NotApplicable, Failed {
  /** The analysis's stable id, as in {@code weights.neuron-matching}. */
  String id();

  /** The component it speaks of. */
  Component component();
}
