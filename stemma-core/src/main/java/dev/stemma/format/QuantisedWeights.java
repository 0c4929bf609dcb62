package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.artifact.TensorView.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Sees weights that checkpoints keep in several tensors as one: 8-bit floats with block scales
 * (DeepSeek), GPTQ's and AWQ's packed integers, 4-bit floats with shared exponents (gpt-oss).
 *
 * <p>GPTQ as AutoGPTQ writes it ({@code auto_gptq/nn_modules/qlinear/qlinear_cuda.py}): qweight
 * [inputs * bits / 32, outputs], the lowest bits first; qzeros [groups, outputs * bits / 32] hold
 * the zero point less one (in {@code gptq_v2} the zero point), which wraps as in {@code
 * qlinear_cuda_old.py}; input i belongs to group g_idx[i]. AWQ as AutoAWQ's GEMM layout ({@code
 * awq/modules/linear/gemm.py}): qweight [inputs, outputs / 8], whose nibbles hold outputs 0, 2, 4,
 * 6, 1, 3, 5, 7 in turn; zero points alike, not lessened.
 */
final class QuantisedWeights {
  private static final String PACKED = ".qweight";
  private static final String BLOCKS = "_blocks";
  private static final List<Integer> AWQ_ORDER = List.of(0, 4, 1, 5, 2, 6, 3, 7);

  private final Map<String, TensorView> views = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final JsonNode settings;
  private final List<Tensor> seen = new ArrayList<>();

  private QuantisedWeights(List<Tensor> tensors, Optional<Config> config) {
    tensors.forEach(tensor -> views.put(tensor.name(), tensor.view()));
    this.settings =
        config.map(c -> c.json().path("quantization_config")).orElseGet(MissingNode::getInstance);
  }

  /** All tensors, with the quantised ones as values; what was used up is left out. */
  static List<Tensor> see(
      String reference, List<Tensor> tensors, Optional<Config> config, List<String> notes) {
    QuantisedWeights weights = new QuantisedWeights(tensors, config);
    for (Tensor tensor : tensors) {
      try {
        weights.look(tensor.name(), tensor.view());
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new ArtifactException(
            ErrorCode.BAD_SHAPE,
            reference,
            "tensor " + tensor.name(),
            "scales that fit the weight " + tensor.shape(),
            String.valueOf(e.getMessage()),
            "The tensors of this weight contradict each other; get the files again.",
            e);
      }
    }
    if (weights.seen.isEmpty()) {
      return tensors;
    }
    notes.add(weights.seen.size() + " quantised weights are seen through their scales");
    List<Tensor> result = new ArrayList<>(weights.seen);
    for (Tensor tensor : tensors) {
      if (!weights.used.contains(tensor.name())) {
        result.add(tensor);
      }
    }
    return result;
  }

  private void look(String name, TensorView view) {
    if (name.endsWith(".weight") && view instanceof Stored stored && stored.shape().rank() == 2) {
      scaledFloats(name, stored);
    } else if (name.endsWith(PACKED) && view instanceof Stored stored && known()) {
      packed(name.substring(0, name.length() - PACKED.length()), stored);
    } else if (name.endsWith(BLOCKS) && view instanceof Stored stored) {
      sharedExponents(name.substring(0, name.length() - BLOCKS.length()), stored);
    }
  }

  /** Whether packed words are GPTQ's or AWQ's; those of other methods are left as they lie. */
  private boolean known() {
    String method = settings.path("quant_method").asString("");
    return method.isEmpty() || method.equals("gptq") || method.equals("awq");
  }

  private void scaledFloats(String name, Stored weight) {
    if (weight.type() != ElementType.F8_E4M3
        && weight.type() != ElementType.F8_E5M2
        && weight.type() != ElementType.I8) {
      return;
    }
    TensorView blocks = views.get(name + "_scale_inv");
    TensorView plain = views.get(name + "_scale");
    if (blocks != null && blocks.shape().rank() == 2) {
      perBlock(name, weight, blocks, name + "_scale_inv");
    } else if (plain != null && plain.shape().rank() == 2 && plain.shape().dimension(1) != 1) {
      perBlock(name, weight, plain, name + "_scale");
    } else if (plain != null) {
      perRow(name, weight, plain, name + "_scale");
    } else if (blocks != null) {
      perRow(name, weight, blocks, name + "_scale_inv");
    }
  }

  private void perBlock(String name, Stored weight, TensorView scales, String scaleName) {
    TensorView view =
        new TensorView.Dequantised(weight, scales, null, block(0, 128), block(1, 128));
    take(name, view, name);
    used.add(scaleName);
  }

  /** One scale for all, or one for each output unit. */
  private void perRow(String name, Stored weight, TensorView scale, String scaleName) {
    long rows = scale.shape().elements() == 1 ? Long.MAX_VALUE : 1;
    take(name, new TensorView.Dequantised(weight, scale, null, rows, Long.MAX_VALUE), name);
    used.add(scaleName);
  }

  private long block(int axis, long otherwise) {
    JsonNode size = settings.path("weight_block_size").path(axis);
    if (size.isMissingNode()) {
      // compressed-tensors, for its one group of layers.
      size = settings.at("/config_groups/group_0/weights/block_structure").path(axis);
    }
    return size.isIntegralNumber() && size.asLong(0) > 0 ? size.asLong(0) : otherwise;
  }

  /** GPTQ packs along the inputs, AWQ along the outputs; the scales' width tells which. */
  private void packed(String base, Stored words) {
    TensorView scales = views.get(base + ".scales");
    if (scales == null) {
      throw new IllegalArgumentException("no " + base + ".scales");
    }
    if (words.shape().rank() != 2 || scales.shape().rank() != 2) {
      throw new IllegalArgumentException("scales " + scales.shape() + ", not two dimensions");
    }
    long outputs = scales.shape().dimension(1);
    boolean gptq = words.shape().dimension(1) == outputs;
    int bits = bits(gptq);
    int each = 32 / bits;
    long inputs = Math.multiplyExact(words.shape().dimension(0), gptq ? each : 1L);
    groups(inputs, scales.shape().dimension(0));
    List<Integer> order =
        gptq ? java.util.stream.IntStream.range(0, each).boxed().toList() : AWQ_ORDER;
    TensorView values =
        new TensorView.Unpacked(words, bits, gptq, order, 0, Shape.of(inputs, outputs));
    TensorView zeros = zeros(base, gptq, bits, order, scales.shape());
    long groups = scales.shape().dimension(0);
    TensorView numbers = views.get(base + ".g_idx");
    TensorView weight;
    if (gptq && numbers != null) {
      if (numbers.shape().elements() != inputs) {
        throw new IllegalArgumentException(
            "g_idx " + numbers.shape() + " for " + inputs + " inputs");
      }
      weight =
          new TensorView.Dequantised(
              values,
              new TensorView.Gathered(scales, numbers),
              zeros == null ? null : new TensorView.Gathered(zeros, numbers),
              1,
              1);
    } else {
      weight = new TensorView.Dequantised(values, scales, zeros, Math.ceilDiv(inputs, groups), 1);
    }
    take(base + ".weight", new TensorView.Transposed(weight), base + PACKED);
    used.addAll(List.of(base + ".qzeros", base + ".scales", base + ".g_idx"));
  }

  private int bits(boolean gptq) {
    JsonNode stated = settings.has("bits") ? settings.path("bits") : settings.path("w_bit");
    int bits = stated.isMissingNode() ? 4 : stated.asInt(0);
    if (bits != 4 && !(gptq && (bits == 2 || bits == 8))) {
      throw new IllegalArgumentException(stated + " bits; read are 2, 4 and 8 of GPTQ, 4 of AWQ");
    }
    String version = settings.path("version").asString("gemm").toLowerCase(java.util.Locale.ROOT);
    if (!gptq && !version.equals("gemm")) {
      throw new IllegalArgumentException("AWQ's layout " + version + "; read is gemm");
    }
    return bits;
  }

  /** The stated group size, where one is, must give as many groups as there are scales. */
  private void groups(long inputs, long groups) {
    JsonNode stated =
        settings.has("group_size") ? settings.path("group_size") : settings.path("q_group_size");
    if (groups < 1) {
      throw new IllegalArgumentException("no group");
    }
    if (stated.isMissingNode() || stated.isNull()) {
      return;
    }
    long size = stated.asLong(0);
    if (size != -1 && (size < 1 || Math.ceilDiv(inputs, size) != groups)) {
      throw new IllegalArgumentException(
          groups + " groups of " + inputs + " inputs, which are not of size " + stated);
    }
  }

  private @Nullable TensorView zeros(
      String base, boolean gptq, int bits, List<Integer> order, Shape scales) {
    if (!(views.get(base + ".qzeros") instanceof Stored words)) {
      boolean symmetric =
          settings.path("sym").asBoolean(false) || !settings.path("zero_point").asBoolean(true);
      if (!symmetric) {
        throw new IllegalArgumentException(
            "no " + base + ".qzeros, and the settings do not say symmetric");
      }
      float middle = 1 << (bits - 1);
      float[] same = new float[(int) Math.min(scales.elements(), 1 << 24)];
      java.util.Arrays.fill(same, middle);
      return new TensorView.Literal(same, scales);
    }
    // GPTQ's first layout stores the zero point less one.
    boolean lessOne = gptq && !settings.path("checkpoint_format").asString("").equals("gptq_v2");
    return new TensorView.Unpacked(words, bits, false, order, lessOne ? 1 : 0, scales);
  }

  /** [experts, outputs, groups, 16] pairs of nibbles, seen as [experts, inputs, outputs]. */
  private void sharedExponents(String base, Stored blocks) {
    if (!(views.get(base + "_scales") instanceof Stored scales)
        || blocks.type() != ElementType.U8
        || scales.type() != ElementType.U8
        || blocks.shape().rank() != 4) {
      return;
    }
    long experts = blocks.shape().dimension(0);
    long outputs = blocks.shape().dimension(1);
    long inputs = Math.multiplyExact(blocks.shape().dimension(2), 2 * blocks.shape().dimension(3));
    long group = 2 * blocks.shape().dimension(3);
    Shape matrix = Shape.of(Math.multiplyExact(experts, outputs), inputs);
    TensorView values =
        new TensorView.Dequantised(
            new Stored(blocks.bytes(), ElementType.F4, matrix),
            new Stored(scales.bytes(), ElementType.F8_E8M0, scales.shape()),
            null,
            1,
            Math.max(1, group));
    take(
        base,
        new TensorView.Strided(
            values, 0, List.of(outputs * inputs, 1L, inputs), Shape.of(experts, inputs, outputs)),
        base + BLOCKS);
    used.add(base + "_scales");
  }

  private void take(String name, TensorView view, String from) {
    if (!name.equals(from) && views.containsKey(name)) {
      throw new IllegalArgumentException(name + " is there packed and plain");
    }
    seen.add(new Tensor(name, view));
    used.add(from);
  }
}
