package dev.stemma.analysis.tokenizer;

import java.util.Locale;

/** How two tokenizers are related, in the order in which the first that fits is told. */
public enum TokenizerRelation {
  /** The same trained vocabulary with the same ids; marks may differ. */
  IDENTICAL,
  /** The same vocabulary in another order. */
  RE_RANKED,
  /** The same vocabulary in the same order, at other ids. */
  SHIFTED,
  /** B has a's vocabulary, in its order, and more; it may lack a few. */
  EXTENDED,
  /** B is a part of a's vocabulary, in its order. */
  REDUCED,
  /** Both grew from a third. */
  SHARED_ANCESTOR,
  /** The shared tokens have no more order in common than two independent trainings give. */
  INDEPENDENT,
  /** The order of the shared tokens tells neither. */
  INCONCLUSIVE;

  /** The name in reports, stable for scripts: {@code shared-ancestor}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether one of the two was made from the other, or both are the same. */
  public boolean isDerivation() {
    return switch (this) {
      case IDENTICAL, RE_RANKED, SHIFTED, EXTENDED, REDUCED -> true;
      case SHARED_ANCESTOR, INDEPENDENT, INCONCLUSIVE -> false;
    };
  }
}
