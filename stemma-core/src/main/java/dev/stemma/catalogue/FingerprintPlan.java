package dev.stemma.catalogue;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.TensorView;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A fingerprint as far as headers give it, and the units that the rest is made from. */
public record FingerprintPlan(
    ModelShape shape, TokenizerSketch tokenizer, List<FingerprintUnit> units)
    implements Serializable {
  /** Keeps the list unmodifiable. */
  public FingerprintPlan {
    units = List.copyOf(units);
  }

  /** From a model's headers. */
  public static FingerprintPlan of(CanonicalModel model) {
    List<FingerprintUnit> units = new ArrayList<>();
    model
        .tensors()
        .forEach((role, view) -> {
          if (role.layer() < 0 || !role.component().isBody()) {
            units.add(new FingerprintUnit.Outside(name(role), view));
          }
        });
    model
        .unmapped()
        .forEach(tensor -> units.add(new FingerprintUnit.Outside(tensor.name(), tensor.view())));
    @Nullable TensorView embedding =
        model
            .tensor(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING))
            .filter(Anchors::canBeReadFrom)
            .orElse(null);
    if (embedding != null) {
      units.add(new FingerprintUnit.Landmarks(embedding));
    }
    Optional<Config> config = model.model().config();
    long headSize = config.map(known -> known.integer("head_dim").orElse(0)).orElse(0L);
    long heads = config.map(known -> known.integer("num_attention_heads").orElse(0)).orElse(0L);
    for (Component component : model.components()) {
      if (component.isBody()) {
        for (int layer : model.layers(component)) {
          units.add(
              new FingerprintUnit.OfLayer(
                  model.layer(component, layer), embedding, headSize, heads));
        }
      }
    }
    return new FingerprintPlan(
        ModelShape.of(model),
        model.model().tokenizer().map(TokenizerSketch::of).orElse(TokenizerSketch.NONE),
        units);
  }

  private static String name(Role role) {
    return role.component().key() + "/" + role.layer() + "/" + role.key();
  }
}
