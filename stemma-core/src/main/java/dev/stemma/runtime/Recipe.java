package dev.stemma.runtime;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Families;
import dev.stemma.architecture.Family;
import dev.stemma.architecture.Values;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ErrorCode;
import java.util.List;

/**
 * What a family's data file says about running it, beyond what its tensors show by being there: the
 * facts of {@code architecture/families/NAME.json} under one configuration.
 */
record Recipe(Architecture architecture) {
  /**
   * The recipe of a configuration.
   *
   * @throws ArtifactException if its family cannot be run
   */
  static Recipe of(Config config, String reference) {
    Architecture architecture = Families.architecture(config);
    if (!architecture.stated() || !architecture.family().runs()) {
      throw new ArtifactException(
          ErrorCode.UNSUPPORTED_VERSION,
          reference,
          "config.json, model_type",
          "a family that can be run: " + String.join(", ", families()),
          "'" + config.modelType().orElse("none") + "'",
          "Its forward pass is not described here yet; every other command works on it.");
    }
    return new Recipe(architecture);
  }

  /** The families that can be run. */
  static List<String> families() {
    return Families.all().stream().filter(Family::runs).map(Family::id).sorted().toList();
  }

  String family() {
    return architecture.family().id();
  }

  /** The configuration's values as the family reads them. */
  Values values() {
    return architecture.values();
  }

  /** A fact that is a text. */
  String text(String fact, String otherwise) {
    return values().fact(fact) instanceof String text ? text : otherwise;
  }

  /** A fact that is a number. */
  double number(String fact, double otherwise) {
    return values().fact(fact) instanceof Number number ? number.doubleValue() : otherwise;
  }

  /** A fact that is true or false. */
  boolean flag(String fact) {
    return Boolean.TRUE.equals(values().fact(fact));
  }
}
