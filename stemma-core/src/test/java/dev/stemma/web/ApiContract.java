package dev.stemma.web;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Says where an answer is not what the server's own OpenAPI document promises, key by key. */
final class ApiContract {
  private static final Pattern PARAMETER = Pattern.compile("\\{[a-z]+}");

  private final JsonNode document;
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

  ApiContract(JsonNode document) {
    this.document = document.deepCopy();
    close(this.document.path("components").path("schemas"));
    close(this.document.path("paths"));
  }

  /** A key that is not described is a mistake too. */
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("type").asString("").equals("object")
        && object.has("properties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(ApiContract::close);
  }

  private static Pattern pattern(String template) {
    Matcher parameters = PARAMETER.matcher(template);
    StringBuilder pattern = new StringBuilder();
    int from = 0;
    while (parameters.find()) {
      pattern.append(Pattern.quote(template.substring(from, parameters.start()))).append("[^/]+");
      from = parameters.end();
    }
    return Pattern.compile(pattern.append(Pattern.quote(template.substring(from))).toString());
  }

  private @Nullable JsonNode operation(String method, String path) {
    for (Map.Entry<String, JsonNode> described : document.path("paths").properties()) {
      JsonNode operation = described.getValue().path(method.toLowerCase(Locale.ROOT));
      if (!operation.isMissingNode() && pattern(described.getKey()).matcher(path).matches()) {
        return operation;
      }
    }
    return null;
  }

  private JsonNode followed(JsonNode node) {
    String reference = node.path("$ref").asString("");
    return reference.isEmpty() ? node : document.at(reference.substring(1));
  }

  /** What is wrong with an answer; empty where nothing is. */
  List<String> problems(String method, String path, int status, String type, String body) {
    List<String> problems = new ArrayList<>();
    JsonNode operation = operation(method, path);
    if (operation == null) {
      if (status != 404 && status != 405) {
        problems.add("not described, and answered with " + status);
      }
      return problems;
    }
    JsonNode responses = operation.path("responses");
    JsonNode response = responses.path(String.valueOf(status));
    if (response.isMissingNode() && status >= 400) {
      response = responses.path("default");
    }
    if (response.isMissingNode()) {
      return List.of("status " + status + " is not described");
    }
    JsonNode contents = followed(response).path("content");
    if (contents.isEmpty()) {
      return body.isEmpty() ? problems : List.of("a body where none is described");
    }
    String plainType = type.replaceAll(";.*", "");
    JsonNode content = contents.path(plainType);
    if (content.isMissingNode()) {
      return List.of("content type " + type + " is not described");
    }
    JsonNode schema = content.path("schema");
    if (plainType.equals("application/json") && !schema.isMissingNode()) {
      schemas
          .computeIfAbsent(schema.toString(), text -> whole(schema))
          .validate(body, InputFormat.JSON)
          .forEach(error -> problems.add(String.valueOf(error)));
    }
    return problems;
  }

  /** A schema beside the components that it refers to. */
  private Schema whole(JsonNode schema) {
    ObjectNode whole = JsonMapper.shared().createObjectNode();
    whole.set("components", document.path("components"));
    whole.setAll((ObjectNode) schema.deepCopy());
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(whole.toString());
  }
}
