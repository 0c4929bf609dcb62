package dev.stemma.report;

import static dev.stemma.report.Html.element;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.artifact.Printable;
import dev.stemma.report.Html.Element;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A family tree as a file, in the format of the file's name. */
public final class TreeReports {
  private static final Map<String, Format> FORMATS = formats();

  private TreeReports() {}

  @FunctionalInterface
  private interface Format {
    void write(FamilyTree tree, Texts texts, Appendable out) throws IOException;
  }

  private static Map<String, Format> formats() {
    Map<String, Format> formats = new LinkedHashMap<>();
    formats.put(".svg", (tree, texts, out) -> TreeDrawing.write(tree, texts, out));
    formats.put(".html", TreeReports::html);
    formats.put(".md", TreeReports::markdown);
    formats.put(".nwk", (tree, texts, out) -> out.append(TreeExports.newick(tree)));
    formats.put(".graphml", (tree, texts, out) -> out.append(TreeExports.graphMl(tree)));
    formats.put(".mmd", (tree, texts, out) -> out.append(TreeExports.mermaid(tree, texts)));
    formats.put(".json", (tree, texts, out) -> out.append(TreeExports.json(tree) + "\n"));
    return formats;
  }

  /**
   * Fails early, before any work, where a file's ending is none of ours.
   *
   * @throws ArtifactException if it is another
   */
  public static void check(Path file) {
    format(file);
  }

  private static Format format(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return FORMATS.entrySet().stream()
        .filter(format -> name.endsWith(format.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow(() ->
            new ArtifactException(
                ErrorCode.BAD_ARGUMENT,
                file.toString(),
                "report file",
                "a name ending in one of " + String.join(" ", FORMATS.keySet()),
                name,
                "Choose the format by the file's ending, as in tree.svg."));
  }

  /**
   * Writes it in the format of the file's name.
   *
   * @throws ArtifactException if it cannot be written
   */
  public static void write(FamilyTree tree, Path file, Texts texts) {
    Format format = format(file);
    Reports.whole(file, out -> format.write(tree, texts, out));
  }

  /** The same, in the format of a name, to whatever takes text. */
  public static void write(FamilyTree tree, String name, Texts texts, Appendable out)
      throws IOException {
    format(Path.of(name)).write(tree, texts, out);
  }

  private static List<String> cells(Node node, TreeLabels labels, Texts texts) {
    String parent = node.parent();
    String nearest = node.nearest();
    String others =
        node.otherParents().isEmpty()
            ? ""
            : ", " + String.join(", ", node.otherParents().stream().map(labels::of).toList());
    return List.of(
        labels.of(node),
        texts.get("tree.role." + node.role().key()),
        parent != null
            ? labels.of(parent) + others
            : nearest != null ? texts.get("tree.near", labels.of(nearest)) + others : "–",
        texts.kinds(node.kinds()),
        TreeLabels.confidence(node));
  }

  private static List<String> heads(Texts texts) {
    return List.of(
        texts.get("tree.head.model"),
        texts.get("tree.head.role"),
        texts.get("tree.head.parent"),
        texts.get("tree.head.kinds"),
        texts.get("tree.head.confidence"));
  }

  private static void html(FamilyTree tree, Texts texts, Appendable out) throws IOException {
    String policy =
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    TreeLabels labels = new TreeLabels(tree);
    Element headRow = element("tr");
    heads(texts).forEach(cell -> headRow.add(element("th", cell).with("scope", "col")));
    Element rows = element("tbody");
    for (Node node : tree.nodes()) {
      Element row = element("tr");
      cells(node, labels, texts).forEach(cell -> row.add(element("td", cell)));
      rows.add(row);
    }
    Element main =
        element("main")
            .add(
                scroll(texts.get("tree.title"), TreeDrawing.draw(tree, texts, true)),
                element("p", texts.get("tree.legend")),
                scroll(
                    String.join(", ", heads(texts)),
                    element("table").add(element("thead").add(headRow), rows)));
    Element head =
        element("head")
            .add(
                element("meta").with("charset", "utf-8"),
                element("meta")
                    .with("http-equiv", "Content-Security-Policy")
                    .with("content", policy),
                element("meta")
                    .with("name", "viewport")
                    .with("content", "width=device-width, initial-scale=1"),
                element("title", texts.get("tree.title") + " – Stemma"),
                Html.resource("style", "report.css"));
    Element body =
        element("body")
            .add(
                element("header").add(element("h1", texts.get("tree.title"))),
                main,
                element("footer")
                    .text(
                        texts.get("tool", ToolVersion.VERSION) + ". " + texts.get("note.offline")));
    out.append("<!DOCTYPE html>\n");
    element("html").with("lang", texts.language()).add(head, body).write(out);
    out.append('\n');
  }

  /** A box that scrolls sideways, also by keyboard. */
  private static Element scroll(String label, Html.Node content) {
    return Html.styled("div", "scroll")
        .with("tabindex", "0")
        .with("role", "region")
        .with("aria-label", label)
        .add(content);
  }

  private static void markdown(FamilyTree tree, Texts texts, Appendable out) throws IOException {
    TreeLabels labels = new TreeLabels(tree);
    MarkdownReport.line(out, "# " + texts.get("tree.title"));
    out.append("| " + String.join(" | ", heads(texts)) + " |\n");
    out.append("|---|---|---|---|---|\n");
    for (Node node : tree.nodes()) {
      out.append(
          "| "
              + String.join(
                  " | ",
                  cells(node, labels, texts).stream()
                      .map(Printable::text)
                      .map(MarkdownReport::escaped)
                      .toList())
              + " |\n");
    }
    out.append("\n");
    MarkdownReport.line(out, texts.get("tree.legend"));
  }
}
