package dev.stemma.analysis.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.architecture.KnownModels;
import dev.stemma.evidence.Figure;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The user's tables with the right figures. */
class ConfigComparisonTest {
  private static Inspection known(String name) {
    return Inspection.of(name, KnownModels.named(name).orElseThrow().config());
  }

  private static final ConfigComparison SOLAR_AND_GLM =
      new ConfigComparison(List.of(known("Solar-Open-100B"), known("GLM-4.5-Air")));

  @Test
  void theDocumentsEighteenKeys() {
    assertThat(SOLAR_AND_GLM.total(1, true)).isEqualTo(new ConfigComparison.Agreement(10, 18));
    assertThat(SOLAR_AND_GLM.agreement(1, true).get("attention"))
        .isEqualTo(new ConfigComparison.Agreement(2, 4));
    assertThat(SOLAR_AND_GLM.agreement(1, true).get("position"))
        .isEqualTo(new ConfigComparison.Agreement(2, 3));
    assertThat(SOLAR_AND_GLM.agreement(1, true).get("MoE"))
        .isEqualTo(new ConfigComparison.Agreement(3, 5));
  }

  @Test
  void parametersOfALayer() {
    Figure.Table layer =
        SOLAR_AND_GLM.tables().stream()
            .filter(table -> table.title().startsWith("Parameters of one layer"))
            .findFirst()
            .orElseThrow();
    assertThat(layer.rows())
        .contains(
            List.of("q_proj", "33.55M", "50.33M", "-33.3%"),
            List.of("Shared experts", "15.73M", "17.30M", "-9.1%"),
            List.of("One routed expert", "15.73M", "17.30M", "-9.1%"),
            List.of("All routed experts", "2.01B", "2.21B", "-9.1%"));
  }

  @Test
  void theFiveKeyRuleIsLabelledAsTheDocuments() {
    FiveKeyRule rule =
        new FiveKeyRule(
            known("Solar-Open-100B").architecture(), known("GLM-4.5-Air").architecture());
    assertThat(rule.matches()).isEqualTo(2);
    assertThat(rule.sentence()).contains("The document's").contains("only weights decide");
  }

  @Test
  void upScalingIsAllowedByShapes() {
    assertThat(new Derivations(known("Mistral-7B-v0.1"), known("SOLAR-10.7B")).allowed())
        .anyMatch(line -> line.contains("32 -> 48") && line.contains("1-24 followed by 9-32"))
        .anyMatch(line -> line.startsWith("Depth pruning of SOLAR-10.7B"));
  }

  @Test
  void upcyclingIsAllowedByShapes() {
    assertThat(new Derivations(known("Mistral-7B-v0.1"), known("Mixtral-8x7B")).allowed())
        .anyMatch(line -> line.startsWith("Upcycling") && line.contains("copies"));
  }

  @Test
  void nothingEverSaysFromScratch() {
    List<String> all = new java.util.ArrayList<>(SOLAR_AND_GLM.sentences());
    SOLAR_AND_GLM.tables().forEach(table -> all.add(table.toString()));
    assertThat(String.join(" ", all)).doesNotContainIgnoringCase("from scratch");
  }

  @Test
  void aModelIsNearestToItself() {
    assertThat(NearestModels.of(known("Gemma-2-9B")).getFirst().model().name())
        .isEqualTo("Gemma-2-9B");
  }
}
