package dev.stemma.format;

import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Tensor;
import dev.stemma.artifact.TensorView;
import dev.stemma.source.SourceFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Initializers become a model's weights: integers are seen through their scales, and what the
 * exporter left without a name gets the name of the module that uses it.
 */
final class OnnxWeights {
  private static final String QUANTIZED = "_quantized";
  private static final int MAXIMUM_STEPS_TO_BIAS = 3;

  /** As PyTorch's exporters number what they fold: the older two, and that of 2.5. */
  private static final Pattern NAMELESS = Pattern.compile("onnx::.*|\\d*|val_\\d+");

  /** Where an operation has its weight, the weight's scale and its zero point; -1 for nowhere. */
  private record Inputs(int weight, int scale, int zeroPoint) {}

  private static final Map<String, Inputs> PRODUCTS =
      Map.of(
          "MatMul", new Inputs(1, -1, -1),
          "Gemm", new Inputs(1, -1, -1),
          "MatMulInteger", new Inputs(1, -1, 3),
          "DynamicQuantizeMatMul", new Inputs(1, 2, 3),
          "MatMulIntegerToFloat", new Inputs(1, 3, 5),
          "QLinearMatMul", new Inputs(3, 4, 5));

  private final SourceFile file;
  private final OnnxGraph graph;
  private final Map<String, TensorView> values;
  private final Map<String, OnnxGraph.Node> consumers = new HashMap<>();
  private final Set<String> parameters = new HashSet<>();

  /** The name under which a weight began, where a node gave it another. */
  private final Map<String, String> origin = new HashMap<>();

  private final Set<String> dequantised = new HashSet<>();

  OnnxWeights(SourceFile file, OnnxGraph graph) {
    this.file = file;
    this.graph = graph;
    this.values = new HashMap<>(graph.initializers());
  }

  List<Tensor> tensors() {
    for (OnnxGraph.Node node : graph.nodes()) {
      for (String input : node.inputs()) {
        consumers.putIfAbsent(input, node);
      }
    }
    for (OnnxGraph.Node node : graph.nodes()) {
      if (node.operation().equals("DequantizeLinear")) {
        dequantise(node);
      }
    }
    for (String name : graph.initializers().keySet()) {
      byConvention(name);
    }
    Map<String, OnnxGraph.Node> products = new HashMap<>();
    for (OnnxGraph.Node node : graph.nodes()) {
      Inputs inputs = PRODUCTS.get(node.operation());
      if (inputs != null && inputs.weight() < node.inputs().size()) {
        scaled(node, inputs);
        String weight = node.inputs().get(inputs.weight());
        products.putIfAbsent(origin.getOrDefault(weight, weight), node);
      }
    }
    return named(products);
  }

  /** QDQ: an initializer goes through DequantizeLinear before it is used. */
  private void dequantise(OnnxGraph.Node node) {
    if (node.inputs().size() < 2 || node.outputs().isEmpty()) {
      return;
    }
    String name = node.inputs().getFirst();
    String zeroPoint = node.inputs().size() > 2 ? node.inputs().get(2) : "";
    if (apply(name, node.inputs().get(1), zeroPoint, node.integers().getOrDefault("axis", 1L))) {
      origin.put(node.outputs().getFirst(), name);
    }
  }

  /** The exporter's names say which scale belongs to which weight, whatever node uses them. */
  private void byConvention(String name) {
    if (name.endsWith(QUANTIZED)) {
      String base = name.substring(0, name.length() - QUANTIZED.length());
      apply(name, base + "_scale", base + "_zero_point", 1);
    }
  }

  private void scaled(OnnxGraph.Node node, Inputs inputs) {
    if (inputs.scale() >= 0 && inputs.scale() < node.inputs().size()) {
      String zeroPoint =
          inputs.zeroPoint() < node.inputs().size() ? node.inputs().get(inputs.zeroPoint()) : "";
      apply(node.inputs().get(inputs.weight()), node.inputs().get(inputs.scale()), zeroPoint, 1);
    }
  }

  private boolean apply(String name, String scaleName, String zeroPointName, long axis) {
    TensorView weight = graph.initializers().get(name);
    TensorView scale = graph.initializers().get(scaleName);
    if (weight == null || scale == null) {
      return false;
    }
    if (!dequantised.add(name)) {
      return true;
    }
    TensorView zeroPoint = graph.initializers().get(zeroPointName);
    values.put(name, view(name, weight, scale, zeroPoint, axis));
    parameters.add(scaleName);
    parameters.add(zeroPointName);
    return true;
  }

  private TensorView view(
      String name, TensorView weight, TensorView scale, @Nullable TensorView zero, long axis) {
    long columns = weight.shape().columns();
    long elements = scale.shape().elements();
    boolean one = elements == 1;
    long lastAxis = weight.shape().rank() - 1L;
    boolean byRow = !one && (axis == 0 || axis == -lastAxis - 1 || elements != columns);
    try {
      return new TensorView.Dequantised(
          weight,
          scale,
          zero,
          byRow ? 1 : Long.MAX_VALUE,
          one ? Long.MAX_VALUE : byRow ? Math.max(1, columns) : 1);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw HeaderChecks.fail(
          ErrorCode.BAD_SHAPE,
          file,
          "initializer " + name,
          "one scale, or one for each row or column of " + weight.shape(),
          "scales " + scale.shape() + (zero == null ? "" : ", zero points " + zero.shape()),
          e);
    }
  }

  private List<Tensor> named(Map<String, OnnxGraph.Node> products) {
    List<Tensor> tensors = new ArrayList<>();
    Set<String> taken = new HashSet<>(graph.initializers().keySet());
    for (String name : graph.initializers().keySet()) {
      if (parameters.contains(name) && !dequantised.contains(name)) {
        continue;
      }
      TensorView view = values.getOrDefault(name, graph.initializers().get(name));
      OnnxGraph.Node node = products.get(name);
      String plain = plain(name);
      if (node != null && isAnonymous(plain) && view != null && view.shape().rank() == 2) {
        String module = moduleOf(node);
        String chosen = module.isEmpty() ? plain : free(module + ".weight", node, taken);
        boolean asIs = node.integers().getOrDefault("transB", 0L) == 1;
        HeaderChecks.name(file, "node " + node.name(), chosen);
        tensors.add(new Tensor(chosen, asIs ? view : new TensorView.Transposed(view)));
        taken.add(chosen);
      } else if (view != null) {
        String chosen = dequantised.contains(name) && taken.add(plain) ? plain : name;
        tensors.add(new Tensor(chosen, view));
      }
    }
    return tensors;
  }

  /** The name before quantisation. */
  private String plain(String name) {
    return dequantised.contains(name) && name.endsWith(QUANTIZED)
        ? name.substring(0, name.length() - QUANTIZED.length())
        : name;
  }

  private static boolean isAnonymous(String name) {
    return NAMELESS.matcher(name).matches();
  }

  /** Two nameless products in one module keep their nodes' names apart. */
  private static String free(String name, OnnxGraph.Node node, Set<String> taken) {
    String candidate = name;
    if (taken.contains(candidate)) {
      candidate = name + "." + node.name().substring(node.name().lastIndexOf('/') + 1);
    }
    for (int number = 2; taken.contains(candidate); number++) {
      candidate = name + "." + number;
    }
    return candidate;
  }

  /** /encoder/layer.0/attention/self/query/MatMul is in encoder.layer.0.attention.self.query. */
  private String moduleOf(OnnxGraph.Node node) {
    if (!node.module().isEmpty()) {
      return node.module();
    }
    String name = node.name();
    int last = name.lastIndexOf('/');
    if (last > 0) {
      return name.substring(name.startsWith("/") ? 1 : 0, last).replace('/', '.');
    }
    return moduleOfBias(node);
  }

  /** Older exports have no paths; the bias added to the product has a name. */
  private String moduleOfBias(OnnxGraph.Node node) {
    OnnxGraph.Node at = node;
    for (int step = 0; step < MAXIMUM_STEPS_TO_BIAS && !at.outputs().isEmpty(); step++) {
      OnnxGraph.Node next = consumers.get(at.outputs().getFirst());
      if (next == null) {
        return "";
      }
      if (next.operation().equals("Add")) {
        for (String input : next.inputs()) {
          if (input.endsWith(".bias") && graph.initializers().containsKey(input)) {
            return input.substring(0, input.length() - ".bias".length());
          }
        }
        return "";
      }
      if (!next.operation().equals("Cast") && !next.operation().equals("Mul")) {
        return "";
      }
      at = next;
    }
    return "";
  }
}
