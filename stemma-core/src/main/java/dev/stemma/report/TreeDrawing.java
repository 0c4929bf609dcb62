package dev.stemma.report;

import static dev.stemma.report.Html.element;

import dev.stemma.report.Html.Element;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.tree.FamilyTree.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A family tree as SVG: a line a model, its descendants indented under it. Open edges and ancestors
 * that were not given are dashed, a second parent is a curve at the right.
 */
final class TreeDrawing {
  private static final String STYLE =
      "svg{color-scheme:light dark;color:#1d1c1a;background:#fbfaf7}"
          + "@media (prefers-color-scheme:dark){svg{color:#ece9e3;background:#16171a}}";
  private static final int ROW = 34;
  private static final int INDENT = 34;
  private static final int MARGIN = 14;
  private static final int TOP = 12;
  private static final double CHARACTER = 7.4;

  /** A bold name is as much wider. */
  private static final double BOLD = 1.12;

  private static final int LONGEST = 60;

  private final Texts texts;
  private final FamilyTree tree;
  private final TreeLabels labels;
  private final Map<String, int[]> places = new HashMap<>();
  private final List<Element> lines = new ArrayList<>();
  private final List<Element> boxes = new ArrayList<>();
  private int rows;
  private int right;

  private TreeDrawing(FamilyTree tree, Texts texts) {
    this.tree = tree;
    this.texts = texts;
    this.labels = new TreeLabels(tree);
  }

  /** A picture that stands alone. */
  static void write(FamilyTree tree, Texts texts, Appendable out) throws IOException {
    draw(tree, texts, false).with("xmlns", "http://www.w3.org/2000/svg").write(out);
    out.append('\n');
  }

  /** The picture; within a page it takes the page's colours. */
  static Element draw(FamilyTree tree, Texts texts, boolean withinPage) {
    return new TreeDrawing(tree, texts).all(withinPage);
  }

  private Element all(boolean withinPage) {
    tree.tops().forEach(top -> node(top, 0));
    int side = right + MARGIN;
    int widest = side;
    for (Node node : tree.nodes()) {
      for (String other : node.otherParents()) {
        widest = Math.max(widest, second(other, node, side));
      }
    }
    int width = widest + MARGIN;
    int height = TOP + rows * ROW + TOP;
    Element svg =
        element("svg")
            .with("role", "img")
            .with("viewBox", "0 0 " + width + " " + height)
            .with("width", width)
            .with("style", "max-width:none;height:auto")
            .with("aria-label", texts.get("tree.title") + ": " + words());
    if (!withinPage) {
      svg.add(element("style", STYLE));
    }
    return svg.add(element("title", texts.get("tree.title"))).add(lines).add(boxes);
  }

  private void node(Node node, int depth) {
    int x = MARGIN + depth * INDENT;
    int y = TOP + rows++ * ROW;
    String label = shortened(labels.of(node));
    int width = (int) (BOLD * width(label) + 18);
    boolean dashed = node.role() == Role.LATENT || node.role() == Role.UNDETERMINED;
    boxes.add(
        element("rect")
            .with("x", x)
            .with("y", y + 4)
            .with("width", width)
            .with("height", ROW - 10)
            .with("rx", 5)
            .with("fill", node.role() == Role.FOUNDER ? "currentColor" : "none")
            .with("fill-opacity", "0.12")
            .with("stroke", "currentColor")
            .with("stroke-dasharray", dashed ? "4 3" : "none"));
    boxes.add(text(x + 9, y + 21, label, "bold"));
    String note = note(node);
    boxes.add(text(x + width + 8, y + 21, note, "normal"));
    right = Math.max(right, (int) (x + width + 8 + width(note)));
    places.put(node.model(), new int[] {x, y, x + width + 8 + (int) width(note)});
    for (Node child : tree.under(node)) {
      int childRow = TOP + rows * ROW;
      lines.add(
          line(
              "M" + (x + 12) + " " + (y + ROW - 6) + "V" + (childRow + 16) + "h" + (INDENT - 12),
              child.parent() == null ? "4 3" : "none"));
      node(child, depth + 1);
    }
  }

  /** A curve from a further parent's line to the child's, beside all text; its right end. */
  private int second(String parent, Node child, int side) {
    int[] from = places.get(parent);
    int[] to = places.get(child.model());
    if (from == null || to == null) {
      return side;
    }
    int bend = side + 14 + Math.abs(to[1] - from[1]) / 12;
    lines.add(
        line(
            "M"
                + (from[2] + 6)
                + " "
                + (from[1] + 16)
                + "H"
                + side
                + "C"
                + bend
                + " "
                + (from[1] + 16)
                + " "
                + bend
                + " "
                + (to[1] + 16)
                + " "
                + side
                + " "
                + (to[1] + 16)
                + "H"
                + (to[2] + 6)
                + "m6 -4l-6 4l6 4",
            "none"));
    return bend;
  }

  private static Element line(String path, String dashes) {
    return element("path")
        .with("d", path)
        .with("fill", "none")
        .with("stroke", "currentColor")
        .with("stroke-opacity", "0.6")
        .with("stroke-dasharray", dashes);
  }

  private static Element text(int x, int y, String text, String weight) {
    return element("text", text)
        .with("x", x)
        .with("y", y)
        .with(
            "style",
            "font:"
                + weight
                + " 13px system-ui,'Noto Sans','Noto Sans KR','Noto Sans CJK KR',sans-serif;"
                + "fill:currentColor");
  }

  private String note(Node node) {
    String role = node.role() == Role.CHILD ? "" : texts.get("tree.role." + node.role().key());
    String kinds = texts.kinds(node.kinds());
    String said = role.isEmpty() ? kinds : kinds.isEmpty() ? role : role + ": " + kinds;
    if (Double.isNaN(node.confidence())) {
      return said;
    }
    return (said.isEmpty() ? "" : said + " · ") + TreeLabels.confidence(node);
  }

  private String words() {
    List<String> words = new ArrayList<>();
    for (Node node : tree.nodes()) {
      String parent = node.parent();
      words.add(
          parent == null
              ? labels.of(node) + " (" + texts.get("tree.role." + node.role().key()) + ")"
              : texts.get("tree.from", labels.of(node), labels.of(parent)));
    }
    return String.join("; ", words);
  }

  private static String shortened(String label) {
    return label.length() <= LONGEST ? label : label.substring(0, LONGEST - 1) + "…";
  }

  /** Wide scripts take about twice the room of Latin letters. */
  private static double width(String text) {
    return text.codePoints().mapToDouble(code -> code >= 0x1100 ? 13.5 : CHARACTER).sum();
  }
}
