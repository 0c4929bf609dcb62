package dev.stemma.verdict;

import dev.stemma.evidence.Evidence;
import java.util.List;

/**
 * What the same analyses found between one of the two models and a control, a model believed
 * independent of both.
 *
 * @param model the control's name
 * @param side which of the two was compared with it
 */
public record ControlEvidence(String model, Side side, List<Evidence> evidence) {
  /** Keeps the list unmodifiable. */
  public ControlEvidence {
    evidence = List.copyOf(evidence);
  }

  /** One of the two models. */
  public enum Side {
    A,
    B
  }
}
