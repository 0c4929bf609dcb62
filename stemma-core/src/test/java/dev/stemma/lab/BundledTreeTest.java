package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.TreeInvestigation;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.BundledFamily;
import dev.stemma.tree.FamilyTree;
import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.tree.FamilyTree.Role;
import dev.stemma.tree.KinStore;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
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
      List<CanonicalModel> models =
          List.of(bundled("twin"), rounded, shallow, alpha).stream()
              .map(path -> investigation.open(path.toString()))
              .toList();
      FamilyTree tree =
          TreeInvestigation.of(
                  investigation,
                  Progress.NONE,
                  KinStore.open(folder.resolve("pairs.jsonl"), "test"),
                  names,
                  models)
              .tree();
      assertThat(tree.nodes()).extracting(Node::model).containsExactlyElementsOf(names);
      assertThat(tree.nodes())
          .extracting(Node::role)
          .containsExactly(Role.FOUNDER, Role.CHILD, Role.CHILD, Role.FOUNDER);
      assertThat(tree.nodes())
          .extracting(Node::parent)
          .containsExactly(null, "shallow", "alpha", null);

      // What a killed program left behind: whole lines, and a part of one.
      Path kept = folder.resolve("pairs.jsonl");
      List<String> lines = Files.readAllLines(kept);
      assertThat(lines).hasSize(6);
      Files.writeString(
          kept, String.join("\n", lines.subList(0, 5)) + "\n" + lines.get(5).substring(0, 99));
      for (int run = 0; run < 2; run++) {
        TreeInvestigation.Drawn again =
            TreeInvestigation.of(
                investigation, Progress.NONE, KinStore.open(kept, "test"), names, models);
        assertThat(again.tree()).isEqualTo(tree);
        assertThat(again.failed()).isEmpty();
        assertThat(Files.readAllLines(kept)).hasSize(7);
      }

      // A model whose weights go away under way is left out, and the others are drawn.
      Path gone = folder.resolve("gone");
      lab.derive(alpha.toString(), "noise:0.2", 3, gone, List.of());
      List<CanonicalModel> more = new ArrayList<>(models);
      more.add(1, investigation.open(gone.toString()));
      try (FileChannel weights =
          FileChannel.open(gone.resolve("model.safetensors"), StandardOpenOption.WRITE)) {
        weights.truncate(weights.size() / 2);
      }
      TreeInvestigation.Drawn others =
          TreeInvestigation.of(
              investigation,
              Progress.NONE,
              KinStore.open(kept, "test"),
              List.of("twin", "gone", "rounded", "shallow", "alpha"),
              more);
      assertThat(others.tree()).isEqualTo(tree);
      assertThat(others.failed()).containsOnlyKeys("gone");
    }
  }

  private static Path bundled(String name) {
    return Path.of(BundledFamily.model(name));
  }
}
