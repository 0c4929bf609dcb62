package dev.stemma.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The contract of all families: with a fixture's configuration every shape resolves, a header
 * written by the family's own templates maps in both directions under other roots too, fused and
 * stacked tensors included, and no element is lost.
 */
class EveryFamilyTest {
  private static final ObjectNode FIXTURES = FamilyFiles.resource("fixtures.json");

  @TestFactory
  List<DynamicTest> everyFamilyKeepsTheContract() {
    List<DynamicTest> tests = new ArrayList<>();
    for (Family family : Families.all()) {
      tests.add(DynamicTest.dynamicTest(family.id(), () -> check(family)));
    }
    return tests;
  }

  private static void check(Family family) {
    assertThat(FIXTURES.get(family.id())).as("a fixture for " + family.id()).isNotNull();
    ObjectNode config = (ObjectNode) FIXTURES.get(family.id());
    Architecture architecture = Families.architecture(new dev.stemma.artifact.Config(config));
    if (!family.id().equals(Family.UNKNOWN)) {
      assertThat(architecture.family()).isEqualTo(family);
    }
    Map<String, List<Long>> shapes = header(architecture);
    Model model = Headers.model(config, shapes);
    CanonicalModel canonical = Families.canonicalise(model);
    assertThat(canonical.unmapped()).isEmpty();
    assertThat(CheckpointCheck.of(canonical, architecture).differences()).isEmpty();
    long stored = model.tensors().stream().mapToLong(t -> t.shape().elements()).sum();
    long seen = canonical.tensors().values().stream().mapToLong(v -> v.shape().elements()).sum();
    ParameterCount count = ParameterCount.of(architecture);
    assertThat(seen).isEqualTo(stored);
    assertThat(count.totalWithScoreCorrection()).isEqualTo(stored);
    assertThat(count.active()).isLessThanOrEqualTo(count.total());
    assertThat(Attention.of(architecture).heads()).isPositive();
    assertThat(KeyValueCache.of(architecture).bytes(100, 1, 2)).isNotNegative();
    for (String fact : family.facts().keySet()) {
      architecture.values().atLayer(0).fact(fact);
    }
  }

  /** All tensors of an architecture under their official names. */
  static Map<String, List<Long>> header(Architecture architecture) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    for (LayerStack stack : architecture.stacks()) {
      if (!stack.counted()) {
        continue;
      }
      Values values = architecture.values(stack);
      stack.rooted().forEach(template -> add(shapes, template, stack.root(), values));
      stack.outside().forEach(template -> add(shapes, template, "", values));
      for (int layer = 0; layer < stack.layers(values); layer++) {
        String before =
            stack.root() + stack.layerNames().getFirst().replace("${layer}", String.valueOf(layer));
        Values ofLayer = values.atLayer(layer);
        stack.inLayer().forEach(template -> add(shapes, template, before, ofLayer));
      }
    }
    return shapes;
  }

  private static void add(
      Map<String, List<Long>> shapes, TensorTemplate template, String before, Values values) {
    if (template.alternative() || !template.applies(values)) {
      return;
    }
    List<Long> shape = new ArrayList<>();
    template.shape().forEach(dimension -> shape.add(dimension.whole(values)));
    String name = before + template.names().getFirst();
    if (template.experts() == null || template.isStacked()) {
      assertThat(shapes.put(name, shape)).as("twice: " + name).isNull();
      return;
    }
    for (long expert = 0; expert < template.experts().whole(values); expert++) {
      shapes.put(name.replace("${expert}", String.valueOf(expert)), shape);
    }
  }
}
