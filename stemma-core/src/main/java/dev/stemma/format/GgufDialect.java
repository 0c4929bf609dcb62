package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.SourceFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Translates GGUF's names, metadata keys and row orders into Hugging Face's, by the tables in
 * {@code gguf.json}. What the tables do not know keeps its own name.
 */
final class GgufDialect {
  static final JsonNode TABLES = tables();
  private static final Pattern LAYER = Pattern.compile("blk\\.(\\d{1,6})\\.([a-z0-9_]+)(.*)");
  private static final Pattern OUTSIDE = Pattern.compile("([a-z0-9_]+)(\\.(?:weight|bias))");

  private final SourceFile file;
  private final GgufHeader header;
  private final String architecture;
  private final JsonNode names;

  GgufDialect(SourceFile file, GgufHeader header) {
    this.file = file;
    this.header = header;
    this.architecture = header.metadata().path("general.architecture").asString("");
    this.names = TABLES.get("names").path(architecture);
  }

  ObjectNode config() {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", TABLES.get("modelTypes").path(architecture).asString(architecture));
    for (Map.Entry<String, JsonNode> entry : TABLES.get("config").properties()) {
      JsonNode value = header.metadata().get(architecture + "." + entry.getKey());
      if (value != null && !value.isNull()) {
        config.set(entry.getValue().asString(""), value);
      }
    }
    if (architecture.equals("llama") && config.path("num_experts").asInt(0) > 0) {
      // llama.cpp has one architecture for Llama and Mixtral.
      config.put("model_type", "mixtral");
      config.set("num_local_experts", config.get("num_experts"));
    }
    for (Tensor tensor : header.tensors()) {
      if (tensor.name().equals("token_embd.weight")) {
        config.put("vocab_size", tensor.shape().rows());
      }
    }
    if (!header.tensors().isEmpty()) {
      config.put(
          "tie_word_embeddings",
          header.tensors().stream().noneMatch(tensor -> tensor.name().equals("output.weight")));
    }
    config.set("gguf", header.metadata());
    return config;
  }

  List<Tensor> tensors() {
    List<Tensor> tensors = new ArrayList<>();
    for (Tensor tensor : header.tensors()) {
      translate(tensor, tensors);
    }
    Set<String> taken = new HashSet<>();
    for (Tensor tensor : tensors) {
      if (!taken.add(tensor.name())) {
        throw HeaderChecks.fail(
            ErrorCode.DUPLICATE_NAME, file, "tensor " + tensor.name(), "one of it", "two");
      }
    }
    return tensors;
  }

  private void translate(Tensor tensor, List<Tensor> into) {
    Matcher layer = LAYER.matcher(tensor.name());
    Matcher outside = OUTSIDE.matcher(tensor.name());
    if (layer.matches()) {
      String part = layer.group(2);
      String template = name(part);
      if (!template.isEmpty()) {
        String prefix = name("layer").replace("{layer}", layer.group(1));
        String suffix = template.endsWith("_bias") ? "" : layer.group(3);
        put(prefix + template + suffix, turned(part, tensor.view()), into);
        return;
      }
    } else if (outside.matches() && !name(outside.group(1)).isEmpty()) {
      into.add(
          new Tensor(
              name(outside.group(1)) + outside.group(2), turned(outside.group(1), tensor.view())));
      return;
    }
    into.add(tensor);
  }

  private String name(String part) {
    return names.path(part).asString(TABLES.get("names").get("default").path(part).asString(""));
  }

  /** A stack of experts becomes a tensor for each. */
  private void put(String name, TensorView view, List<Tensor> into) {
    if (!name.contains("{expert}")) {
      into.add(new Tensor(name, view));
      return;
    }
    Shape shape = view.shape();
    if (shape.rank() != 3 || shape.dimension(0) > 4096) {
      throw HeaderChecks.fail(
          ErrorCode.BAD_SHAPE,
          file,
          "tensor " + name,
          "a stack of at most 4096 matrices",
          shape.toString());
    }
    for (long expert = 0; expert < shape.dimension(0); expert++) {
      into.add(
          new Tensor(
              name.replace("{expert}", Long.toString(expert)),
              new TensorView.Reshaped(
                  new TensorView.Rows(view, expert, 1),
                  Shape.of(shape.dimension(1), shape.dimension(2)))));
    }
  }

  /** Undoes what llama.cpp's converter did to the numbers' order or size. */
  private TensorView turned(String part, TensorView view) {
    if (part.equals("attn_q") || part.equals("attn_k")) {
      long heads = number("attention.head_count");
      if (part.equals("attn_k")) {
        long keyValueHeads = number("attention.head_count_kv");
        heads = keyValueHeads > 0 ? keyValueHeads : heads;
      }
      if (listed("rotaryPairs") && heads > 0 && view.shape().rank() >= 1) {
        if (view.shape().rows() % (2 * heads) != 0) {
          throw HeaderChecks.fail(
              ErrorCode.BAD_SHAPE,
              file,
              "tensor " + part,
              heads + " heads of an even size",
              view.shape().toString());
        }
        return TensorView.rotaryHalves(view, heads);
      }
    }
    if (part.endsWith("norm") && listed("normsPlusOne")) {
      TensorView one = new TensorView.Literal(new float[] {1}, Shape.of());
      return new TensorView.Dequantised(view, one, one, Long.MAX_VALUE, Long.MAX_VALUE);
    }
    for (JsonNode transposed : TABLES.get("transposed").path(architecture)) {
      if (transposed.asString("").equals(part) && view.shape().rank() == 2) {
        return new TensorView.Transposed(view);
      }
    }
    return view;
  }

  private long number(String key) {
    JsonNode value = header.metadata().get(architecture + "." + key);
    return value != null && value.isIntegralNumber() && value.canConvertToInt()
        ? value.asInt(0)
        : 0;
  }

  private boolean listed(String table) {
    return listed(table, architecture);
  }

  static boolean listed(String table, String architecture) {
    for (JsonNode entry : TABLES.get(table)) {
      if (entry.asString("").equals(architecture)) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode tables() {
    try (InputStream in = GgufDialect.class.getResourceAsStream("gguf.json")) {
      if (in == null) {
        throw new IllegalStateException("gguf.json is not on the class path");
      }
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
