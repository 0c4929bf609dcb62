package dev.stemma.analysis.training;

/** One question asked of a training run. */
public interface Check {
  /** Stable id, the key in JSON. */
  String id();

  /** Looks at the run. */
  Finding examine(Run run);
}
