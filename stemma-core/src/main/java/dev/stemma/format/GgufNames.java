package dev.stemma.format;

import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Shape;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.format.SafetensorsWriter.Values;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@link GgufDialect} backwards: Hugging Face's names, keys and row orders into GGUF's. */
final class GgufNames {
  private static final Pattern NAME = Pattern.compile("(.*?)(?:\\.(\\d+)\\.)(.*)");
  private static final Pattern EXPERT = Pattern.compile("(.*experts\\.)(\\d+)(\\..*)");

  private final Path file;
  private final String architecture;
  private final ObjectNode config;
  private final Map<String, String> inLayer = new HashMap<>();
  private final Map<String, String> outside = new HashMap<>();

  private GgufNames(Path file, String architecture, ObjectNode config) {
    this.file = file;
    this.architecture = architecture;
    this.config = config;
    JsonNode names = GgufDialect.TABLES.get("names");
    Map<String, String> merged = new LinkedHashMap<>();
    for (JsonNode table : List.of(names.path("default"), names.path(architecture))) {
      table.properties().forEach(entry -> merged.put(entry.getKey(), entry.getValue().asString()));
    }
    // Where two parts have one name, the first in the table is what the converter writes.
    merged.forEach((part, name) -> {
      if (name.contains(".layers.") || part.equals("layer")) {
        return;
      }
      boolean global =
          List.of("token_embd", "output_norm", "output", "position_embd", "token_types")
                  .contains(part)
              || part.equals("token_embd_norm");
      (global ? outside : inLayer).putIfAbsent(name, part);
    });
  }

  static GgufNames of(Path file, ObjectNode config) {
    String type = config.path("model_type").asString("");
    for (Map.Entry<String, JsonNode> entry : GgufDialect.TABLES.get("modelTypes").properties()) {
      if (entry.getValue().asString("").equals(type) || aliased(type, entry.getKey())) {
        return new GgufNames(file, entry.getKey(), config);
      }
    }
    throw GgufWriter.impossible(
        file, "an architecture that GGUF has a name for", "model_type '" + type + "'");
  }

  /** Mistral and Mixtral are "llama" in GGUF. */
  private static boolean aliased(String type, String architecture) {
    return architecture.equals("llama") && (type.equals("mistral") || type.equals("mixtral"));
  }

  String architecture() {
    return architecture;
  }

  SortedMap<String, JsonNode> metadata() {
    TreeMap<String, JsonNode> metadata = new TreeMap<>();
    GgufDialect.TABLES
        .get("config")
        .properties()
        .forEach(entry -> {
          String key = entry.getValue().asString("");
          JsonNode value = config.path(key);
          if (value.isMissingNode() && key.equals("num_experts")) {
            value = config.path("num_local_experts");
          }
          if (value.isNumber()) {
            metadata.put(architecture + "." + entry.getKey(), value);
          }
        });
    return metadata;
  }

  List<Entry> translate(List<Entry> entries) {
    Map<String, List<Entry>> stacks = new LinkedHashMap<>();
    List<Entry> out = new ArrayList<>();
    for (Entry entry : entries) {
      Matcher expert = EXPERT.matcher(entry.name());
      if (expert.matches()) {
        stacks
            .computeIfAbsent(
                expert.group(1) + "{expert}" + expert.group(3), name -> new ArrayList<>())
            .add(entry);
      } else {
        out.add(translate(entry.name(), entry));
      }
    }
    stacks.forEach((name, experts) -> {
      experts.sort(
          java.util.Comparator.comparingInt(entry -> {
            Matcher matcher = EXPERT.matcher(entry.name());
            return matcher.matches() ? Integer.parseInt(matcher.group(2)) : 0;
          }));
      out.add(translate(name, stacked(experts)));
    });
    return out;
  }

  private Entry translate(String name, Entry entry) {
    int dot = name.lastIndexOf('.');
    String suffix = name.endsWith(".weight") || name.endsWith(".bias") ? name.substring(dot) : "";
    String stem = name.substring(0, name.length() - suffix.length());
    String translated = outside.get(stem);
    String part = translated == null ? "" : translated;
    String full = part + suffix;
    if (translated == null) {
      Matcher layered = NAME.matcher(stem);
      String inner = layered.matches() ? inLayer.get(layered.group(3)) : null;
      if (inner == null) {
        throw GgufWriter.impossible(file, "tensors that GGUF has names for", name);
      }
      part = inner;
      full = "blk." + layered.group(2) + "." + inner + suffix;
    }
    return stored(full, part, entry);
  }

  private Entry stored(String name, String part, Entry entry) {
    Values values = entry.values();
    if (part.equals("attn_q") || part.equals("attn_k")) {
      long heads = config.path("num_attention_heads").asLong(0);
      if (part.equals("attn_k")) {
        heads = config.path("num_key_value_heads").asLong(heads);
      }
      if (GgufDialect.listed("rotaryPairs", architecture) && heads > 0) {
        values = pairs(entry, heads);
      }
    }
    if (part.endsWith("norm") && GgufDialect.listed("normsPlusOne", architecture)) {
      Values before = values;
      values =
          (first, count, destination) -> {
            before.read(first, count, destination);
            for (int i = 0; i < count; i++) {
              destination[i] += 1;
            }
          };
    }
    for (JsonNode transposed : GgufDialect.TABLES.get("transposed").path(architecture)) {
      if (transposed.asString("").equals(part)) {
        throw GgufWriter.impossible(
            file, "an architecture whose matrices GGUF keeps as they are", architecture);
      }
    }
    boolean vector = entry.shape().rank() < 2;
    return new Entry(name, vector ? ElementType.F32 : entry.type(), entry.shape(), values);
  }

  /** Rows of the two halves of a head alternate, as llama.cpp's converter puts them. */
  private Values pairs(Entry entry, long heads) {
    long rows = entry.shape().rows();
    long columns = entry.shape().columns();
    if (rows % (2 * heads) != 0) {
      throw GgufWriter.impossible(
          file, heads + " heads of an even size", entry.name() + " " + entry.shape());
    }
    long half = rows / heads / 2;
    float[] row = new float[Math.toIntExact(columns)];
    return (first, count, destination) -> {
      for (int i = 0; i < count; ) {
        long at = (first + i) / columns;
        int within = (int) ((first + i) % columns);
        int length = (int) Math.min(columns - within, count - i);
        long head = at / (2 * half);
        long inHead = at % (2 * half);
        long source = head * 2 * half + inHead % 2 * half + inHead / 2;
        entry.values().read(source * columns, row.length, row);
        System.arraycopy(row, within, destination, i, length);
        i += length;
      }
    };
  }

  private static Entry stacked(List<Entry> experts) {
    Entry first = experts.getFirst();
    List<Long> dimensions = new ArrayList<>(first.shape().dimensions());
    dimensions.addFirst((long) experts.size());
    long each = first.shape().elements();
    return new Entry(
        first.name(),
        first.type(),
        new Shape(dimensions),
        (from, count, destination) -> {
          for (int i = 0; i < count; ) {
            long within = (from + i) % each;
            int length = (int) Math.min(each - within, count - i);
            float[] piece = new float[length];
            experts.get((int) ((from + i) / each)).values().read(within, length, piece);
            System.arraycopy(piece, 0, destination, i, length);
            i += length;
          }
        });
  }
}
