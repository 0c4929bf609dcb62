package dev.stemma.analysis.architecture;

import dev.stemma.architecture.Architecture;
import dev.stemma.architecture.Experts;
import dev.stemma.architecture.Expression;
import dev.stemma.architecture.LayerParameters;
import dev.stemma.architecture.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One layer as boxes from top to bottom, made from the family's data; as text and as SVG. */
public final class LayerDrawing {
  private static final int BOX_WIDTH = 340;
  private static final int LINE_HEIGHT = 16;
  private static final int GAP = 14;

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
    return new LayerDrawing(inspection.family() + ", layer " + layer + " of " + layers, boxes);
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

  /** For a terminal. */
  public List<String> text() {
    int width = title.length();
    for (List<String> box : boxes) {
      for (String line : box) {
        width = Math.max(width, line.length());
      }
    }
    List<String> out = new ArrayList<>();
    out.add(title);
    for (List<String> box : boxes) {
      boolean isFrame = box.size() > 1 || !box.getFirst().startsWith("+");
      String edge = isFrame ? "+" + "-".repeat(width + 2) + "+" : "";
      if (isFrame) {
        out.add(edge);
      }
      for (String line : box) {
        out.add(
            isFrame ? "| " + line + " ".repeat(width - line.length()) + " |" : "        " + line);
      }
      if (isFrame) {
        out.add(edge);
      }
    }
    return out;
  }

  /** Two drawings side by side. */
  static List<String> sideBySide(List<String> a, List<String> b) {
    int width = a.stream().mapToInt(String::length).max().orElse(0);
    List<String> out = new ArrayList<>();
    for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
      String of = i < a.size() ? a.get(i) : "";
      out.add(
          (of + " ".repeat(width - of.length()) + "   " + (i < b.size() ? b.get(i) : ""))
              .stripTrailing());
    }
    return out;
  }

  /** As a self-contained SVG picture. */
  public String svg() {
    StringBuilder out = new StringBuilder();
    int y = 24;
    int width = BOX_WIDTH;
    for (List<String> box : boxes) {
      for (String line : box) {
        width = Math.max(width, line.length() * 7 + 24);
      }
    }
    out.append(text(12, 16, title, "bold"));
    for (List<String> box : boxes) {
      int height = box.size() * LINE_HEIGHT + 10;
      out.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"8\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"none\""
                  + " stroke=\"currentColor\"/>",
              y,
              width - 16,
              height));
      for (int i = 0; i < box.size(); i++) {
        out.append(text(18, y + 17 + i * LINE_HEIGHT, box.get(i), i == 0 ? "bold" : "normal"));
      }
      y += height + GAP;
    }
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\""
                + " width=\"%d\" height=\"%d\">",
            width,
            y,
            width,
            y)
        + "<title>"
        + escaped(title)
        + "</title>"
        + out
        + "</svg>";
  }

  private static String text(int x, int y, String text, String weight) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%d\" y=\"%d\" font-family=\"monospace\" font-size=\"11\" font-weight=\"%s\""
            + " fill=\"currentColor\">%s</text>",
        x,
        y,
        weight,
        escaped(text));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
