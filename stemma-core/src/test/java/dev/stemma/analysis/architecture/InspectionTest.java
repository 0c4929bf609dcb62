package dev.stemma.analysis.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.architecture.KnownModels;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Config;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The cards' figures, and what the tool says to the documents' mistakes. */
class InspectionTest {
  private static Inspection known(String name) {
    return Inspection.of(name, KnownModels.named(name).orElseThrow().config());
  }

  private static Inspection variant(String name, String key, long value) {
    ObjectNode json = KnownModels.named(name).orElseThrow().config().json().deepCopy();
    json.put(key, value);
    return Inspection.of(name, new Config(json));
  }

  @ParameterizedTest
  @CsvSource({
    "Solar-Open-100B, 196608, 0, GQA, 8",
    "GLM-4.5-Air, 188416, 0, GQA, 12",
    "DeepSeek-V3, 70272, 0, MLA, 1",
    "K-EXAONE-236B-A23B, 49152, 128, GQA, 8",
    "VAETKI-100B-A10B, 9216, 512, MLA, 1",
    "MiniMax-Text-01, 40960, 0, GQA, 8",
    "Mistral-7B-v0.1, 131072, 4096, GQA, 4",
    "Gemma-2B, 18432, 0, MQA, 8"
  })
  void cacheAndAttention(String name, long bytesPerToken, long window, String kind, long groups) {
    ObjectNode json = InspectionJson.of(known(name));
    assertThat(json.path("kvCache").path("bytesPerToken").longValue()).isEqualTo(bytesPerToken);
    assertThat(json.path("kvCache").path("windowTokens").longValue()).isEqualTo(window);
    assertThat(json.path("attention").path("kind").stringValue()).isEqualTo(kind);
    assertThat(json.path("attention").path("groups").longValue()).isEqualTo(groups);
  }

  @Test
  void theDocumentHasTheKeysThatScriptsRelyOn() {
    ObjectNode json = InspectionJson.of(known("Solar-Open-100B"));
    assertThat(json.path("schema").stringValue()).isEqualTo("stemma.inspect/1");
    assertThat(json.path("family").stringValue()).isEqualTo("solar_open");
    assertThat(json.at("/parameters/total").longValue()).isEqualTo(102_651_793_408L);
    assertThat(json.at("/parameters/active/all").longValue()).isEqualTo(12_054_827_008L);
    assertThat(json.at("/parameters/active/withoutInputEmbedding").longValue())
        .isEqualTo(11_249_520_640L);
    assertThat(json.at("/parameters/active/withoutEmbeddings").longValue())
        .isEqualTo(10_444_214_272L);
    assertThat(json.at("/parameters/components/embedding").longValue()).isEqualTo(805_306_368L);
    assertThat(json.at("/parameters/apart/totalWithScoreCorrection").longValue())
        .isEqualTo(102_651_799_552L);
    assertThat(json.at("/kvCache/elementType").stringValue()).isEqualTo("bf16");
    assertThat(json.at("/experts/routed").longValue()).isEqualTo(128);
    assertThat(json.at("/experts/shared").longValue()).isEqualTo(1);
    assertThat(json.at("/experts/active").longValue()).isEqualTo(8);
    assertThat(json.at("/experts/router").stringValue()).isEqualTo("sigmoid");
    assertThat(json.at("/positions/attentionFactor").doubleValue())
        .isEqualTo(0.1 * Math.log(2) + 1);
  }

  @Test
  void servingNeverTrustsRemoteCodeAndItsDegreesDivideTheHeads() {
    Serving serving = new Serving(known("Solar-Open-100B"));
    assertThat(serving.degrees()).containsExactly(1, 2, 4, 8, 16, 32, 64);
    assertThat(String.join(" ", serving.commands())).doesNotContain("trust");
    assertThat(serving.needed(80)).isEqualTo(4);
  }

  @Test
  void aSharedExpertIsAsWideAsItsConfigurationSaysAndNotAsIntermediateSize() {
    Inspection right = known("Solar-Open-100B");
    assertThat(right.experts().sharedWidth()).isEqualTo(1280);
    Inspection wider = variant("Solar-Open-100B", "intermediate_size", 99_999);
    assertThat(wider.parameters().total()).isEqualTo(right.parameters().total());
  }

  @Test
  void aQueryProjectionIsAsWideAsItsHeads() {
    String drawing =
        String.join(
            "\n",
            LayerDrawing.text(
                LayerDrawing.figure(LayerDrawing.ofLast(known("Solar-Open-100B"))), 200));
    assertThat(drawing).contains("q_proj 8192x4096").contains("shared_experts.up_proj 1280x4096");
    assertThat(drawing).contains("sigmoid").doesNotContain("softmax");
  }

  @Test
  void aHiddenSizeFromADocumentIsSaidToDifferFromTheKnownModel() {
    Inspection wrong = variant("Qwen2.5-72B", "hidden_size", 12_288);
    assertThat(wrong.parameters().total()).isNotEqualTo(72_706_203_648L);
    assertThat(String.join(" ", wrong.notes())).contains("hidden_size 12288 against 8192");
  }

  @Test
  void anUnknownFamilyThatLacksASizeIsRefusedByItsName() {
    assertThatThrownBy(() -> of("{\"model_type\":\"novel\",\"hidden_size\":64}"))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("vocab_size");
  }

  @Test
  void sizesThatTheOfficialClassWouldFillInAreNamed() {
    Inspection bare = of("{\"model_type\":\"gpt2\"}");
    assertThat(bare.parameters().total()).isEqualTo(124_439_808L);
    assertThat(String.join(" ", bare.notes())).contains("vocab_size 50257", "num_hidden_layers 12");
  }

  @Test
  void aMisspeltSizeIsRefused() {
    assertThatThrownBy(() -> of("{\"model_type\":\"llama\",\"hiden_size\":2048}"))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("hiden_size")
        .hasMessageContaining("hidden_size");
  }

  private static Inspection of(String config) {
    return Inspection.of(
        "config.json", new Config((ObjectNode) JsonMapper.shared().readTree(config)));
  }

  @Test
  void absurdSizesAreRefused() {
    for (String key : List.of("num_hidden_layers", "hidden_size", "vocab_size")) {
      assertThatThrownBy(() -> variant("Llama-3-8B", key, Long.MAX_VALUE / 2))
          .isInstanceOf(ArtifactException.class);
    }
    assertThatThrownBy(() -> variant("Llama-3-8B", "num_attention_heads", 0))
        .isInstanceOf(ArtifactException.class);
  }

  @Test
  void contradictionsAreNamed() {
    assertThat(variant("Llama-3-8B", "num_key_value_heads", 5).notes())
        .anyMatch(note -> note.contains("32 heads cannot share 5"));
    assertThat(variant("Mixtral-8x7B", "num_experts_per_tok", 9).notes())
        .anyMatch(note -> note.contains("more than the 8 experts"));
  }

  @Test
  void gpusBeyondOneMachineWorkInStages() {
    Serving serving = new Serving(known("DeepSeek-V3"));
    assertThat(serving.needed(80)).isEqualTo(21);
    assertThat(serving.layout(21)).isEqualTo(new Serving.Layout(8, 3));
    assertThat(serving.commands().getFirst())
        .contains("--tensor-parallel-size 8 --pipeline-parallel-size 3");
    assertThat(new Serving(known("Falcon-7B")).degrees()).containsExactly(1);
  }

  @Test
  void theRanksOfLatentAttentionAreSaid() {
    assertThat(known("A.X-K1").attention().orElseThrow().description())
        .startsWith("MLA (64 query heads, latent rank 512");
    assertThat(known("DeepSeek-V3").attention().orElseThrow().latent().queryRank()).isEqualTo(1536);
  }

  @Test
  void aVisionPartThatIsNotDescribedIsSaidToBeLeftOut() {
    Inspection inspection =
        of(
            "{\"model_type\":\"mistral3\",\"text_config\":{\"model_type\":\"mistral\"},"
                + "\"vision_config\":{\"hidden_size\":64}}");
    assertThat(inspection.parameters().total()).isEqualTo(7_241_732_096L);
    assertThat(inspection.notes()).anyMatch(note -> note.contains("vision_config"));
  }

  @Test
  void hyperClovaXUnderTheNameOnTheHub() {
    Inspection inspection =
        of(
            "{\"model_type\":\"vlm\",\"text_config\":{\"model_type\":\"hyperclovax\",\"vocab_size\":"
                + "128256,\"hidden_size\":5120,\"intermediate_size\":24192,\"num_hidden_layers\":72,"
                + "\"num_attention_heads\":40,\"num_key_value_heads\":8},\"vision_config\":{\"depth\":"
                + "32,\"hidden_size\":1280,\"intermediate_size\":3456,\"num_heads\":16,"
                + "\"out_hidden_size\":5120}}");
    assertThat(inspection.parameters().total()).isEqualTo(33_313_410_304L);
  }

  @Test
  void aSharedExpertOf10240AsInTheDocumentIsSaidToDiffer() {
    Inspection wrong = variant("Solar-Open-100B", "n_shared_experts", 10_240 / 1280);
    assertThat(wrong.experts().sharedWidth()).isEqualTo(10_240);
    assertThat(wrong.parameters().total())
        .isEqualTo(102_651_793_408L + 48L * 3 * 4096 * (10_240 - 1280));
    assertThat(wrong.notes())
        .anyMatch(note ->
            note.contains("Solar-Open-100B") && note.contains("n_shared_experts 8 against 1"));
  }

  @Test
  void aQueryProjectionOf4096AsInTheDocumentIsSaidToDiffer() {
    Inspection wrong = variant("Solar-Open-100B", "num_attention_heads", 32);
    assertThat(LayerDrawing.text(LayerDrawing.figure(LayerDrawing.ofLast(wrong)), 200).toString())
        .contains("q_proj 4096x4096");
    assertThat(wrong.parameters().total())
        .isEqualTo(102_651_793_408L - 48L * 2 * 4096 * (8192 - 4096));
    assertThat(wrong.notes()).anyMatch(note -> note.contains("num_attention_heads 32 against 64"));
  }
}
