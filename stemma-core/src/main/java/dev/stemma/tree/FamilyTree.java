package dev.stemma.tree;

import dev.stemma.verdict.Kind;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who descends from whom: one node for each model, and for ancestors that were not given. */
public record FamilyTree(List<Node> nodes) {
  /** Keeps the list unmodifiable. */
  public FamilyTree {
    nodes = List.copyOf(nodes);
  }

  /** What a node is. */
  public enum Role {
    FOUNDER,
    CHILD,
    UNDETERMINED,
    LATENT;

    /** The name in reports. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One model.
   *
   * @param parent null where it has none, or where which it is stays open
   * @param nearest the kin that it is drawn at: the parent, or with an open parent the kin that it
   *     is nearest to
   * @param otherParents of a merge or chimera
   * @param kinds how it came from the nearest
   * @param confidence share of resamplings of the matrices that give the same
   */
  public record Node(
      String model,
      @Nullable String parent,
      Role role,
      @Nullable String nearest,
      List<String> otherParents,
      List<Kind> kinds,
      double confidence) {
    /** Keeps the lists unmodifiable. */
    public Node {
      otherParents = List.copyOf(otherParents);
      kinds = List.copyOf(kinds);
    }
  }

  /** Nodes that are drawn at the top. */
  public List<Node> tops() {
    return nodes.stream().filter(node -> node.nearest() == null).toList();
  }

  /** Nodes that are drawn under that one. */
  public List<Node> under(Node node) {
    return nodes.stream().filter(one -> node.model().equals(one.nearest())).toList();
  }
}
