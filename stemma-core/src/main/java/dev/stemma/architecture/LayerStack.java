package dev.stemma.architecture;

import dev.stemma.artifact.Component;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stack of layers with what stands around it: a decoder, an encoder, a vision tower, a block for
 * predicting further tokens.
 *
 * @param root where its names begin, as in {@code model.}; checkpoints may put other words there
 * @param layerNames how its layers are called below the root, as in {@code layers.${layer}.}
 * @param layers how many
 * @param firstLayer the number of its first layer (not 0 where it continues another stack)
 * @param sections the parts of the configuration that speak of it, first word first; a full stop is
 *     all of it
 * @param notUnder words that no name of it contains above the root
 * @param counted false where totals list it apart
 * @param mapped false where its tensors have no role
 * @param when whether a configuration has it; null for always
 * @param rooted tensors outside the layers, below the root
 * @param outside tensors outside the layers and the root
 * @param inLayer tensors of one layer
 */
public record LayerStack(
    String id,
    Component component,
    String root,
    List<String> layerNames,
    Expression layers,
    Expression firstLayer,
    List<String> sections,
    List<String> notUnder,
    boolean counted,
    boolean mapped,
    @Nullable Expression when,
    List<TensorTemplate> rooted,
    List<TensorTemplate> outside,
    List<TensorTemplate> inLayer) {
  /** More layers than any model has; a configuration that claims more is hostile. */
  public static final int MAXIMUM_LAYERS = 10_000;

  /** Keeps the lists unmodifiable. */
  public LayerStack {
    layerNames = List.copyOf(layerNames);
    sections = List.copyOf(sections);
    notUnder = List.copyOf(notUnder);
    rooted = List.copyOf(rooted);
    outside = List.copyOf(outside);
    inLayer = List.copyOf(inLayer);
  }

  /** How many layers a configuration gives it. */
  public int layers(Expression.Scope scope) {
    long count = layers.whole(scope);
    if (count < 0 || count > MAXIMUM_LAYERS) {
      throw new Expression.UnresolvedException(
          layers.text(), "0 to " + MAXIMUM_LAYERS + " layers", count);
    }
    return (int) count;
  }
}
