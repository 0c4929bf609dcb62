package dev.stemma.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.testing.BundledFamily;
import dev.stemma.testing.ExpertModel;
import dev.stemma.testing.ExpertModel.Shape;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is the parent, in both orders, on a really trained model and what the lab makes of it. */
class DirectionTest {
  @TempDir Path folder;

  private BundledFamily family;

  @BeforeEach
  void open() {
    family = new BundledFamily(folder);
  }

  @AfterEach
  void close() {
    family.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lora:4                            | low-rank
          lora:16                           | low-rank
          prune-depth:0,2                   | depth-pruned
          prune-depth:0,2,noise:0.2         | depth-pruned
          dus:1                             | depth-up-scaled
          upcycle:4,noise:0.2               | upcycled
          prune-width:96x256                | width-pruned
          quantise:q4_0                     | quantised
          """)
  void whatWasAddedOrTakenAwayNamesTheChild(String how, String kind) throws IOException {
    String child = family.derived(bundled(), how, 21);
    bothOrders(bundled(), child, kind);
  }

  @Test
  void trainingAloneNamesNoParent() throws IOException {
    String child = family.derived(bundled(), "noise:0.4", 22);
    assertThat(family.decoder(bundled(), child).parent()).isEqualTo(Parent.UNDETERMINED);
    assertThat(family.decoder(child, bundled()).parent()).isEqualTo(Parent.UNDETERMINED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          noise:0.08           | noise:0.5
          lora:4               | noise:0.5
          lora:4               | prune-depth:0,2,noise:0.2
          lora:8,noise:0.02    | upcycle:3,noise:0.2
          lora:4               | dus:1,noise:0.2
          """)
  void aSiblingIsNotNamedTheParent(String how, String otherHow) throws IOException {
    String one = family.derived(bundled(), how, 23);
    String other = family.derived(bundled(), otherHow, 24);
    assertThat(family.decoder(one, other).parent()).isIn(Parent.UNDETERMINED, null);
    assertThat(family.decoder(other, one).parent()).isIn(Parent.UNDETERMINED, null);
  }

  /** The sibling that hardly moved looks like the parent, until the parent itself is given. */
  @Test
  void aThirdModelLeavesOpenWhatTwoSeemToSay() throws IOException {
    String sibling = family.derived(bundled(), "noise:0.06", 30);
    String child = family.derived(bundled(), "prune-depth:0,2,noise:0.3", 31);
    assertThat(family.decoder(sibling, child, bundled()).parent()).isEqualTo(Parent.UNDETERMINED);
    assertThat(family.decoder(child, sibling, bundled()).parent()).isEqualTo(Parent.UNDETERMINED);
    String far = family.derived(bundled(), "noise:0.3", 32);
    assertThat(family.decoder(bundled(), child, far).parent()).isEqualTo(Parent.A);
  }

  /** Alpha and twin share nothing; a model of layers from both is the child of both. */
  @ParameterizedTest
  @CsvSource({"1, 33, ''", "2, 34, 'noise:0.05'", "'0,1', 35, 'noise:0.1'"})
  void layersOfTwoDonorsMakeAChild(String layers, long seed, String healed) throws IOException {
    String how = "transplant-layers:" + twin() + "@" + layers;
    String child = family.derived(bundled(), healed.isEmpty() ? how : how + "," + healed, seed);
    assertThat(family.decoder(bundled(), child, twin()).parent()).isEqualTo(Parent.A);
    assertThat(family.decoder(child, bundled(), twin()).parent()).isEqualTo(Parent.B);
    assertThat(family.decoder(twin(), child, bundled()).parent()).isEqualTo(Parent.A);
    assertThat(family.decoder(bundled(), child).parent()).isEqualTo(Parent.UNDETERMINED);
    String sibling = family.derived(bundled(), "noise:0.3", seed + 100);
    assertThat(family.decoder(sibling, child, twin()).parent()).isIn(Parent.UNDETERMINED, null);
  }

  /** The source of all, whose layers two others took, is nobody's child. */
  @Test
  void aModelThatGaveItsLayersIsNotTakenForAChimera() throws IOException {
    String one = family.derived(twin(), "transplant-layers:" + bundled() + "@1", 36);
    String two =
        family.derived(
            family.derived(bundled(), "reinit", 37), "transplant-layers:" + bundled() + "@2", 38);
    assertThat(family.decoder(one, bundled(), two).parent()).isIn(Parent.UNDETERMINED, null);
    assertThat(family.decoder(bundled(), one, two).parent()).isIn(Parent.UNDETERMINED, null);
  }

  @Test
  void twoUpdatesOfLowRankHaveAnAncestorInCommon() throws IOException {
    ComponentVerdict found =
        family.decoder(
            family.derived(bundled(), "lora:4", 25), family.derived(bundled(), "lora:8", 26));
    assertThat(found.relation()).isEqualTo(Relation.SHARED_ANCESTOR);
    assertThat(found.parent()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"prune-experts:5", "'prune-experts:5,noise:0.1'"})
  void expertsThatAreMissingNameTheChild(String how) throws IOException {
    Path base =
        ExpertModel.write(
            folder.resolve("experts"), new Shape("solar_open", 64, 24, 2, 0, 8, 128), 27);
    bothOrders(base.toString(), family.derived(base.toString(), how, 28), "experts-pruned");
  }

  @ParameterizedTest
  @CsvSource({"reduce-vocabulary:400", "'reduce-vocabulary:300,noise:0.2'"})
  void tokensThatWereTakenOutNameTheChild(String how) throws IOException {
    Path base = withTokenizer();
    bothOrders(base.toString(), family.derived(base.toString(), how, 29), "vocabulary-reduced");
  }

  private void bothOrders(String parent, String child, String kind) {
    for (boolean parentFirst : new boolean[] {true, false}) {
      ComponentVerdict found =
          parentFirst ? family.decoder(parent, child) : family.decoder(child, parent);
      assertThat(found.relation()).isEqualTo(Relation.DERIVED);
      assertThat(found.kinds()).extracting(Kind::key).contains(kind);
      assertThat(found.parent()).isEqualTo(parentFirst ? Parent.A : Parent.B);
    }
  }

  private Path withTokenizer() throws IOException {
    Path base = Files.createDirectories(folder.resolve("base"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(Path.of(bundled()).resolve(name), base.resolve(name));
    }
    StringBuilder vocabulary = new StringBuilder();
    int tokens =
        family
            .investigation()
            .open(bundled())
            .model()
            .config()
            .orElseThrow()
            .json()
            .path("vocab_size")
            .asInt();
    for (int id = 0; id < tokens; id++) {
      vocabulary.append(id == 0 ? "" : ",").append("\"w").append(id).append("\":").append(id);
    }
    Files.writeString(
        base.resolve("tokenizer.json"),
        "{\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"vocab\":{"
            + vocabulary
            + "},\"merges\":[]}}",
        UTF_8);
    return base;
  }

  private static String bundled() {
    return BundledFamily.model("alpha");
  }

  private static String twin() {
    return BundledFamily.model("twin");
  }
}
