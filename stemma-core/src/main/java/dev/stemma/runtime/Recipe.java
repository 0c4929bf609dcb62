package dev.stemma.runtime;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Families;
import dev.stemma.architecture.Family;
import dev.stemma.architecture.Values;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a family's data file says about running it, beyond what its tensors show by being there: the
 * facts of {@code architecture/families/NAME.json} under one configuration.
 */
record Recipe(Architecture architecture) {
  private static final Set<String> NORMS = Set.of("rms", "layer", "layer without weights");
  private static final Set<String> POSITIONS = Set.of("rope", "learned", "alibi");
  private static final Set<String> ROUTERS =
      Set.of("none", "softmax", "softmax-over-chosen", "sigmoid", "sparsemixer");

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
          "'" + config.modelType().orElse("none") + "', " + missing(new Recipe(architecture)),
          "Every other command works on it.");
    }
    Recipe recipe = new Recipe(architecture);
    String beyond = beyond(recipe);
    if (!beyond.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.UNSUPPORTED_VERSION,
          reference,
          "config.json",
          "a configuration of the " + recipe.family() + " architecture that can be run",
          "one with " + beyond + ", which is missing here",
          "Every other command works on it.");
    }
    return recipe;
  }

  /** What this configuration asks of a family beyond what was proven, or nothing. */
  private static String beyond(Recipe recipe) {
    String positions = recipe.text("positions", "rope");
    String missing = recipe.text("missing", "");
    return POSITIONS.contains(positions) ? missing : positions + " positions";
  }

  /** What a family has that nothing here computes. */
  private static String missing(Recipe recipe) {
    if (!recipe.architecture().stated()) {
      return "whose layers no family's file describes";
    }
    List<String> parts = new ArrayList<>();
    if (!recipe.text("body", "decoder").equals("decoder")) {
      parts.add("it generates no text (" + recipe.text("body", "") + ")");
    }
    if (!POSITIONS.contains(recipe.text("positions", "rope"))) {
      parts.add(recipe.text("positions", "") + " positions");
    }
    for (String fact : List.of("linearAttention", "qkNorm")) {
      if (!recipe.text(fact, "").isEmpty()) {
        parts.add(fact + ": " + recipe.text(fact, ""));
      }
    }
    if (!NORMS.contains(recipe.text("norm", "rms"))) {
      parts.add("norm: " + recipe.text("norm", ""));
    }
    if (!ROUTERS.contains(recipe.text("router", "none"))) {
      parts.add("router: " + recipe.text("router", ""));
    }
    recipe.architecture().family().stacks().stream()
        .skip(1)
        .forEach(stack -> parts.add("a stack of " + stack.component().key()));
    return parts.isEmpty()
        ? "whose logits were not proven equal to the official code's"
        : "of which is missing here: " + String.join(", ", parts);
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
