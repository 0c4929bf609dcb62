package dev.stemma.catalogue;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.TensorView;

/**
 * What a model is built like, from its tensors: models of equal shape are each other's controls.
 *
 * @param family the architecture's id, or "unknown"
 * @param hidden columns of the embedding, or of the first layer's first matrix
 * @param layers layers of its bodies
 * @param neurons rows of the first layer's up or gate matrix; 0 where there is none
 * @param vocabulary rows of the embedding
 * @param parameters elements of all tensors
 */
public record ModelShape(
    String family, int hidden, int layers, int neurons, int vocabulary, long parameters)
    implements java.io.Serializable {
  /** Longest name of a family. */
  static final int LONGEST_FAMILY = 64;

  static ModelShape of(CanonicalModel model) {
    int layers = 0;
    int hidden = 0;
    int neurons = 0;
    for (Component component : Component.values()) {
      if (component.isBody()) {
        layers += model.layers(component).size();
      }
    }
    int vocabulary = 0;
    for (var entry : model.tensors().entrySet()) {
      Role role = entry.getKey();
      TensorView view = entry.getValue();
      if (view.shape().rank() != 2) {
        continue;
      }
      if (role.part() == Part.TOKEN_EMBEDDING) {
        vocabulary = Math.toIntExact(view.shape().rows());
        hidden = Math.toIntExact(view.shape().columns());
      } else if (role.layer() >= 0 && hidden == 0) {
        hidden = Math.toIntExact(view.shape().columns());
      }
      if (neurons == 0 && (role.part() == Part.GATE || role.part() == Part.UP)) {
        neurons = Math.toIntExact(view.shape().rows());
      }
    }
    String family = model.family();
    return new ModelShape(
        family.length() > LONGEST_FAMILY ? family.substring(0, LONGEST_FAMILY) : family,
        hidden,
        layers,
        neurons,
        vocabulary,
        model.model().tensors().stream().mapToLong(tensor -> tensor.shape().elements()).sum());
  }

  /** Whether a model so built is a control for the other: the same matrices can be compared. */
  public boolean comparable(ModelShape other) {
    return hidden == other.hidden && layers == other.layers && neurons == other.neurons;
  }
}
