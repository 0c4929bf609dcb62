package dev.stemma.architecture;

import dev.stemma.artifact.Component;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the families' data files. A file that {@code extends} another is a merge patch on it (RFC
 * 7396): objects merge, other values replace, null removes.
 */
final class FamilyFiles {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String FOLDER = "families";
  private static final Pattern ID = Pattern.compile("[a-z0-9_]{1,64}");

  private final Map<String, ObjectNode> raw = new TreeMap<>();

  /** All families, by id. */
  static Map<String, Family> readAll() {
    FamilyFiles files = new FamilyFiles();
    for (Map.Entry<String, String> file : folder().entrySet()) {
      files.raw.put(file.getKey(), (ObjectNode) JSON.readTree(file.getValue()));
    }
    Map<String, Family> families = new TreeMap<>();
    for (String id : files.raw.keySet()) {
      families.put(id, files.family(id));
    }
    return families;
  }

  /** One family by its id, with no other file read than those that it extends. */
  static Optional<Family> readOne(String id) {
    boolean isThere = ID.matcher(id).matches() && FamilyFiles.class.getResource(file(id)) != null;
    return isThere ? Optional.of(new FamilyFiles().family(id)) : Optional.empty();
  }

  private Family family(String id) {
    return family(id, merged(id, 0));
  }

  private static String file(String id) {
    return FOLDER + "/" + id + ".json";
  }

  /** Other names of configuration keys. */
  static Map<String, List<String>> aliases() {
    Map<String, List<String>> aliases = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : resource("keys.json").properties()) {
      aliases.put(entry.getKey(), texts(entry.getValue()));
    }
    return aliases;
  }

  static ObjectNode resource(String name) {
    try (InputStream in = FamilyFiles.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " is not there");
      }
      return (ObjectNode) JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> folder() {
    try {
      URI uri = java.util.Objects.requireNonNull(FamilyFiles.class.getResource(FOLDER)).toURI();
      if (uri.getScheme().equals("jar")) {
        try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of())) {
          return texts(jar.getPath("/dev/stemma/architecture/" + FOLDER));
        }
      }
      return texts(Path.of(uri));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, String> texts(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(".json")) {
          texts.put(name.substring(0, name.length() - 5), Files.readString(file));
        }
      }
    }
    return texts;
  }

  private ObjectNode merged(String id, int depth) {
    if (depth > 10) {
      throw new IllegalStateException("family " + id + " extends itself");
    }
    ObjectNode own = raw.computeIfAbsent(id, absent -> resource(file(absent)));
    JsonNode parent = own.get("extends");
    if (parent == null) {
      return own.deepCopy();
    }
    ObjectNode merged = merged(parent.stringValue(), depth + 1);
    merged.remove(List.of("modelTypes", "base", "notes", "runs"));
    patch(merged, own);
    return merged;
  }

  private static void patch(ObjectNode target, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> entry : patch.properties()) {
      JsonNode value = entry.getValue();
      if (value.isNull()) {
        target.remove(entry.getKey());
      } else if (value instanceof ObjectNode object) {
        ObjectNode inner =
            target.get(entry.getKey()) instanceof ObjectNode existing
                ? existing
                : target.putObject(entry.getKey());
        patch(inner, object);
      } else {
        target.set(entry.getKey(), value.deepCopy());
      }
    }
  }

  private static Family family(String id, ObjectNode json) {
    List<LayerStack> stacks = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : object(json, "stacks").properties()) {
      stacks.add(stack(entry.getKey(), (ObjectNode) entry.getValue()));
    }
    return new Family(
        id,
        text(json, "title", id),
        json.has("modelTypes") ? texts(json.get("modelTypes")) : List.of(),
        json.path("base").booleanValue(false),
        expressions(object(json, "defaults")),
        expressions(object(json, "definitions")),
        facts(object(json, "facts")),
        json.has("notes") ? texts(json.get("notes")) : List.of(),
        json.path("runs").booleanValue(false),
        stacks);
  }

  private static LayerStack stack(String id, ObjectNode json) {
    Component component = component(text(json, "component", "decoder"));
    return new LayerStack(
        id,
        component,
        text(json, "root", ""),
        json.has("layerNames") ? texts(json.get("layerNames")) : List.of("layers.${layer}."),
        Expression.parse(text(json, "layers", "0")),
        Expression.parse(text(json, "firstLayer", "0")),
        json.has("sections") ? texts(json.get("sections")) : List.of("."),
        json.has("notUnder") ? texts(json.get("notUnder")) : List.of(),
        json.path("counted").booleanValue(true),
        json.path("mapped").booleanValue(true),
        expression(json, "when"),
        templates(object(json, "rooted"), component),
        templates(object(json, "outside"), component),
        templates(object(json, "inLayer"), component));
  }

  private static List<TensorTemplate> templates(ObjectNode json, Component component) {
    List<TensorTemplate> templates = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      templates.add(template(entry.getKey(), (ObjectNode) entry.getValue(), component));
    }
    return templates;
  }

  private static TensorTemplate template(String name, ObjectNode json, Component component) {
    List<String> names = new ArrayList<>();
    names.add(name);
    if (json.has("also")) {
      names.addAll(texts(json.get("also")));
    }
    List<Expression> shape = new ArrayList<>();
    for (String dimension : texts(json.get("shape"))) {
      shape.add(Expression.parse(dimension));
    }
    return new TensorTemplate(
        names,
        json.has("component") ? component(json.get("component").stringValue()) : component,
        pieces(json),
        Expression.parse(text(json, "groups", "1")),
        shape,
        expression(json, "when"),
        expression(json, "experts"),
        json.path("transposed").booleanValue(false),
        json.path("alternative").booleanValue(false));
  }

  private static List<TensorTemplate.Piece> pieces(ObjectNode json) {
    if (json.has("part")) {
      return List.of(new TensorTemplate.Piece(part(json.get("part").stringValue()), null));
    }
    List<TensorTemplate.Piece> pieces = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : object(json, "pieces").properties()) {
      pieces.add(
          new TensorTemplate.Piece(
              part(entry.getKey()), Expression.parse(entry.getValue().stringValue())));
    }
    return pieces;
  }

  private static Part part(String name) {
    return Part.valueOf(name.toUpperCase(Locale.ROOT));
  }

  private static Component component(String key) {
    return Stream.of(Component.values())
        .filter(component -> component.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no component " + key));
  }

  private static Map<String, Expression> expressions(ObjectNode json) {
    Map<String, Expression> expressions = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      expressions.put(entry.getKey(), Expression.parse(entry.getValue().asString()));
    }
    return expressions;
  }

  private static Map<String, Expression> facts(ObjectNode json) {
    Map<String, Expression> facts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      String text = entry.getValue().asString();
      facts.put(
          entry.getKey(),
          text.startsWith("=")
              ? Expression.parse(text.substring(1))
              : new Expression.Literal(text));
    }
    return facts;
  }

  private static @Nullable Expression expression(ObjectNode json, String key) {
    return json.has(key) ? Expression.parse(json.get(key).asString()) : null;
  }

  private static ObjectNode object(ObjectNode json, String key) {
    return json.get(key) instanceof ObjectNode object ? object : JSON.createObjectNode();
  }

  private static String text(ObjectNode json, String key, String otherwise) {
    JsonNode node = json.get(key);
    return node == null ? otherwise : node.asString();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    for (JsonNode item : array) {
      texts.add(item.asString());
    }
    return texts;
  }
}
