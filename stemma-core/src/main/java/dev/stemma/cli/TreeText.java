package dev.stemma.cli;

import dev.stemma.report.Texts;
import dev.stemma.report.TreeLabels;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.tree.FamilyTree.Role;
import java.util.ArrayList;
import java.util.List;

/** A family tree as lines of text, descendants indented under their parents. */
final class TreeText {
  private static final int WIDTH = 79;

  private final FamilyTree tree;
  private final Texts texts;
  private final TreeLabels labels;
  private final List<String> lines = new ArrayList<>();

  TreeText(FamilyTree tree, Texts texts) {
    this.tree = tree;
    this.texts = texts;
    this.labels = new TreeLabels(tree);
  }

  List<String> lines() {
    for (Node top : tree.tops()) {
      add(top, "", "", "");
    }
    lines.add("");
    wrap(texts.get("tree.legend.text"));
    return lines;
  }

  private void add(Node node, String before, String branch, String below) {
    String name = before + branch + labels.of(node) + "  " + TreeLabels.confidence(node);
    List<String> said = new ArrayList<>();
    if (node.role() != Role.CHILD) {
      said.add(texts.get("tree.role." + node.role().key()));
    }
    node.kinds().forEach(kind -> said.add(texts.kind(kind)));
    if (!node.otherParents().isEmpty()) {
      said.add(
          texts.get(
              "tree.also",
              String.join(", ", node.otherParents().stream().map(labels::of).toList())));
    }
    List<Node> under = tree.under(node);
    String more = before + below + (under.isEmpty() ? "      " : "│     ");
    StringBuilder line = new StringBuilder(name);
    String joint = "  ";
    for (String word : said) {
      if (line.length() + joint.length() + word.length() > WIDTH) {
        lines.add(line.toString());
        line = new StringBuilder(more);
        joint = "";
      }
      line.append(joint).append(word);
      joint = ", ";
    }
    lines.add(line.toString());
    for (int index = 0; index < under.size(); index++) {
      boolean last = index == under.size() - 1;
      Node child = under.get(index);
      String arm = child.parent() == null ? "╌ " : "─ ";
      add(child, before + below, (last ? "└" : "├") + arm, last ? "   " : "│  ");
    }
  }

  private void wrap(String text) {
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() + word.length() >= WIDTH) {
        lines.add(line.toString().stripTrailing());
        line.setLength(0);
      }
      line.append(word).append(' ');
    }
    lines.add(line.toString().stripTrailing());
  }
}
