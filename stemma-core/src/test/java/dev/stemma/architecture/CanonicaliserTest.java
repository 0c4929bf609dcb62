package dev.stemma.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.artifact.Component;
import dev.stemma.artifact.Digest;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Names as real checkpoints have them: other roots, no configuration, fused and stacked tensors.
 */
class CanonicaliserTest {
  private static Map<String, List<Long>> bert(String root) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    shapes.put(root + "embeddings.word_embeddings.weight", List.of(100L, 24L));
    shapes.put(root + "embeddings.position_embeddings.weight", List.of(32L, 24L));
    shapes.put(root + "embeddings.token_type_embeddings.weight", List.of(2L, 24L));
    shapes.put(root + "embeddings.LayerNorm.weight", List.of(24L));
    shapes.put(root + "embeddings.LayerNorm.bias", List.of(24L));
    for (int layer = 0; layer < 3; layer++) {
      String before = root + "encoder.layer." + layer + ".";
      for (String name : List.of("query", "key", "value")) {
        shapes.put(before + "attention.self." + name + ".weight", List.of(24L, 24L));
        shapes.put(before + "attention.self." + name + ".bias", List.of(24L));
      }
      shapes.put(before + "attention.output.dense.weight", List.of(24L, 24L));
      shapes.put(before + "attention.output.dense.bias", List.of(24L));
      shapes.put(before + "intermediate.dense.weight", List.of(96L, 24L));
      shapes.put(before + "intermediate.dense.bias", List.of(96L));
      shapes.put(before + "output.dense.weight", List.of(24L, 96L));
      shapes.put(before + "output.dense.bias", List.of(24L));
      for (String name : List.of("attention.output", "output")) {
        shapes.put(before + name + ".LayerNorm.weight", List.of(24L));
        shapes.put(before + name + ".LayerNorm.bias", List.of(24L));
      }
    }
    return shapes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "bert.", "model.", "0.auto_model."})
  void aBertWithoutConfigurationIsRecognisedByItsNames(String root) {
    CanonicalModel model = Families.canonicalise(Headers.model(null, bert(root)));
    assertThat(model.family()).isEqualTo("bert");
    assertThat(model.unmapped()).isEmpty();
    assertThat(model.layers(Component.ENCODER)).containsExactly(0, 1, 2);
    assertThat(model.components()).containsExactly(Component.EMBEDDING, Component.ENCODER);
    assertThat(model.tensor(Role.inLayer(Component.ENCODER, 2, Part.UP)).orElseThrow().shape())
        .isEqualTo(Shape.of(96, 24));
  }

  @Test
  void aLlamaWithoutConfigurationIsRecognisedByItsNames() {
    CanonicalModel model =
        Families.canonicalise(
            Headers.model(null, Headers.shapes(Headers.golden("llama").get("tensors"))));
    assertThat(model.family()).isEqualTo("llama");
    assertThat(model.unmapped()).isEmpty();
    assertThat(model.layers(Component.DECODER)).containsExactly(0, 1, 2);
  }

  private static Map<String, List<Long>> renamed(String golden, UnaryOperator<String> rename) {
    Map<String, List<Long>> shapes = new TreeMap<>();
    Headers.shapes(Headers.golden(golden).get("tensors"))
        .forEach((name, shape) -> shapes.put(rename.apply(name), shape));
    return shapes;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"language_model.model.", "model.language_model.", "", "base_model.model.model."})
  void aTextDecoderMayStandUnderOtherWords(String root) {
    Map<String, List<Long>> shapes = renamed("qwen3", name -> name.replace("model.", root));
    shapes.put("vision_tower.encoder.layers.0.self_attn.q_proj.weight", List.of(8L, 8L));
    shapes.put("vision_tower.encoder.layers.1.self_attn.q_proj.weight", List.of(8L, 8L));
    Model model = Headers.model((ObjectNode) Headers.golden("qwen3").get("config"), shapes);
    CanonicalModel canonical = Families.canonicalise(model);
    assertThat(canonical.unmapped())
        .extracting(tensor -> tensor.name())
        .allMatch(name -> name.startsWith("vision_tower"));
    assertThat(canonical.tensor(Role.global(Component.OUTPUT_HEAD, Part.HEAD))).isPresent();
  }

  @Test
  void aWrapperOfAnUnknownTypeIsReadByItsTextSection() {
    ObjectNode config = Headers.JSON.createObjectNode();
    config.put("model_type", "some_vision_wrapper");
    config.set("text_config", Headers.golden("qwen3").get("config"));
    Map<String, List<Long>> shapes =
        renamed("qwen3", name -> name.replace("model.", "model.language_model."));
    CanonicalModel canonical = Families.canonicalise(Headers.model(config, shapes));
    assertThat(canonical.family()).isEqualTo("qwen3");
    assertThat(canonical.unmapped()).isEmpty();
  }

  @Test
  void layersBeyondTheConfigurationHaveNoRole() {
    Map<String, List<Long>> shapes = renamed("deepseek_v3", name -> name);
    shapes.put("model.layers.3.eh_proj.weight", List.of(64L, 128L));
    shapes.put("model.layers.3.self_attn.o_proj.weight", List.of(64L, 128L));
    CanonicalModel canonical =
        Families.canonicalise(
            Headers.model((ObjectNode) Headers.golden("deepseek_v3").get("config"), shapes));
    assertThat(canonical.layers(Component.DECODER)).containsExactly(0, 1, 2);
    assertThat(canonical.unmapped()).hasSize(2);
  }

  @Test
  void aModelOfNoFamilyIsReadByItsNames() {
    Map<String, List<Long>> shapes = new TreeMap<>();
    shapes.put("transformer.tok_embeddings.weight", List.of(50L, 16L));
    for (int layer = 0; layer < 2; layer++) {
      String before = "transformer.blocks." + layer + ".";
      for (String name : List.of("wq", "wk", "wv", "wo")) {
        shapes.put(before + "attention." + name + ".weight", List.of(16L, 16L));
      }
      shapes.put(before + "mixer.strange.weight", List.of(16L, 16L));
    }
    CanonicalModel canonical = Families.canonicalise(Headers.model(null, shapes));
    assertThat(canonical.family()).isEqualTo(Family.UNKNOWN);
    assertThat(canonical.layers(Component.DECODER)).containsExactly(0, 1);
    assertThat(canonical.unmapped()).hasSize(2);
  }

  @Test
  void aTiedHeadThatIsTheSameBytesIsSeenOnce() {
    ObjectNode config = (ObjectNode) Headers.golden("gemma2").get("config");
    Model plain = Headers.model(config, renamed("gemma2", name -> name));
    List<dev.stemma.artifact.Tensor> tensors = new java.util.ArrayList<>(plain.tensors());
    tensors.add(new dev.stemma.artifact.Tensor("lm_head.weight", tensors.getFirst().view()));
    Model tied =
        new Model("t", "t", Digest.of("d"), plain.config(), tensors, plain.tokenizer(), List.of());
    CanonicalModel canonical = Families.canonicalise(tied);
    assertThat(canonical.components()).doesNotContain(Component.OUTPUT_HEAD);
    assertThat(canonical.unmapped()).isEmpty();
  }
}
