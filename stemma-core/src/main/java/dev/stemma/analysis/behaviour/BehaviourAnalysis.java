package dev.stemma.analysis.behaviour;

import dev.stemma.evidence.Evidence;
import java.util.List;

/** One question put to models' answers: what it asks them, and what it makes of what they say. */
public interface BehaviourAnalysis {
  /** What it finds, or why it cannot. */
  List<Evidence> of(Inquiry inquiry);
}
