package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.ByteSource;
import dev.stemma.source.SourceFile;
import dev.stemma.source.SourceFiles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an ONNX file's main graph holds: initializers by name, and the nodes that use them.
 *
 * @param stringTensors initializers of texts, which are no weights
 */
record OnnxGraph(Map<String, TensorView> initializers, List<Node> nodes, int stringTensors) {
  /** Shapes and indices are short; longer lists of whole numbers are left out. */
  private static final int MAXIMUM_CONSTANT = 16;

  private static final String SCOPES = "pkg.torch.onnx.name_scopes";
  private static final int MAXIMUM_NODES = 2_000_000;
  private static final int MAXIMUM_EDGES = 16_000_000;

  /**
   * One operation.
   *
   * @param integers its whole-number attributes
   * @param constant the whole numbers that a Constant holds; empty for other operations
   * @param module the module that the exporter says it belongs to; may be empty
   */
  record Node(
      String operation,
      String name,
      List<String> inputs,
      List<String> outputs,
      Map<String, Long> integers,
      List<Long> constant,
      String module) {}

  static OnnxGraph read(SourceFile file, SourceFiles siblings, ByteSource bytes) {
    ProtoReader model = new ProtoReader(file, bytes.read(file.bytes()), 0, file.sizeBytes());
    boolean first = true;
    OnnxGraph graph = null;
    while (model.next()) {
      // No magic number: a ModelProto begins with its version, or another of its few fields.
      if (first && (model.field() > 30 || (model.field() == 1 && model.wire() != 0))) {
        throw HeaderChecks.fail(
            ErrorCode.WRONG_MAGIC, file, "byte 0", "an ONNX model", "field " + model.field());
      }
      first = false;
      if (model.field() == 7) {
        if (graph != null) {
          throw HeaderChecks.fail(
              ErrorCode.MALFORMED_HEADER, file, "model", "one graph", "a second one");
        }
        graph = graph(file, siblings, model.message());
      }
    }
    if (graph == null) {
      throw HeaderChecks.fail(
          ErrorCode.WRONG_MAGIC, file, "byte 0", "an ONNX model with a graph", "no graph");
    }
    return graph;
  }

  private static OnnxGraph graph(SourceFile file, SourceFiles siblings, ProtoReader message) {
    Map<String, TensorView> initializers = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    OnnxTensors tensors = new OnnxTensors(file, siblings);
    long edges = 0;
    int strings = 0;
    while (message.next()) {
      if (message.field() == 1) {
        Node node = node(message.message());
        edges += node.inputs().size() + node.outputs().size();
        nodes.add(node);
      } else if (message.field() == 5) {
        OnnxTensors.Named tensor = tensors.read(message.message());
        if (tensor.view() == null) {
          strings++;
        } else if (initializers.put(tensor.name(), tensor.view()) != null) {
          throw HeaderChecks.fail(
              ErrorCode.DUPLICATE_NAME,
              file,
              "initializer " + tensor.name(),
              "every name once",
              "it twice");
        }
      }
      if (nodes.size() > MAXIMUM_NODES
          || edges > MAXIMUM_EDGES
          || initializers.size() > HeaderChecks.MAXIMUM_TENSORS) {
        throw HeaderChecks.fail(
            ErrorCode.TOO_MANY_ENTRIES,
            file,
            "graph",
            "at most "
                + MAXIMUM_NODES
                + " nodes and "
                + HeaderChecks.MAXIMUM_TENSORS
                + " initializers",
            "more");
      }
    }
    return new OnnxGraph(initializers, nodes, strings);
  }

  private static Node node(ProtoReader message) {
    String operation = "";
    String name = "";
    List<String> inputs = new ArrayList<>(4);
    List<String> outputs = new ArrayList<>(2);
    Map<String, Long> integers = Map.of();
    List<Long> constant = new ArrayList<>(0);
    String module = "";
    while (message.next()) {
      switch (message.field()) {
        case 1 -> inputs.add(message.text());
        case 2 -> outputs.add(message.text());
        case 3 -> name = message.text();
        case 4 -> operation = message.text();
        case 5 -> integers = with(integers, message.message(), constant);
        case 9 -> module = module(module, message.message());
        default -> {}
      }
    }
    return new Node(operation, name, inputs, outputs, integers, constant, module);
  }

  /**
   * PyTorch's exporter since 2.5 keeps the modules around an operation, the operation last: ['',
   * 'layers', 'layers.0', 'linear'].
   */
  private static String module(String before, ProtoReader property) {
    String key = "";
    while (property.next()) {
      if (property.field() == 1) {
        key = property.text();
      } else if (property.field() == 2 && key.equals(SCOPES)) {
        String[] scopes = property.text().replaceAll("[\\[\\]'\" ]", "").split(",", -1);
        return scopes.length < 2 ? before : scopes[scopes.length - 2];
      }
    }
    return before;
  }

  /** Keeps an attribute if it is one whole number, or a short tensor of them. */
  private static Map<String, Long> with(
      Map<String, Long> before, ProtoReader attribute, List<Long> constant) {
    String name = "";
    Long value = null;
    while (attribute.next()) {
      if (attribute.field() == 1) {
        name = attribute.text();
      } else if (attribute.field() == 3) {
        value = attribute.number();
      } else if (attribute.field() == 5 && attribute.wire() == ProtoReader.LENGTH) {
        wholeNumbers(attribute.message(), constant);
      }
    }
    if (value == null || before.size() > 16) {
      return before;
    }
    Map<String, Long> more = new LinkedHashMap<>(before);
    more.put(name, value);
    return more;
  }

  private static void wholeNumbers(ProtoReader tensor, List<Long> into) {
    boolean isInt64 = false;
    List<Long> found = new ArrayList<>(0);
    while (tensor.next()) {
      if (tensor.field() == 2) {
        isInt64 = tensor.number() == 7;
      } else if (tensor.field() == 9
          && tensor.wire() == ProtoReader.LENGTH
          && tensor.length() <= (long) MAXIMUM_CONSTANT * Long.BYTES) {
        tensor.int64s(found::add);
      }
    }
    if (isInt64 && found.size() <= MAXIMUM_CONSTANT && into.isEmpty()) {
      into.addAll(found);
    }
  }
}
