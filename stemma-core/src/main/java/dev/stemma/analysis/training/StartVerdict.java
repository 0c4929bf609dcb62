package dev.stemma.analysis.training;

import java.util.Map;

/** What a log says of the weights that training began with. */
public enum StartVerdict {
  RANDOM("consistent-with-random-initialisation"),
  PRETRAINED("pretrained"),
  INCONCLUSIVE("inconclusive");

  private final String key;

  StartVerdict(String key) {
    this.key = key;
  }

  /** The name in JSON, stable for scripts. */
  public String key() {
    return key;
  }

  /** From the findings by id: an edited log proves no random start. */
  static StartVerdict of(Map<String, Finding> findings) {
    Outcome initial = outcome(findings, "initial-loss");
    if (outcome(findings, "derived-start") == Outcome.CONTRADICTION) {
      return PRETRAINED;
    }
    boolean edited = outcome(findings, "forged") == Outcome.CONTRADICTION;
    return initial == Outcome.CONSISTENT && !edited ? RANDOM : INCONCLUSIVE;
  }

  private static Outcome outcome(Map<String, Finding> findings, String id) {
    Finding finding = findings.get(id);
    return finding == null ? Outcome.NOT_APPLICABLE : finding.outcome();
  }
}
