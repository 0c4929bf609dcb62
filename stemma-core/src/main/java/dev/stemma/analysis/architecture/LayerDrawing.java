package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Experts;
import dev.stemma.architecture.Expression;
import dev.stemma.architecture.LayerParameters;
import dev.stemma.architecture.Part;
import dev.stemma.evidence.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One layer as boxes from top to bottom, made from the family's data. */
public final class LayerDrawing {
  private static final int GAP = 3;
  private static final int NARROWEST = 34;

  private final String title;
  private final List<List<String>> boxes;

  private LayerDrawing(String title, List<List<String>> boxes) {
    this.title = title;
    this.boxes = boxes;
  }

  /** Draws a layer of the main stack. */
  public static LayerDrawing of(Inspection inspection, int layer) {
    Architecture architecture = inspection.architecture();
    Map<Part, String> shapes = new TreeMap<>();
    for (LayerParameters.Entry entry : LayerParameters.of(architecture, layer)) {
      shapes.put(entry.part(), shape(entry.shape()));
    }
    List<List<String>> boxes = new ArrayList<>();
    boolean isMixture = shapes.containsKey(Part.ROUTER);
    norm(boxes, shapes, Part.ATTENTION_NORM, "orm", inspection);
    boxes.add(attention(inspection, shapes));
    norm(boxes, shapes, Part.ATTENTION_POST_NORM, "orm after attention", inspection);
    boolean isParallel = fact(architecture, "residual").equals("parallel");
    boxes.add(List.of(isParallel ? "(the MLP reads the same input)" : "+ residual"));
    norm(boxes, shapes, Part.MLP_NORM, "orm", inspection);
    boxes.add(isMixture ? mixture(inspection, shapes) : dense(inspection, shapes));
    norm(boxes, shapes, Part.MLP_POST_NORM, "orm after the MLP", inspection);
    boxes.add(List.of("+ residual"));
    long layers = architecture.values().whole("num_hidden_layers").orElse(0L);
    return new LayerDrawing(
        inspection.name() + ", layer " + layer + " of 0-" + (layers - 1), boxes);
  }

  /** The last layer's drawing (in a mixture the one with experts); none where sizes are unknown. */
  public static List<LayerDrawing> ofLast(Inspection inspection) {
    try {
      int layers =
          inspection.architecture().family().mainStack().layers(inspection.architecture().values());
      return layers == 0 ? List.of() : List.of(of(inspection, layers - 1));
    } catch (Expression.UnresolvedException notStated) {
      return List.of();
    }
  }

  private static void norm(
      List<List<String>> boxes,
      Map<Part, String> shapes,
      Part part,
      String name,
      Inspection inspection) {
    if (shapes.containsKey(part)) {
      String kind = fact(inspection.architecture(), "norm").equals("rms") ? "RMSN" : "LayerN";
      boxes.add(List.of(kind + name + " " + shapes.get(part)));
    }
  }

  private static List<String> attention(Inspection inspection, Map<Part, String> shapes) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Attention: " + inspection.attention().map(known -> known.description()).orElse("unknown"));
    inspection.positions().ifPresent(positions -> lines.add(positions.description()));
    lines(
        lines,
        shapes,
        Part.QUERY,
        Part.QUERY_DOWN,
        Part.QUERY_UP,
        Part.KEY,
        Part.VALUE,
        Part.KEY_VALUE_DOWN,
        Part.KEY_VALUE_UP);
    lines(lines, shapes, Part.QUERY_NORM, Part.KEY_NORM, Part.ATTENTION_SINKS);
    lines(lines, shapes, Part.ATTENTION_GATE, Part.OUTPUT);
    return lines;
  }

  private static List<String> dense(Inspection inspection, Map<Part, String> shapes) {
    List<String> lines = new ArrayList<>();
    lines.add("MLP, " + fact(inspection.architecture(), "activation"));
    lines(lines, shapes, Part.GATE, Part.UP, Part.DOWN);
    return lines;
  }

  private static List<String> mixture(Inspection inspection, Map<Part, String> shapes) {
    Experts experts = inspection.experts();
    List<String> lines = new ArrayList<>();
    lines.add("Experts: " + experts.description());
    lines.add("router " + shapes.get(Part.ROUTER) + ": " + experts.routing());
    if (shapes.containsKey(Part.SHARED_UP)) {
      lines.add("shared, always:");
      lines(lines, shapes, Part.SHARED_GATE, Part.SHARED_UP, Part.SHARED_DOWN);
    }
    lines.add("each routed expert, " + fact(inspection.architecture(), "activation") + ":");
    lines(lines, shapes, Part.GATE, Part.UP, Part.DOWN);
    return lines;
  }

  private static void lines(List<String> lines, Map<Part, String> shapes, Part... parts) {
    StringBuilder line = new StringBuilder();
    for (Part part : parts) {
      if (shapes.containsKey(part)) {
        line.append(line.isEmpty() ? "" : "   ").append(part.key()).append(' ');
        line.append(shapes.get(part));
      }
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
  }

  private static String fact(Architecture architecture, String name) {
    return String.valueOf(architecture.values().fact(name));
  }

  private static String shape(List<Long> dimensions) {
    return String.join("x", dimensions.stream().map(String::valueOf).toList());
  }

  /** For reports, which draw it as a picture. */
  public Figure.Stack stack() {
    return new Figure.Stack(title, boxes);
  }

  /** Several as one figure. */
  public static Figure.Stacks figure(List<LayerDrawing> layers) {
    return new Figure.Stacks(
        layers.size() == 1 ? "One layer" : "One layer of each, side by side",
        layers.stream().map(LayerDrawing::stack).toList());
  }

  /** For a terminal: side by side where the width allows it, else one after another. */
  public static List<String> text(Figure.Stacks stacks, int width) {
    int number = Math.max(1, stacks.stacks().size());
    int each = (width - GAP * (number - 1)) / number;
    List<String> out = new ArrayList<>();
    for (Figure.Stack stack : stacks.stacks()) {
      if (each < NARROWEST) {
        out.addAll(text(stack, width));
        out.add("");
      } else {
        List<String> next = text(stack, each);
        out = out.isEmpty() ? next : sideBySide(out, next, each + GAP);
      }
    }
    return out;
  }

  /** Lines of at most so many characters; longer ones go on in the next. */
  private static List<String> text(Figure.Stack stack, int widest) {
    int inner = Math.max(NARROWEST, widest) - 4;
    List<List<String>> folded = new ArrayList<>();
    int width = Math.min(stack.name().length(), inner);
    for (List<String> box : stack.boxes()) {
      List<String> lines = new ArrayList<>();
      box.forEach(line -> lines.addAll(Folding.fold(line, inner)));
      folded.add(lines);
      width = Math.max(width, lines.stream().mapToInt(String::length).max().orElse(0));
    }
    List<String> out = new ArrayList<>(Folding.fold(stack.name(), inner + 4));
    String edge = "+" + "-".repeat(width + 2) + "+";
    for (List<String> box : folded) {
      if (box.size() == 1 && box.getFirst().startsWith("+")) {
        out.add("      " + box.getFirst());
        continue;
      }
      out.add(edge);
      for (String line : box) {
        out.add("| " + line + " ".repeat(width - line.length()) + " |");
      }
      out.add(edge);
    }
    return out;
  }

  private static List<String> sideBySide(List<String> a, List<String> b, int columns) {
    int longest = a.stream().mapToInt(String::length).max().orElse(0);
    int width = Math.min(columns - GAP, longest);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      String of = i < a.size() ? a.get(i) : "";
      out.add(
          (of + " ".repeat(Math.max(0, width - of.length()) + GAP) + (i < b.size() ? b.get(i) : ""))
              .stripTrailing());
    }
    return out;
  }
}
