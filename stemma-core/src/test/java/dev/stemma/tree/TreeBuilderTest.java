package dev.stemma.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.weights.MatrixSteps.Link;
import dev.stemma.analysis.weights.MatrixSteps.Step;
import dev.stemma.tree.FamilyTree.Node;
import dev.stemma.tree.FamilyTree.Role;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Made-up relations of which the tree is known. */
class TreeBuilderTest {
  private static final int MATRICES = 12;
  private static final TreeRules RULES = TreeRules.standard();

  private final List<Kin> pairs = new ArrayList<>();
  private final List<Trio> trios = new ArrayList<>();

  private void kin(int a, int b, Relation relation, Parent parent, double distance, Kind... kinds) {
    TreeMap<Link, Step> steps = new TreeMap<>();
    for (int matrix = 0; matrix < MATRICES; matrix++) {
      String place = matrix + " gate";
      double cosine = Math.exp(-distance * (1 + 0.01 * matrix) / 2);
      steps.put(new Link(place, place), new Step(cosine, 1, 1, 1, 0.99, 0.99));
    }
    pairs.add(new Kin(a, b, relation, List.of(kinds), parent, Parent.UNDETERMINED, steps));
  }

  private void left(int child, int one, int other, double share) {
    double[] bands = new double[8];
    Arrays.fill(bands, share);
    trios.add(new Trio(child, one, other, java.util.Collections.nCopies(MATRICES, bands)));
  }

  private FamilyTree build(String... names) {
    return TreeBuilder.build(new KinGraph(List.of(names), pairs, RULES), trios, List.of());
  }

  private static Node node(FamilyTree tree, String name) {
    return tree.nodes().stream().filter(one -> one.model().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void unrelatedModelsAreFoundersEach() {
    FamilyTree tree = build("a", "b", "c");
    assertThat(tree.nodes()).extracting(Node::role).containsOnly(Role.FOUNDER);
    assertThat(tree.tops()).hasSize(3);
  }

  @Test
  void aChainKeepsItsOrder() {
    kin(0, 1, Relation.DERIVED, Parent.A, 0.2, Kind.DEPTH_PRUNED);
    kin(1, 2, Relation.DERIVED, Parent.A, 0.1, Kind.QUANTISED);
    kin(0, 2, Relation.DERIVED, Parent.A, 0.3, Kind.DEPTH_PRUNED, Kind.QUANTISED);
    FamilyTree tree = build("base", "pruned", "rounded");
    assertThat(node(tree, "base").role()).isEqualTo(Role.FOUNDER);
    assertThat(node(tree, "pruned").parent()).isEqualTo("base");
    assertThat(node(tree, "rounded").parent()).isEqualTo("pruned");
  }

  @Test
  void aPairWithoutDirectionStaysOpenOnBothEnds() {
    kin(0, 1, Relation.DERIVED, Parent.UNDETERMINED, 0.01, Kind.FINE_TUNED);
    FamilyTree tree = build("one", "two");
    assertThat(tree.nodes()).extracting(Node::role).containsOnly(Role.UNDETERMINED);
    assertThat(tree.nodes()).extracting(Node::parent).containsOnlyNulls();
  }

  /** A light edit looks like the parent of its siblings where only pairs are seen. */
  @Test
  void aLightEditIsNotTheParentOfItsSiblings() {
    kin(0, 1, Relation.DERIVED, Parent.UNDETERMINED, 0.01, Kind.FINE_TUNED);
    for (int child = 2; child <= 4; child++) {
      kin(0, child, Relation.DERIVED, Parent.A, 0.2, Kind.DEPTH_PRUNED);
      kin(1, child, Relation.DERIVED, Parent.A, 0.19, Kind.DEPTH_PRUNED);
      left(child, 0, 1, child == 4 ? 0.6 : 0.1);
    }
    FamilyTree tree = build("base", "edit", "x", "y", "z");
    assertThat(node(tree, "base").role()).isEqualTo(Role.FOUNDER);
    assertThat(node(tree, "edit").role()).isEqualTo(Role.UNDETERMINED);
    for (String child : List.of("x", "y", "z")) {
      assertThat(node(tree, child).parent()).as(child).isEqualTo("base");
    }
  }

  @Test
  void siblingsWithoutTheirParentHangOffALatentAncestor() {
    kin(0, 1, Relation.SHARED_ANCESTOR, Parent.UNDETERMINED, 0.5);
    kin(1, 2, Relation.SHARED_ANCESTOR, Parent.UNDETERMINED, 0.5);
    FamilyTree tree = build("one", "two", "three", "alone");
    Node latent = tree.nodes().getFirst();
    assertThat(latent.role()).isEqualTo(Role.LATENT);
    assertThat(tree.under(latent)).extracting(Node::model).containsExactly("one", "two", "three");
    assertThat(node(tree, "alone").role()).isEqualTo(Role.FOUNDER);
  }

  @Test
  void aSharedInitialisationJoinsNothing() {
    kin(0, 1, Relation.SHARED_ANCESTOR, Parent.UNDETERMINED, 1.5, Kind.SAME_INITIALISATION);
    FamilyTree tree = build("one", "two");
    assertThat(tree.nodes()).extracting(Node::role).containsOnly(Role.FOUNDER);
  }

  @Test
  void aMergeHasTwoParents() {
    kin(0, 1, Relation.DERIVED, Parent.A, 0.2, Kind.CONTINUED);
    kin(0, 2, Relation.DERIVED, Parent.UNDETERMINED, 0.1);
    kin(1, 2, Relation.SHARED_ANCESTOR, Parent.UNDETERMINED, 0.1);
    FamilyTree tree =
        TreeBuilder.build(
            new KinGraph(List.of("base", "child", "merged"), pairs, RULES),
            trios,
            List.of(new Blend(2, List.of(1, 0), List.of(Kind.MERGED))));
    assertThat(node(tree, "merged").parent()).isEqualTo("child");
    assertThat(node(tree, "merged").otherParents()).containsExactly("base");
    assertThat(node(tree, "child").parent()).isEqualTo("base");
  }

  @Test
  void theSameRelationsGiveTheSameConfidence() {
    kin(0, 1, Relation.DERIVED, Parent.A, 0.2, Kind.DEPTH_PRUNED);
    kin(0, 2, Relation.DERIVED, Parent.A, 0.2, Kind.DEPTH_PRUNED);
    assertThat(build("a", "b", "c")).isEqualTo(build("a", "b", "c"));
  }
}
