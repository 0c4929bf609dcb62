package dev.stemma.report;

import dev.stemma.artifact.Printable;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Short names of a tree's models: the reference's last word, where no other has the same. */
public final class TreeLabels {
  private final Map<String, Integer> counts = new HashMap<>();

  /** For one tree. */
  public TreeLabels(FamilyTree tree) {
    tree.nodes().forEach(node -> counts.merge(last(node.model()), 1, Integer::sum));
  }

  /** A node's name. */
  public String of(Node node) {
    return of(node.model());
  }

  /** A model's name. */
  public String of(String model) {
    String last = last(model);
    return Printable.text(counts.getOrDefault(last, 0) == 1 ? last : model);
  }

  private static String last(String model) {
    String trimmed = model.replaceAll("[/\\\\]+$", "");
    String last =
        trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1);
    return last.isBlank() ? model : last;
  }

  /** The confidence with two digits. */
  public static String confidence(Node node) {
    return String.format(Locale.ROOT, "%.2f", node.confidence());
  }
}
