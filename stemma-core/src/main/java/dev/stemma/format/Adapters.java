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
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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
    JsonNode config = AdapterSettings.config(adapter);
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

  /** Whether a model's tensors are low-rank factors, or its settings PEFT's. */
  public static boolean isAdapter(Model model) {
    return AdapterSettings.config(model).path("peft_type").isString()
        || model.tensors().stream()
            .map(Tensor::name)
            .anyMatch(name ->
                name.contains(".lora_A")
                    || name.contains(".lora_B")
                    || name.contains(".lora_embedding_A"));
  }

  /**
   * The base with the adapter's products added, and with its own tensors in place of the base's.
   *
   * @throws ArtifactException if a factor lacks its other half or does not fit the base, or the
   *     adapter is of another kind
   */
  public static Model merge(Model base, Model adapter) {
    AdapterSettings settings = new AdapterSettings(adapter);
    Map<String, TensorView> factors = new HashMap<>();
    adapter.tensors().forEach(tensor -> factors.put(tensor.name(), tensor.view()));
    SortedMap<String, TensorView> merged = new TreeMap<>();
    base.tensors().forEach(tensor -> merged.put(tensor.name(), tensor.view()));
    List<String> notes = new ArrayList<>(base.notes());
    replace(adapter, merged, notes);
    int updates = 0;
    for (Tensor tensor : adapter.tensors()) {
      Matcher matcher = LOW_RANK.matcher(tensor.name());
      if (matcher.matches()) {
        add(adapter, settings, factors, merged, tensor, matcher);
        updates++;
      } else if (isSecondFactor(tensor.name()) && !factors.containsKey(firstOf(tensor.name()))) {
        throw misfit(adapter, tensor.name(), "its lora_A beside it", "none");
      }
    }
    notes.add(updates + " low-rank updates of " + adapter.name() + " merged as views");
    return new Model(
        adapter.reference() + " on " + base.reference(),
        base.name() + "+" + adapter.name(),
        Digest.lazily(() -> base.digest().hexadecimal() + "+" + adapter.digest().hexadecimal()),
        base.config(),
        merged.entrySet().stream()
            .map(entry -> new Tensor(entry.getKey(), entry.getValue()))
            .toList(),
        base.tokenizer(),
        notes);
  }

  /** Weights that were trained as a whole stand in the adapter under the base's names. */
  private static void replace(
      Model adapter, SortedMap<String, TensorView> merged, List<String> notes) {
    int replaced = 0;
    int added = 0;
    for (Tensor tensor : adapter.tensors()) {
      if (LOW_RANK.matcher(tensor.name()).matches() || isSecondFactor(tensor.name())) {
        continue;
      }
      String name = tensor.name().replaceFirst("^base_model\\.model\\.", "");
      name = inBase(merged, name.replace(".base_layer.", ".").replace(".modules_to_save.", "."));
      if (!name.endsWith(".weight") && !name.endsWith(".bias")) {
        throw misfit(adapter, tensor.name(), "a low-rank factor, a weight or a bias", "neither");
      }
      if (merged.put(name, tensor.view()) == null) {
        added++;
      } else {
        replaced++;
      }
    }
    if (replaced + added > 0) {
      notes.add(
          replaced + " tensors of the base replaced and " + added + " added by " + adapter.name());
    }
  }

  private static void add(
      Model adapter,
      AdapterSettings settings,
      Map<String, TensorView> factors,
      SortedMap<String, TensorView> merged,
      Tensor a,
      Matcher matcher) {
    String module = matcher.group(1);
    boolean embedding = matcher.group(2) != null;
    String second =
        a.name().replace(".lora_A", ".lora_B").replace("lora_embedding_A", "lora_embedding_B");
    TensorView b = factors.get(second);
    String name = inBase(merged, module + ".weight");
    TensorView weight = merged.get(name);
    if (b == null || weight == null) {
      throw misfit(adapter, a.name(), b == null ? second : module + ".weight in the base", "none");
    }
    double scale = settings.scale(module, a.shape().rank() == 2 ? a.shape().dimension(0) : 0);
    boolean turned = embedding || settings.inputsFirst();
    TensorView bias = factors.get(second.replaceFirst("weight$", "bias"));
    try {
      merged.put(
          name,
          turned
              ? new TensorView.LowRankSum(
                  weight, new TensorView.Transposed(b), new TensorView.Transposed(a.view()), scale)
              : new TensorView.LowRankSum(weight, a.view(), b, scale));
      if (bias != null && !bias.equals(b)) {
        String own = name.replaceFirst("weight$", "bias");
        merged.put(own, biasSum(merged.get(own), bias, scale));
      }
    } catch (IllegalArgumentException e) {
      throw misfit(adapter, a.name(), "factors that fit " + weight.shape(), e.getMessage() + "");
    }
  }

  /** A module's bias and the second factor's, scaled as the product is. */
  private static TensorView biasSum(@Nullable TensorView base, TensorView own, double scale) {
    long outputs = own.shape().elements();
    Shape column = Shape.of(outputs, 1);
    TensorView zero = new TensorView.Literal(new float[Math.toIntExact(outputs)], column);
    TensorView sum =
        new TensorView.LowRankSum(
            base == null ? zero : new TensorView.Reshaped(base, column),
            new TensorView.Literal(new float[] {1}, Shape.of(1, 1)),
            new TensorView.Reshaped(own, column),
            scale);
    return new TensorView.Reshaped(sum, Shape.of(outputs));
  }

  /** Some bases are stored without the name of the model's body, and some with it. */
  private static String inBase(SortedMap<String, TensorView> base, String name) {
    String within = name.substring(name.indexOf('.') + 1);
    return !base.containsKey(name) && base.containsKey(within) ? within : name;
  }

  private static boolean isSecondFactor(String name) {
    return name.contains(".lora_B") || name.contains(".lora_embedding_B");
  }

  private static String firstOf(String second) {
    return second
        .replace(".lora_B", ".lora_A")
        .replace("lora_embedding_B", "lora_embedding_A")
        .replaceFirst("bias$", "weight");
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
