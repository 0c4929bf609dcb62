package dev.stemma.runtime;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.CheckpointCheck;
import dev.stemma.architecture.Expression;
import dev.stemma.architecture.Part;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tensor;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model runs only if its checkpoint has every tensor that its configuration asks for, and its
 * layers have no weights that the family's file does not describe: either would give other numbers
 * than the official code's without a word.
 */
final class Completeness {
  private static final Pattern IN_LAYER =
      Pattern.compile("(?:.*\\.)?(?:layers|h|blocks)\\.(\\d+)\\..*\\.(?:weight|bias)");
  private static final int NAMED = 3;

  private Completeness() {}

  static void check(CanonicalModel model, Recipe recipe) {
    String reference = model.model().reference();
    CheckpointCheck check;
    try {
      check = CheckpointCheck.of(model, recipe.architecture());
    } catch (Expression.UnresolvedException | ArithmeticException e) {
      throw new ArtifactException(
          ErrorCode.BAD_ARGUMENT,
          reference,
          "config.json",
          "the sizes that the " + recipe.family() + " architecture needs",
          String.valueOf(e.getMessage()),
          "Check the model's config.json.");
    }
    List<String> missing = withoutZeroBuffers(model, check.missing());
    if (!missing.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.NOT_FOUND,
          reference,
          some(missing),
          "the tensors that the " + recipe.family() + " architecture needs",
          "none",
          "stemma inspect lists what the checkpoint has and misses.");
    }
    if (!check.otherShape().isEmpty()) {
      throw new ArtifactException(
          ErrorCode.BAD_SHAPE,
          reference,
          check.otherShape().getFirst(),
          "the shape that the configuration says",
          "another in " + check.otherShape().size() + " tensors",
          "The checkpoint and its config.json do not belong together.");
    }
    long layers = recipe.values().whole("num_hidden_layers").orElse(0L);
    List<String> unknown =
        model.unmapped().stream()
            .filter(tensor -> !mask(tensor))
            .map(Tensor::name)
            .filter(name -> inLayer(name, layers))
            .toList();
    if (!unknown.isEmpty()) {
      throw new ArtifactException(
          ErrorCode.UNSUPPORTED_VERSION,
          reference,
          some(unknown),
          "weights that the " + recipe.family() + " architecture describes",
          unknown.size() + " of others in its layers",
          "This variant of the family has a part that is not described here yet; every other"
              + " command works on it.");
    }
  }

  /**
   * The official code starts the router's score correction at zero and runs a checkpoint that has
   * none at all; one that has it in some layers only is damaged.
   */
  private static List<String> withoutZeroBuffers(CanonicalModel model, List<String> missing) {
    boolean some =
        model.tensors().keySet().stream()
            .anyMatch(role -> role.part() == Part.ROUTER_SCORE_CORRECTION);
    return some
        ? missing
        : missing.stream()
            .filter(name -> !name.contains("router.e_score_correction_bias"))
            .toList();
  }

  /** Old GPT-2 and GPT-NeoX checkpoints store the causal mask, [1, 1, positions, positions]. */
  private static boolean mask(Tensor tensor) {
    List<Long> sizes = tensor.shape().dimensions();
    return tensor.name().endsWith(".masked_bias")
        || (sizes.size() == 4 && sizes.get(0) == 1 && sizes.get(1) == 1);
  }

  private static boolean inLayer(String name, long layers) {
    Matcher matcher = IN_LAYER.matcher(name);
    return matcher.matches()
        && matcher.group(1).length() < 6
        && Integer.parseInt(matcher.group(1)) < layers
        && !name.contains("rotary");
  }

  private static String some(List<String> names) {
    String first = String.join("; ", names.subList(0, Math.min(NAMED, names.size())));
    return names.size() > NAMED ? first + "; and " + (names.size() - NAMED) + " more" : first;
  }
}
