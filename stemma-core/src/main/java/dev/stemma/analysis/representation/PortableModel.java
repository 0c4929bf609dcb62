package dev.stemma.analysis.representation;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.Digest;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.DecoderReader;
import dev.stemma.runtime.EncoderBuilder;
import dev.stemma.runtime.TextReader;
import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a model's tensors lie and what its configuration says: enough to run it anywhere.
 *
 * @param config the configuration as JSON, or null
 */
record PortableModel(
    String reference,
    String name,
    String family,
    @Nullable String config,
    List<Tensor> stored,
    TreeMap<Role, TensorView> tensors)
    implements Serializable {
  static PortableModel of(CanonicalModel model) {
    return new PortableModel(
        model.model().reference(),
        model.model().name(),
        model.family(),
        model.model().config().map(config -> config.json().toString()).orElse(null),
        model.model().tensors(),
        new TreeMap<>(model.tensors()));
  }

  /**
   * The model ready to read texts.
   *
   * @throws ArtifactException if a part is missing
   */
  TextReader open(TensorReader reader) {
    Optional<Config> read =
        Optional.ofNullable(config)
            .map(json -> new Config((ObjectNode) JsonMapper.shared().readTree(json)));
    CanonicalModel model =
        new CanonicalModel(
            new Model(reference, name, Digest.of(""), read, stored, Optional.empty(), List.of()),
            family,
            tensors,
            List.of());
    return model.components().contains(Component.ENCODER)
            && !model.components().contains(Component.DECODER)
        ? EncoderBuilder.build(model, reader)
        : new DecoderReader(DecoderBuilder.build(model, reader));
  }
}
