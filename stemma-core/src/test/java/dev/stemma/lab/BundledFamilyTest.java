package dev.stemma.lab;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.Investigation;
import dev.stemma.analysis.Scope;
import dev.stemma.report.Report;
import dev.stemma.testing.BundledFamily;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The verdict's truth table on the bundled, really trained models and what the lab makes of them.
 */
class BundledFamilyTest {
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
          noise:0.08                              | fine-tuned
          noise:0.8                               | continued
          lora:4                                  | low-rank
          permute                                 | permuted
          rotate                                  | rotated
          rescale                                 | rescaled
          noise:0.1,rescale                       | rescaled
          noise:0.1,permute,rescale               | permuted
          prune-depth:0,2                         | depth-pruned
          prune-depth:0,2,noise:0.1,permute       | depth-pruned
          dus:1                                   | depth-up-scaled
          prune-width:96x256                      | width-pruned
          upcycle:4                               | upcycled
          extend-vocabulary:64,noise:0.05         | vocabulary-extended
          quantise:q4_0                           | quantised
          """)
  void aChildIsFoundWithItsKind(String how, String kind) throws IOException {
    ComponentVerdict decoder =
        BundledFamily.decoder(
            family.compare(
                BundledFamily.model("alpha"),
                family.derived(BundledFamily.model("alpha"), how, 7)));
    assertThat(decoder.relation()).isEqualTo(Relation.DERIVED);
    assertThat(decoder.kinds()).extracting(Kind::key).contains(kind);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "permute,rescale,replace-embeddings:300",
        "rotate,permute,noise:0.1,replace-embeddings:300"
      })
  void aDisguiseUnderNewTokensIsSeenByAttentionAlone(String how) throws IOException {
    ComponentVerdict decoder =
        BundledFamily.decoder(
            family.compare(
                BundledFamily.model("alpha"),
                family.derived(BundledFamily.model("alpha"), how, 7)));
    assertThat(decoder.relation()).isEqualTo(Relation.DERIVED);
    assertThat(decoder.because()).containsExactly("weights.spectral-agreement");
  }

  @Test
  void aCopyIsIdentical() throws IOException {
    assertThat(
            BundledFamily.decoder(
                    family.compare(
                        BundledFamily.model("alpha"),
                        family.derived(BundledFamily.model("alpha"), "rename", 7)))
                .relation())
        .isEqualTo(Relation.IDENTICAL);
  }

  @Test
  void aCopyOfWhichAPartWasComparedIsEqualSoFar() throws IOException {
    Report report =
        family
            .investigation()
            .compare(
                new Investigation.Request(
                    BundledFamily.model("alpha"),
                    family.derived(BundledFamily.model("alpha"), "rename", 7),
                    List.of(),
                    List.of(),
                    new Scope(new TreeSet<>(List.of(1, 2)), false),
                    "test"));
    ComponentVerdict decoder = BundledFamily.decoder(report);
    assertThat(decoder.relation()).isEqualTo(Relation.DERIVED);
    assertThat(decoder.kinds()).containsExactly(Kind.RE_EXPORTED);
    assertThat(decoder.parent()).isEqualTo(Parent.UNDETERMINED);
    assertThat(decoder.power()).contains("not tested: layers [0]");
    assertThat(Objects.requireNonNull(report.verdict()).summary()).contains("not all");
  }

  @Test
  void aCopyWithOneOtherNormIsNotIdentical() throws IOException {
    Path child = folder.resolve("one-norm");
    Files.createDirectories(child);
    Path parent = Path.of(BundledFamily.model("alpha"));
    Files.copy(parent.resolve("config.json"), child.resolve("config.json"));
    byte[] model = Files.readAllBytes(parent.resolve("model.safetensors"));
    int header = Math.toIntExact(ByteBuffer.wrap(model).order(LITTLE_ENDIAN).getLong(0));
    Matcher offset =
        Pattern.compile(
                "\"model.layers.1.input_layernorm.weight\": \\{[^}]*\\[([0-9]+), [0-9]+\\]\\}")
            .matcher(new String(model, 8, header, UTF_8));
    assertThat(offset.find()).isTrue();
    model[8 + header + Integer.parseInt(offset.group(1))] ^= 0x10;
    Files.write(child.resolve("model.safetensors"), model);
    ComponentVerdict decoder =
        BundledFamily.decoder(family.compare(BundledFamily.model("alpha"), child.toString()));
    assertThat(decoder.relation()).isEqualTo(Relation.DERIVED);
    assertThat(decoder.kinds()).doesNotContain(Kind.RE_EXPORTED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          permute              | noise:0.05
          prune-depth:0,2      | permute
          upcycle:4            | noise:0.1
          prune-width:96x256   | noise:0.1
          rotate               | rescale
          reinit               | reinit
          """)
  void modelsFromAnotherSeedAreNotRelated(String how, String otherHow) throws IOException {
    Report report =
        family.compare(
            family.derived(BundledFamily.model("alpha"), how, 7),
            family.derived(BundledFamily.model("twin"), otherHow, 8));
    ComponentVerdict decoder = BundledFamily.decoder(report);
    assertThat(decoder.relation()).isEqualTo(Relation.NO_EVIDENCE);
    assertThat(decoder.power()).isNotBlank();
  }

  @Test
  void aSharedInitialisationIsNotTraining() {
    ComponentVerdict decoder =
        BundledFamily.decoder(
            family.compare(BundledFamily.model("alpha"), BundledFamily.model("sameinit")));
    assertThat(decoder.relation()).isEqualTo(Relation.SHARED_ANCESTOR);
    assertThat(decoder.kinds()).containsExactly(Kind.SAME_INITIALISATION);
  }
}
