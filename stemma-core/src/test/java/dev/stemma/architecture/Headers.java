package dev.stemma.architecture;

import dev.stemma.artifact.ByteRange;
import dev.stemma.artifact.Config;
import dev.stemma.artifact.Digest;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Real headers as models: names and shapes laid out one after another in a file that is not read.
 */
final class Headers {
  static final JsonMapper JSON = JsonMapper.builder().build();

  private Headers() {}

  static Config config(String json) {
    return new Config((ObjectNode) JSON.readTree(json));
  }

  static ObjectNode golden(String name) {
    return FamilyFiles.resource("headers/" + name + ".json");
  }

  static Model model(@Nullable ObjectNode config, Map<String, List<Long>> shapes) {
    List<Tensor> tensors = new ArrayList<>();
    long offset = 0;
    for (Map.Entry<String, List<Long>> entry : new TreeMap<>(shapes).entrySet()) {
      Shape shape = new Shape(entry.getValue());
      long length = ElementType.BF16.bytesFor(shape.elements());
      ByteRange range = new ByteRange(URI.create("file:///not-read"), offset, length);
      tensors.add(
          new Tensor(entry.getKey(), new TensorView.Stored(range, ElementType.BF16, shape)));
      offset += length;
    }
    return new Model(
        "test",
        "test",
        Digest.of("none"),
        Optional.ofNullable(config).map(Config::new),
        tensors,
        Optional.empty(),
        List.of());
  }

  static Map<String, List<Long>> shapes(JsonNode tensors) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : tensors.properties()) {
      List<Long> dimensions = new ArrayList<>();
      entry.getValue().forEach(dimension -> dimensions.add(dimension.longValue()));
      shapes.put(entry.getKey(), dimensions);
    }
    return shapes;
  }
}
