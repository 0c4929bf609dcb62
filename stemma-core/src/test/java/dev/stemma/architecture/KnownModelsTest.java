package dev.stemma.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every count that the facts state comes out to the last digit. */
class KnownModelsTest {
  @TestFactory
  List<DynamicTest> everyStatedCountComesOut() {
    return KnownModels.all().stream()
        .map(model -> DynamicTest.dynamicTest(model.name(), () -> check(model)))
        .toList();
  }

  private static void check(KnownModel model) {
    ParameterCount count = ParameterCount.of(Families.architecture(model.config()));
    Map<String, Long> stated = model.computed();
    assertThat(count.total()).as("total").isEqualTo(stated.get("total"));
    check(stated, "active_all", count.active());
    check(stated, "active_minus_input_embed", count.activeWithoutInputEmbedding());
    check(stated, "active_minus_embed_and_head", count.activeWithoutEmbeddings());
    check(stated, "routed_experts", count.of(Block.ROUTED_EXPERTS));
    check(stated, "embed", count.inputEmbedding());
    check(stated, "lm_head_untied", count.head());
    check(stated, "e_score_correction_bias", count.of(Block.SCORE_CORRECTION));
    check(stated, "mtp_block_params", count.of(Block.MULTI_TOKEN_PREDICTION));
    check(stated, "mtp_embed_plus_head_copies", count.predictionCopies());
    check(stated, "checkpoint_total_with_mtp_and_copies", count.totalWithPredictionBlock());
  }

  private static void check(Map<String, Long> stated, String key, long actual) {
    if (stated.containsKey(key)) {
      assertThat(actual).as(key).isEqualTo(stated.get(key));
    }
  }
}
