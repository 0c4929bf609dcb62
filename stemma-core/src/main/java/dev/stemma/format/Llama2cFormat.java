package dev.stemma.format;

import dev.stemma.artifact.Config;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * llama2.c's float32 checkpoints: seven numbers, then every kind of tensor for all layers at once.
 * Version 0 has no magic number; version 1 begins with "ak42". Queries and keys are in Meta's
 * interleaved order and are seen in Hugging Face's halves.
 */
public final class Llama2cFormat implements Format {
  private static final int MAGIC = 0x616b3432;
  private static final int HEADER_BYTES = 28;
  private static final int HEADER_BYTES_VERSION_1 = 256;
  private static final int MAXIMUM = 1 << 24;

  @Override
  public String id() {
    return "llama2c";
  }

  @Override
  public boolean recognises(SourceFile file) {
    String name = ConfigFormat.fileName(file).toLowerCase(Locale.ROOT);
    return name.endsWith(".bin") && !name.startsWith("tok");
  }

  @Override
  public Contents read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    HeaderCursor cursor =
        new HeaderCursor(
            file, bytes.read(file.range(0, Math.min(file.sizeBytes(), HEADER_BYTES_VERSION_1))), 0);
    int first = cursor.signed32();
    boolean versioned = first == MAGIC;
    if (versioned) {
      int version = cursor.signed32();
      if (version != 1) {
        throw HeaderChecks.fail(
            ErrorCode.UNSUPPORTED_VERSION, file, "byte 4", "llama2.c version 1", "" + version);
      }
      first = cursor.signed32();
    }
    int[] numbers = new int[7];
    numbers[0] = first;
    for (int i = 1; i < numbers.length; i++) {
      numbers[i] = cursor.signed32();
    }
    boolean tied = versioned ? cursor.unsigned8() != 0 : numbers[5] > 0;
    Sizes sizes = Sizes.of(file, numbers);
    List<Tensor> tensors = new Layout(file, sizes, versioned).tensors(tied);
    return new Contents(tensors, Optional.of(config(sizes, tied)), Optional.empty(), List.of());
  }

  private static Config config(Sizes sizes, boolean tied) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", "llama");
    config.put("hidden_size", sizes.hidden());
    config.put("intermediate_size", sizes.intermediate());
    config.put("num_hidden_layers", sizes.layers());
    config.put("num_attention_heads", sizes.heads());
    config.put("num_key_value_heads", sizes.keyValueHeads());
    config.put("vocab_size", sizes.vocabulary());
    config.put("max_position_embeddings", sizes.positions());
    config.put("rms_norm_eps", 1e-5);
    config.put("rope_theta", 10000.0);
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", tied);
    return new Config(config);
  }

  /** The header's numbers. */
  private record Sizes(
      long hidden,
      long intermediate,
      long layers,
      long heads,
      long keyValueHeads,
      long vocabulary,
      long positions) {
    static Sizes of(SourceFile file, int[] numbers) {
      String[] names = {
        "dim", "hidden_dim", "n_layers", "n_heads", "n_kv_heads", "vocab_size", "seq_len"
      };
      for (int i = 0; i < numbers.length; i++) {
        int value = i == 5 ? Math.abs(numbers[i]) : numbers[i];
        if (value < 1 || value > MAXIMUM || (i == 2 && value > 10_000)) {
          throw HeaderChecks.fail(
              ErrorCode.WRONG_MAGIC,
              file,
              names[i],
              "a llama2.c checkpoint (a number from 1 to " + (i == 2 ? 10_000 : MAXIMUM) + ")",
              numbers[i] + "");
        }
      }
      Sizes sizes =
          new Sizes(
              numbers[0],
              numbers[1],
              numbers[2],
              numbers[3],
              numbers[4],
              Math.abs(numbers[5]),
              numbers[6]);
      if (sizes.hidden % (2 * sizes.heads) != 0 || sizes.heads % sizes.keyValueHeads != 0) {
        throw HeaderChecks.fail(
            ErrorCode.BAD_SHAPE,
            file,
            "n_heads",
            "heads of one even size, in equal groups",
            sizes.toString());
      }
      return sizes;
    }

    long keyValueSize() {
      return hidden / heads * keyValueHeads;
    }
  }

  /** Walks over the file in its order. */
  private static final class Layout {
    private final SourceFile file;
    private final Sizes sizes;
    private final boolean versioned;
    private final List<Tensor> tensors = new ArrayList<>();
    private long position;

    Layout(SourceFile file, Sizes sizes, boolean versioned) {
      this.file = file;
      this.sizes = sizes;
      this.versioned = versioned;
      this.position = versioned ? HEADER_BYTES_VERSION_1 : HEADER_BYTES;
    }

    List<Tensor> tensors(boolean tied) {
      long hidden = sizes.hidden();
      long vocabulary = sizes.vocabulary();
      if (versioned) {
        layers("input_layernorm.weight", hidden);
        layers("post_attention_layernorm.weight", hidden);
        one("model.norm.weight", hidden);
      }
      one("model.embed_tokens.weight", vocabulary, hidden);
      if (!versioned) {
        layers("input_layernorm.weight", hidden);
      }
      layers("self_attn.q_proj.weight", hidden, hidden);
      layers("self_attn.k_proj.weight", sizes.keyValueSize(), hidden);
      layers("self_attn.v_proj.weight", sizes.keyValueSize(), hidden);
      layers("self_attn.o_proj.weight", hidden, hidden);
      if (!versioned) {
        layers("post_attention_layernorm.weight", hidden);
      }
      layers("mlp.gate_proj.weight", sizes.intermediate(), hidden);
      layers("mlp.down_proj.weight", hidden, sizes.intermediate());
      layers("mlp.up_proj.weight", sizes.intermediate(), hidden);
      if (!versioned) {
        one("model.norm.weight", hidden);
        // Rotary tables of older versions; later ones compute them and leave the room.
        next("freq_cis_real", Shape.of(sizes.positions(), hidden / sizes.heads() / 2));
        next("freq_cis_imag", Shape.of(sizes.positions(), hidden / sizes.heads() / 2));
      }
      if (!tied) {
        one("lm_head.weight", vocabulary, hidden);
      }
      if (position != file.sizeBytes()) {
        throw HeaderChecks.fail(
            ErrorCode.SIZE_MISMATCH,
            file,
            "byte " + position,
            "the end of a llama2.c checkpoint of these sizes",
            (file.sizeBytes() - position) + " more bytes");
      }
      return tensors;
    }

    private void one(String name, long... dimensions) {
      tensors.add(new Tensor(name, next(name, Shape.of(dimensions))));
    }

    private void layers(String name, long... dimensions) {
      for (long layer = 0; layer < sizes.layers(); layer++) {
        TensorView view = next(name, Shape.of(dimensions));
        if (name.contains("q_proj")) {
          view = TensorView.rotaryHalves(view, sizes.heads());
        } else if (name.contains("k_proj")) {
          view = TensorView.rotaryHalves(view, sizes.keyValueHeads());
        }
        tensors.add(new Tensor("model.layers." + layer + "." + name, view));
      }
    }

    private TensorView next(String name, Shape shape) {
      TensorView.Stored view =
          HeaderChecks.stored(file, "tensor " + name, ElementType.F32, shape, position);
      position += view.bytes().lengthBytes();
      return view;
    }
  }
}
