package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Digest;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
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
    return model.tensors().stream()
        .map(Tensor::name)
        .anyMatch(name ->
            name.contains(".lora_A")
                || name.contains(".lora_B")
                || name.contains(".lora_embedding_A"));
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
    refuseOtherMethods(adapter, config);
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
      double scale = scale(adapter, config, module, ranks(tensor.shape(), embedding));
      merged.put(module + ".weight", sum(adapter, tensor, weight, b, scale, embedding, config));
      used.add(tensor.name());
      used.add(otherName);
    }
    List<String> notes = new ArrayList<>(base.notes());
    notes.add(used.size() / 2 + " low-rank updates of " + adapter.name() + " merged as views");
    leftOver(adapter, used, notes);
    List<Tensor> tensors = new ArrayList<>();
    for (Tensor tensor : base.tensors()) {
      tensors.add(new Tensor(tensor.name(), merged.getOrDefault(tensor.name(), tensor.view())));
    }
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

  /** What is not LoRA, and DoRA, whose magnitudes change every row, would come out wrong. */
  private static void refuseOtherMethods(Model adapter, JsonNode config) {
    String type = config.path("peft_type").asString("LORA");
    if (!type.equals("LORA")) {
      throw bad(adapter, "peft_type", "LORA", type);
    }
    if (config.path("use_dora").asBoolean(false)) {
      throw bad(adapter, "use_dora", "false", "true");
    }
  }

  /** A factor without its half is an error; other tensors are named. */
  private static void leftOver(Model adapter, Set<String> used, List<String> notes) {
    int others = 0;
    for (Tensor tensor : adapter.tensors()) {
      if (used.contains(tensor.name())) {
        continue;
      }
      if (tensor.name().contains(".lora_B") || tensor.name().contains(".lora_embedding_B")) {
        throw misfit(adapter, tensor.name(), "its lora_A beside it", "none");
      }
      others++;
    }
    if (others > 0) {
      notes.add("not tested: " + others + " tensors of the adapter that are no low-rank factors");
    }
  }

  private static long ranks(Shape a, boolean embedding) {
    return a.rank() == 2 ? a.dimension(0) : embedding ? 0 : a.elements();
  }

  /** alpha / r, or alpha / sqrt(r) where the adapter was trained so. */
  private static double scale(Model adapter, JsonNode config, String module, long storedRank) {
    double rank = pattern(adapter, config, "rank_pattern", "r", module, (double) storedRank);
    if (storedRank < 1 || rank != storedRank) {
      throw bad(
          adapter, "r", "the rank of the stored factors, at least 1: " + storedRank, rank + "");
    }
    double alpha = pattern(adapter, config, "alpha_pattern", "lora_alpha", module, rank);
    double scale = alpha / (config.path("use_rslora").asBoolean(false) ? Math.sqrt(rank) : rank);
    if (!Float.isFinite((float) scale)) {
      throw bad(adapter, "lora_alpha", "a scale that a float holds", alpha + "");
    }
    return scale;
  }

  /** A module's own number, else the one of all, else the other. */
  private static double pattern(
      Model adapter, JsonNode config, String table, String all, String module, double otherwise) {
    for (Map.Entry<String, JsonNode> entry : config.path(table).properties()) {
      if (module.equals(entry.getKey()) || module.endsWith("." + entry.getKey())) {
        return number(adapter, table + "." + entry.getKey(), entry.getValue());
      }
    }
    JsonNode common = config.path(all);
    return common.isMissingNode() || common.isNull() ? otherwise : number(adapter, all, common);
  }

  private static double number(Model adapter, String key, JsonNode value) {
    if (!value.isNumber()) {
      throw bad(adapter, key, "a number", value.toString());
    }
    return value.asDouble();
  }

  private static ArtifactException bad(Model adapter, String key, String expected, String found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        adapter.reference() + "/adapter_config.json",
        key,
        expected,
        found,
        "Get the adapter again, or merge it with the tool that made it and give the result.");
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
