package dev.stemma.runtime;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.TensorView;
import dev.stemma.format.TensorReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts a decoder together: what the checkpoint's tensors show by being there (norms, biases,
 * experts, latent attention, tied head) is taken from them, the rest from the configuration and the
 * facts of the family's data file.
 */
public final class DecoderBuilder {
  private static final int MAXIMUM_LAYERS = 10_000;
  private static final int UNSTATED_POSITIONS = 1 << 20;

  private final CanonicalModel model;
  private final TensorReader reader;
  private final Settings settings;
  private final Recipe recipe;
  private final String reference;
  private final double epsilon;
  private final int hidden;
  private final RotaryBuilder rotary;

  private DecoderBuilder(CanonicalModel model, TensorReader reader) {
    this.model = model;
    this.reader = reader;
    this.reference = model.model().reference();
    Config config =
        model
            .model()
            .config()
            .orElseThrow(() ->
                new ArtifactException(
                    ErrorCode.NOT_FOUND,
                    reference,
                    "config.json",
                    "a configuration, since the weights alone do not say how they are used",
                    "none",
                    "Put the model's config.json beside its weights."));
    this.recipe = Recipe.of(config, reference);
    this.settings = Settings.of(reference, config, recipe.values());
    this.epsilon = settings.numberOr(1e-6, "rms_norm_eps");
    if (!(epsilon >= 0 && epsilon < 1)) {
      throw settings.wrong("rms_norm_eps", "a number from 0 to 1", String.valueOf(epsilon));
    }
    this.hidden = settings.integer("hidden_size");
    this.rotary = new RotaryBuilder(settings, recipe);
  }

  /**
   * Builds the decoder; no weights are read but norms and biases.
   *
   * @throws ArtifactException if a tensor is missing or has another shape, or the configuration
   *     names something unknown
   */
  public static Decoder build(CanonicalModel model, TensorReader reader) {
    DecoderBuilder builder = new DecoderBuilder(model, reader);
    Completeness.check(model, builder.recipe);
    return builder.build();
  }

  private Decoder build() {
    int layerCount = settings.integer("num_hidden_layers");
    if (layerCount < 1 || layerCount > MAXIMUM_LAYERS) {
      throw settings.wrong(
          "num_hidden_layers", "1 to " + MAXIMUM_LAYERS, String.valueOf(layerCount));
    }
    TensorView embedding =
        require(Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING), -1, hidden);
    List<DecoderLayer> layers = new ArrayList<>();
    for (int layer = 0; layer < layerCount; layer++) {
      layers.add(layer(layer));
    }
    Role headRole = Role.global(Component.OUTPUT_HEAD, Part.HEAD);
    TensorView head =
        model.tensor(headRole).isPresent() ? require(headRole, -1, hidden) : embedding;
    double softCap = recipe.number("logitSoftcap", 0);
    int positions = rotary.positions();
    return new Decoder(
        reference,
        embedding(embedding),
        layers,
        finalNorm(),
        new Linear(
            new Weights(head, reader), vector(Role.global(Component.OUTPUT_HEAD, Part.HEAD_BIAS))),
        recipe.number("logitScale", 1),
        softCap,
        positions > 0 ? positions : UNSTATED_POSITIONS,
        recipe.flag("rereadsBeyondShortRange")
            ? rotary.shortRange("full_attention")
            : Integer.MAX_VALUE);
  }

  private Embedding embedding(TensorView tokens) {
    Weights positions = null;
    int first = (int) recipe.number("positionOffset", 0);
    if (recipe.text("positions", "rope").equals("learned")) {
      Role role = Role.global(Component.EMBEDDING, Part.POSITION_EMBEDDING);
      positions = new Weights(require(role, rotary.positions() + first, hidden), reader);
    }
    return new Embedding(
        new Weights(tokens, reader),
        recipe.number("embeddingScale", 1),
        positions,
        first,
        norm(Component.EMBEDDING, -1, Part.EMBEDDING_NORM, Part.EMBEDDING_NORM_BIAS, epsilon));
  }

  private Norm finalNorm() {
    if (plainNorms()) {
      return plainNorm();
    }

    for (Component component : new Component[] {Component.DECODER, Component.OUTPUT_HEAD}) {
      if (model.tensor(Role.global(component, Part.FINAL_NORM)).isPresent()) {
        return norm(component, -1, Part.FINAL_NORM, Part.FINAL_NORM_BIAS, epsilon);
      }
    }
    throw missing("the final norm");
  }

  private DecoderLayer layer(int layer) {
    Norm attentionNorm =
        plainNorms() ? plainNorm() : norm(layer, Part.ATTENTION_NORM, Part.ATTENTION_NORM_BIAS);
    Norm attentionPostNorm = norm(layer, Part.ATTENTION_POST_NORM, Part.ATTENTION_POST_NORM_BIAS);
    if (attentionNorm instanceof Norm.None && attentionPostNorm instanceof Norm.None) {
      throw missing("layer " + layer + ": a norm before or after attention");
    }
    boolean parallel = recipe.text("residual", "pre-norm").equals("parallel");
    Norm feedForwardNorm =
        plainNorms() ? plainNorm() : norm(layer, Part.MLP_NORM, Part.MLP_NORM_BIAS);
    if (parallel && feedForwardNorm instanceof Norm.None) {
      feedForwardNorm = attentionNorm; // Cohere, Phi, Falcon-7B: one norm for both blocks
    }
    Norm feedForwardPostNorm = norm(layer, Part.MLP_POST_NORM, Part.MLP_POST_NORM_BIAS);
    if (feedForwardNorm instanceof Norm.None && feedForwardPostNorm instanceof Norm.None) {
      throw missing("layer " + layer + ": a norm before or after the feed-forward block");
    }
    return new DecoderLayer(
        attentionNorm,
        model.tensor(role(layer, Part.KEY_VALUE_DOWN)).isPresent() ? latent(layer) : grouped(layer),
        attentionPostNorm,
        feedForwardNorm,
        new FeedForwardBuilder(this, settings, recipe).build(layer),
        feedForwardPostNorm,
        recipe.number("residualScale", 1),
        parallel);
  }

  private Attention grouped(int layer) {
    int heads = settings.integer("num_attention_heads");
    int keyValueHeads = settings.integer("num_key_value_heads");
    if (heads < 1 || keyValueHeads < 1 || heads % keyValueHeads != 0) {
      throw settings.wrong(
          "num_key_value_heads", "a divisor of " + heads, String.valueOf(keyValueHeads));
    }
    int dimension = settings.integer("head_dim");
    if (dimension < 1) {
      throw settings.wrong("head_dim", "at least 1", String.valueOf(dimension));
    }
    LayerKind kind = LayerKind.of(recipe, settings, layer);
    float[] queryGain = vector(role(layer, Part.QUERY_NORM));
    boolean ofHead = queryGain == null || queryGain.length == dimension;
    ScaledDotProduct product =
        new ScaledDotProduct(
            heads,
            keyValueHeads,
            dimension,
            dimension,
            recipe.number("attentionScale", 1 / Math.sqrt(dimension)),
            kind.window(),
            recipe.number("attentionSoftcap", 0),
            vector(role(layer, Part.ATTENTION_SINKS)),
            recipe.text("positions", "rope").equals("alibi") ? Alibi.slopes(heads) : null);
    return new GroupedQueryAttention(
        linear(layer, -1, Part.QUERY, Part.QUERY_BIAS, heads * dimension, hidden),
        linear(layer, -1, Part.KEY, Part.KEY_BIAS, keyValueHeads * dimension, hidden),
        linear(layer, -1, Part.VALUE, Part.VALUE_BIAS, keyValueHeads * dimension, hidden),
        linear(layer, -1, Part.OUTPUT, Part.OUTPUT_BIAS, hidden, heads * dimension),
        headNorm(layer, Part.QUERY_NORM, Part.QUERY_NORM_BIAS, dimension),
        headNorm(layer, Part.KEY_NORM, Part.KEY_NORM_BIAS, dimension),
        ofHead,
        kind.turned() && recipe.text("positions", "rope").equals("rope")
            ? rotary.build(dimension, kind.type())
            : null,
        settings.numberOr(0, "clip_qkv"),
        product);
  }

  private Attention latent(int layer) {
    int heads = settings.integer("num_attention_heads");
    if (heads < 1) {
      throw settings.wrong("num_attention_heads", "at least 1", String.valueOf(heads));
    }
    int latentDimensions = settings.integer("kv_lora_rank");
    int plain = settings.integer("qk_nope_head_dim");
    int turned = settings.integer("qk_rope_head_dim");
    int valueDimension = settings.integer("v_head_dim");
    double latentEpsilon = recipe.number("latentNormEpsilon", epsilon);
    boolean compressed = model.tensor(role(layer, Part.QUERY_DOWN)).isPresent();
    int queryInputs = compressed ? settings.integer("q_lora_rank") : hidden;
    ScaledDotProduct product =
        new ScaledDotProduct(
            heads,
            heads,
            plain + turned,
            valueDimension,
            rotary.latentScale() / Math.sqrt(plain + turned),
            0,
            0,
            null,
            null);
    return new LatentAttention(
        compressed
            ? linear(layer, -1, Part.QUERY_DOWN, Part.QUERY_DOWN_BIAS, queryInputs, hidden)
            : null,
        compressed
            ? norm(Component.DECODER, layer, Part.QUERY_DOWN_NORM, null, latentEpsilon)
            : new Norm.None(),
        linear(
            layer,
            -1,
            compressed ? Part.QUERY_UP : Part.QUERY,
            null,
            heads * (plain + turned),
            queryInputs),
        linear(
            layer,
            -1,
            Part.KEY_VALUE_DOWN,
            Part.KEY_VALUE_DOWN_BIAS,
            latentDimensions + turned,
            hidden),
        norm(Component.DECODER, layer, Part.KEY_VALUE_DOWN_NORM, null, latentEpsilon),
        linear(
            layer, -1, Part.KEY_VALUE_UP, null, heads * (plain + valueDimension), latentDimensions),
        linear(layer, -1, Part.OUTPUT, Part.OUTPUT_BIAS, hidden, heads * valueDimension),
        rotary.build(turned, "full_attention"),
        latentDimensions,
        plain,
        turned,
        product);
  }

  /** The hidden size. */
  int hidden() {
    return hidden;
  }

  boolean has(int layer, int expert, Part part) {
    return model.tensor(new Role(Component.DECODER, layer, expert, part)).isPresent();
  }

  /** A linear layer whose shape is checked; columns or rows of -1 are not. */
  Linear linear(int layer, int expert, Part part, @Nullable Part bias, int rows, int columns) {
    TensorView view = require(new Role(Component.DECODER, layer, expert, part), rows, columns);
    float[] offsets =
        bias == null ? null : vector(new Role(Component.DECODER, layer, expert, bias));
    return new Linear(new Weights(view, reader), offsets);
  }

  /** OLMo 1: its norms have no weights at all. */
  private boolean plainNorms() {
    return recipe.text("norm", "rms").equals("layer without weights");
  }

  private Norm plainNorm() {
    float[] ones = new float[hidden];
    Arrays.fill(ones, 1);
    return new Norm.Layer(ones, new float[hidden], epsilon);
  }

  /**
   * A norm of queries or keys: of each head, of all at once, or (Cohere) of each by its own gains.
   */
  private Norm headNorm(int layer, Part gain, Part bias, int dimension) {
    Norm norm = norm(layer, gain, bias);
    boolean gainsByHead =
        model
            .tensor(role(layer, gain))
            .map(view -> view.shape().dimensions().size() == 2)
            .orElse(false);
    return gainsByHead && norm instanceof Norm.Layer all
        ? Norm.EachHead.of(all.gain(), dimension, epsilon)
        : norm;
  }

  private Norm norm(int layer, Part gain, @Nullable Part bias) {
    return norm(Component.DECODER, layer, gain, bias, epsilon);
  }

  private Norm norm(
      Component component, int layer, Part gain, @Nullable Part bias, double normEpsilon) {
    float[] gains = vector(new Role(component, layer, -1, gain));
    if (gains == null) {
      return new Norm.None();
    }
    if (recipe.text("norm", "rms").equals("layer")) {
      float[] biases = bias == null ? null : vector(new Role(component, layer, -1, bias));
      return new Norm.Layer(gains, biases == null ? new float[gains.length] : biases, normEpsilon);
    }
    float offset = (float) recipe.number("normOffset", 0);
    for (int i = 0; i < gains.length; i++) {
      gains[i] += offset;
    }
    return new Norm.RootMeanSquare(gains, normEpsilon);
  }

  /** A vector's values, or null where the checkpoint has none. */
  float @Nullable [] vector(Role role) {
    Optional<TensorView> view = model.tensor(role);
    return view.map(present -> reader.readAll(present)).orElse(null);
  }

  static Role role(int layer, Part part) {
    return Role.inLayer(Component.DECODER, layer, part);
  }

  private TensorView require(Role role, int rows, int columns) {
    TensorView view =
        model
            .tensor(role)
            .orElseThrow(() ->
                missing(
                    role.layer() < 0 ? role.key() : "layer " + role.layer() + ": " + role.key()));
    long foundRows = view.shape().rows();
    long foundColumns = view.shape().columns();
    if ((rows >= 0 && foundRows != rows) || (columns >= 0 && foundColumns != columns)) {
      throw new ArtifactException(
          ErrorCode.BAD_SHAPE,
          reference,
          (role.layer() < 0 ? "" : "layer " + role.layer() + ", ") + role.key(),
          Arrays.toString(new int[] {rows, columns}) + " as the configuration says",
          view.shape().toString(),
          "The checkpoint and its config.json do not belong together.");
    }
    return view;
  }

  private ArtifactException missing(String what) {
    return new ArtifactException(
        ErrorCode.NOT_FOUND,
        reference,
        what,
        "a tensor that the " + recipe.family() + " architecture needs",
        "none",
        "stemma inspect lists what the checkpoint has and misses.");
  }
}
