package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.TreeInvestigation;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.tree.FamilyTree.Role;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree of bundled, really trained models and of what the lab makes of one. */
class BundledTreeTest {
  @TempDir Path folder;

  @Test
  void childrenAreFoundUnderTheirParentAndStrangersApart() throws Exception {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      Path alpha = bundled("alpha");
      Path shallow = folder.resolve("shallow");
      Path rounded = folder.resolve("rounded");
      Lab lab = new Lab(investigation::open, investigation.tensors(), Progress.NONE);
      lab.derive(alpha.toString(), "prune-depth:0,2,noise:0.1", 1, shallow, List.of());
      lab.derive(shallow.toString(), "quantise:q4_0", 2, rounded, List.of());
      List<String> names = List.of("twin", "rounded", "shallow", "alpha");
      FamilyTree tree =
          TreeInvestigation.of(
              investigation,
              Progress.NONE,
              names,
              List.of(bundled("twin"), rounded, shallow, alpha).stream()
                  .map(path -> investigation.open(path.toString()))
                  .toList());
      assertThat(tree.nodes()).extracting(Node::model).containsExactlyElementsOf(names);
      assertThat(tree.nodes())
          .extracting(Node::role)
          .containsExactly(Role.FOUNDER, Role.CHILD, Role.CHILD, Role.FOUNDER);
      assertThat(tree.nodes())
          .extracting(Node::parent)
          .containsExactly(null, "shallow", "alpha", null);
    }
  }

  private static Path bundled(String name) throws Exception {
    return Path.of(
        Objects.requireNonNull(BundledTreeTest.class.getResource("/lineage/" + name)).toURI());
  }
}
