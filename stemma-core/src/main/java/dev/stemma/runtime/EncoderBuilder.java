package dev.stemma.runtime;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.architecture.Values;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts a BERT encoder together from a checkpoint's tensors. The number of heads must be stated, by
 * a configuration or an ONNX graph's shapes: the weights do not show it, and a guess would run.
 */
public final class EncoderBuilder {
  private static final double BERT_EPSILON = 1e-12;

  private final CanonicalModel model;
  private final TensorReader reader;
  private final Values values;
  private final int hidden;
  private final int heads;
  private final double epsilon;

  private EncoderBuilder(CanonicalModel model, TensorReader reader) {
    this.model = model;
    this.reader = reader;
    Architecture architecture = Families.architecture(model.model());
    this.values = architecture.values();
    if (!isEncoder(architecture)) {
      throw wrong(
          "architecture",
          "a BERT encoder: positions learned, each block followed by its norm",
          "family " + architecture.family().id());
    }
    TensorView tokens = require(Component.EMBEDDING, -1, Part.TOKEN_EMBEDDING, -1, -1);
    this.hidden = Math.toIntExact(tokens.shape().columns());
    this.heads = heads();
    this.epsilon =
        model
            .model()
            .config()
            .map(config -> config.number("layer_norm_eps").orElse(BERT_EPSILON))
            .orElse(BERT_EPSILON);
  }

  /** Whether a model is an encoder of the kind that this class builds. */
  public static boolean fits(CanonicalModel model) {
    return isEncoder(Families.architecture(model.model()));
  }

  /**
   * Builds the encoder; its weights are read.
   *
   * @throws ArtifactException if a tensor is missing or has another shape, or the number of heads
   *     is not stated
   */
  public static Encoder build(CanonicalModel model, TensorReader reader) {
    return new EncoderBuilder(model, reader).build();
  }

  private static boolean isEncoder(Architecture architecture) {
    Values values = architecture.values();
    return "encoder".equals(values.fact("body"))
        && "post-norm".equals(values.fact("residual"))
        && "learned".equals(values.fact("positions"));
  }

  private int heads() {
    Optional<Config> config = model.model().config();
    long stated = config.isEmpty() ? 0 : config.get().integer("num_attention_heads").orElse(0);
    if (stated < 1 || stated > hidden || hidden % stated != 0) {
      throw wrong(
          "num_attention_heads",
          "the number of attention heads, a divisor of " + hidden,
          stated == 0 ? "none stated" : String.valueOf(stated));
    }
    return (int) stated;
  }

  private Encoder build() {
    List<Integer> numbers = model.layers(Component.ENCODER);
    List<EncoderLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < numbers.size(); layer++) {
      layers.add(layer(layer));
    }
    if (layers.isEmpty()) {
      throw wrong("encoder", "at least one layer", "none");
    }
    TensorView positions = require(Component.EMBEDDING, -1, Part.POSITION_EMBEDDING, -1, hidden);
    Optional<TensorView> segments =
        model.tensor(Role.global(Component.EMBEDDING, Part.SEGMENT_EMBEDDING));
    float[] segment =
        segments.isPresent()
            ? Arrays.copyOf(reader.readAll(segments.get()), hidden)
            : new float[hidden];
    return new Encoder(
        new Weights(require(Component.EMBEDDING, -1, Part.TOKEN_EMBEDDING, -1, hidden), reader),
        matrix(positions),
        segment,
        norm(Component.EMBEDDING, -1, Part.EMBEDDING_NORM, Part.EMBEDDING_NORM_BIAS),
        layers);
  }

  private EncoderLayer layer(int layer) {
    DenseLayer up = dense(layer, Part.UP, Part.UP_BIAS, -1, hidden);
    return new EncoderLayer(
        dense(layer, Part.QUERY, Part.QUERY_BIAS, hidden, hidden),
        dense(layer, Part.KEY, Part.KEY_BIAS, hidden, hidden),
        dense(layer, Part.VALUE, Part.VALUE_BIAS, hidden, hidden),
        dense(layer, Part.OUTPUT, Part.OUTPUT_BIAS, hidden, hidden),
        norm(Component.ENCODER, layer, Part.ATTENTION_POST_NORM, Part.ATTENTION_POST_NORM_BIAS),
        up,
        activation(),
        dense(layer, Part.DOWN, Part.DOWN_BIAS, hidden, up.weights().rows()),
        norm(Component.ENCODER, layer, Part.MLP_POST_NORM, Part.MLP_POST_NORM_BIAS),
        heads);
  }

  private Activation activation() {
    String name = values.fact("activation") instanceof String text ? text : "gelu";
    return Activation.named(name)
        .orElseThrow(() -> wrong("hidden_act", Activation.names(), "'" + name + "'"));
  }

  private DenseLayer dense(int layer, Part part, Part bias, int rows, int columns) {
    return new DenseLayer(
        matrix(require(Component.ENCODER, layer, part, rows, columns)),
        vector(Component.ENCODER, layer, bias, rows));
  }

  private Norm norm(Component component, int layer, Part gain, Part bias) {
    require(component, layer, gain, -1, -1);
    float[] gains = vector(component, layer, gain, hidden);
    float[] biases = vector(component, layer, bias, hidden);
    return new Norm.Layer(
        gains == null ? new float[hidden] : gains,
        biases == null ? new float[hidden] : biases,
        epsilon);
  }

  private Matrix matrix(TensorView view) {
    return new Matrix(
        Math.toIntExact(view.shape().rows()),
        Math.toIntExact(view.shape().columns()),
        reader.readAll(view));
  }

  private float @Nullable [] vector(Component component, int layer, Part part, int length) {
    Optional<TensorView> view = model.tensor(new Role(component, layer, -1, part));
    if (view.isEmpty()) {
      return null;
    }
    if (length >= 0 && view.get().shape().elements() != length) {
      throw shape(component, layer, part, length + " numbers", view.get());
    }
    return reader.readAll(view.get());
  }

  private TensorView require(Component component, int layer, Part part, int rows, int columns) {
    TensorView view =
        model
            .tensor(new Role(component, layer, -1, part))
            .orElseThrow(() ->
                new ArtifactException(
                    ErrorCode.NOT_FOUND,
                    model.model().reference(),
                    (layer < 0 ? "" : "layer " + layer + ", ") + part.key(),
                    "a tensor that a BERT encoder needs",
                    "none",
                    "stemma inspect lists what the checkpoint has and misses."));
    if ((rows >= 0 && view.shape().rows() != rows)
        || (columns >= 0 && view.shape().columns() != columns)) {
      throw shape(component, layer, part, Arrays.toString(new int[] {rows, columns}), view);
    }
    return view;
  }

  private ArtifactException shape(
      Component component, int layer, Part part, String expected, TensorView view) {
    return new ArtifactException(
        ErrorCode.BAD_SHAPE,
        model.model().reference(),
        component.key() + (layer < 0 ? ", " : ", layer " + layer + ", ") + part.key(),
        expected,
        view.shape().toString(),
        "The checkpoint's tensors do not belong together.");
  }

  private ArtifactException wrong(String place, String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        model.model().reference(),
        place,
        expected,
        found,
        "Put the model's config.json beside its weights.");
  }
}
