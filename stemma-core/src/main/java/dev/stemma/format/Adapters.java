package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Digest;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** Merges a LoRA adapter (PEFT) onto its base, as views: nothing is written. */
public final class Adapters {
  private static final Pattern LOW_RANK =
      Pattern.compile(
          "(?:base_model\\.model\\.)?(.+)\\.lora_(embedding_)?A(?:\\.[^.]+)?(?:\\.weight)?");

  /** Stands between a base's reference and its adapter's. */
  public static final String ONTO = "++";

  private Adapters() {}

  /** What an adapter says of itself: its base, method, rank, scale, and the matrices it changes. */
  public record Card(
      String base, long rank, double alpha, int matrices, long parameters, List<String> modules) {}

  /** The card of an adapter. */
  public static Card card(Model adapter) {
    JsonNode config =
        adapter.config().<JsonNode>map(c -> c.json()).orElseGet(MissingNode::getInstance);
    java.util.TreeSet<String> modules = new java.util.TreeSet<>();
    long parameters = 0;
    long rank = 0;
    int matrices = 0;
    for (Tensor tensor : adapter.tensors()) {
      parameters += tensor.shape().elements();
      Matcher matcher = LOW_RANK.matcher(tensor.name());
      if (matcher.matches()) {
        matrices++;
        rank = Math.max(rank, Math.min(tensor.shape().rows(), tensor.shape().columns()));
        modules.add(matcher.group(1).substring(matcher.group(1).lastIndexOf('.') + 1));
      }
    }
    return new Card(
        config.path("base_model_name_or_path").asString(""),
        rank,
        config.path("lora_alpha").asDouble((double) rank),
        matrices,
        parameters,
        List.copyOf(modules));
  }

  /** Whether a model's tensors are low-rank factors. */
  public static boolean isAdapter(Model model) {
    return model.tensors().stream().anyMatch(tensor -> tensor.name().contains(".lora_A"))
        || model.tensors().stream().anyMatch(tensor -> tensor.name().contains(".lora_embedding_A"));
  }

  /**
   * The base with the adapter's products added.
   *
   * @throws ArtifactException if a factor lacks its other half or does not fit the base
   */
  public static Model merge(Model base, Model adapter) {
    Map<String, TensorView> factors = new HashMap<>();
    adapter.tensors().forEach(tensor -> factors.put(tensor.name(), tensor.view()));
    Map<String, TensorView> merged = new HashMap<>();
    base.tensors().forEach(tensor -> merged.put(tensor.name(), tensor.view()));
    JsonNode config =
        adapter.config().<JsonNode>map(c -> c.json()).orElseGet(MissingNode::getInstance);
    Set<String> used = new HashSet<>();
    for (Tensor tensor : adapter.tensors()) {
      Matcher matcher = LOW_RANK.matcher(tensor.name());
      if (!matcher.matches()) {
        continue;
      }
      String module = matcher.group(1);
      boolean embedding = matcher.group(2) != null;
      String otherName =
          tensor
              .name()
              .replace(".lora_A", ".lora_B")
              .replace("lora_embedding_A", "lora_embedding_B");
      TensorView b = factors.get(otherName);
      TensorView weight = merged.get(module + ".weight");
      if (b == null || weight == null) {
        throw misfit(
            adapter, tensor.name(), b == null ? otherName : module + ".weight in the base", "none");
      }
      double scale = scale(config, module, tensor.shape().rows());
      merged.put(module + ".weight", sum(adapter, tensor, weight, b, scale, embedding, config));
      used.add(tensor.name());
      used.add(otherName);
    }
    List<Tensor> tensors = new ArrayList<>();
    for (Tensor tensor : base.tensors()) {
      tensors.add(new Tensor(tensor.name(), merged.getOrDefault(tensor.name(), tensor.view())));
    }
    List<String> notes = new ArrayList<>(base.notes());
    notes.add(used.size() / 2 + " low-rank updates of " + adapter.name() + " merged as views");
    return new Model(
        adapter.reference() + " on " + base.reference(),
        base.name() + "+" + adapter.name(),
        Digest.lazily(() -> base.digest().hexadecimal() + "+" + adapter.digest().hexadecimal()),
        base.config(),
        tensors,
        base.tokenizer(),
        notes);
  }

  private static TensorView sum(
      Model adapter,
      Tensor a,
      TensorView weight,
      TensorView b,
      double scale,
      boolean embedding,
      JsonNode config) {
    boolean turned = embedding || config.path("fan_in_fan_out").asBoolean(false);
    try {
      return turned
          ? new TensorView.LowRankSum(
              weight, new TensorView.Transposed(b), new TensorView.Transposed(a.view()), scale)
          : new TensorView.LowRankSum(weight, a.view(), b, scale);
    } catch (IllegalArgumentException e) {
      throw misfit(adapter, a.name(), "factors that fit " + weight.shape(), e.getMessage() + "");
    }
  }

  /** alpha / r, or alpha / sqrt(r) where the adapter was trained so. */
  private static double scale(JsonNode config, String module, long storedRank) {
    double rank =
        pattern(config, "rank_pattern", module, config.path("r").asDouble((double) storedRank));
    double alpha =
        pattern(config, "alpha_pattern", module, config.path("lora_alpha").asDouble(rank));
    return alpha / (config.path("use_rslora").asBoolean(false) ? Math.sqrt(rank) : rank);
  }

  private static double pattern(JsonNode config, String table, String module, double otherwise) {
    for (Map.Entry<String, JsonNode> entry : config.path(table).properties()) {
      if (module.equals(entry.getKey()) || module.endsWith("." + entry.getKey())) {
        return entry.getValue().asDouble(otherwise);
      }
    }
    return otherwise;
  }

  private static ArtifactException misfit(
      Model adapter, String tensor, String expected, String found) {
    return new ArtifactException(
        ErrorCode.INDEX_MISMATCH,
        adapter.reference(),
        "tensor " + tensor,
        expected,
        found,
        "Check that this adapter was made for that base.");
  }
}
