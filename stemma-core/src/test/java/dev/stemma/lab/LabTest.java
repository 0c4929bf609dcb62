package dev.stemma.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.architecture.Part;
import dev.stemma.architecture.Role;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.Component;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.Sequence;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.TinyLlama;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LabTest {
  @TempDir Path folder;
  private LocalBytes bytes;
  private Lab lab;
  private Path base;

  @BeforeEach
  void makeBase() throws IOException {
    bytes = new LocalBytes();
    lab = new Lab(this::open, new TensorReader(bytes), Progress.NONE);
    base = TinyLlama.write(folder.resolve("base"), 4, 1);
  }

  @AfterEach
  void close() {
    bytes.close();
  }

  private CanonicalModel open(String reference) {
    return Families.canonicalise(
        new ModelReader().read(Sources.standard().resolve(reference, Progress.NONE), bytes));
  }

  private CanonicalModel derive(String how) throws IOException {
    Path out = folder.resolve("derived");
    lab.derive(base.toString(), how, 7, out, List.of());
    return open(out.toString());
  }

  private float[] values(CanonicalModel model, Role role) {
    return new TensorReader(bytes).readAll(model.tensor(role).orElseThrow());
  }

  private float[] logits(CanonicalModel model) {
    Decoder decoder = DecoderBuilder.build(model, new TensorReader(bytes));
    Sequence sequence = decoder.begin();
    float[] last = new float[0];
    for (int id : new int[] {3, 17, 5, 39, 0, 22}) {
      last = sequence.read(id, 6);
    }
    return last;
  }

  @ParameterizedTest
  @ValueSource(strings = {"permute", "rotate", "rescale", "permute,rescale,rotate"})
  void disguisesKeepTheFunction(String how) throws IOException {
    CanonicalModel derived = derive(how);
    float[] expected = logits(open(base.toString()));
    float[] found = logits(derived);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(2e-4f));
    }
    Role up = Role.inLayer(Component.DECODER, 1, Part.UP);
    assertThat(values(derived, up)).isNotEqualTo(values(open(base.toString()), up));
  }

  @Test
  void depthUpScalingStacksTheFirstAndTheLastLayers() throws IOException {
    CanonicalModel derived = derive("dus:1");
    assertThat(derived.layers(Component.DECODER)).hasSize(6);
    CanonicalModel original = open(base.toString());
    int[] from = {0, 1, 2, 1, 2, 3};
    for (int layer = 0; layer < from.length; layer++) {
      assertThat(values(derived, Role.inLayer(Component.DECODER, layer, Part.DOWN)))
          .isEqualTo(values(original, Role.inLayer(Component.DECODER, from[layer], Part.DOWN)));
    }
  }

  @Test
  void chosenLayersAreKept() throws IOException {
    CanonicalModel derived = derive("prune-depth:0,3");
    assertThat(values(derived, Role.inLayer(Component.DECODER, 1, Part.QUERY)))
        .isEqualTo(values(open(base.toString()), Role.inLayer(Component.DECODER, 3, Part.QUERY)));
  }

  @Test
  void prunedWidthStillRuns() throws IOException {
    CanonicalModel derived = derive("prune-width:12x20");
    assertThat(logits(derived)).hasSize(40).doesNotContain(Float.NaN);
  }

  @Test
  void upcycledExpertsAreCopiesOfTheMlp() throws IOException {
    CanonicalModel derived = derive("upcycle:3");
    assertThat(values(derived, new Role(Component.DECODER, 2, 2, Part.GATE)))
        .isEqualTo(values(open(base.toString()), Role.inLayer(Component.DECODER, 2, Part.GATE)));
    // Every expert is the old MLP and the weights of the chosen sum to one: the function stays.
    float[] expected = logits(open(base.toString()));
    float[] found = logits(derived);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], org.assertj.core.api.Assertions.within(1e-4f));
    }
  }

  @Test
  void aLinearMergeIsTheWeightedSum() throws IOException {
    Path other = TinyLlama.write(folder.resolve("other"), 4, 2);
    CanonicalModel derived = derive("merge:" + other + "@0.25");
    Role role = Role.inLayer(Component.DECODER, 0, Part.UP);
    float[] a = values(open(base.toString()), role);
    float[] b = values(open(other.toString()), role);
    float[] merged = values(derived, role);
    for (int i = 0; i < merged.length; i++) {
      assertThat(merged[i])
          .isCloseTo(0.75f * a[i] + 0.25f * b[i], org.assertj.core.api.Assertions.within(1e-6f));
    }
  }

  @Test
  void anExtendedVocabularyKeepsTheOldRows() throws IOException {
    CanonicalModel derived = derive("extend-vocabulary:5");
    Role role = Role.global(Component.EMBEDDING, Part.TOKEN_EMBEDDING);
    float[] extended = values(derived, role);
    assertThat(extended).hasSize(45 * 16);
    assertThat(java.util.Arrays.copyOf(extended, 40 * 16))
        .isEqualTo(values(open(base.toString()), role));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora:17",
        "dus:4",
        "prune-depth:0,9",
        "prune-width:99x10",
        "upcycle:1",
        "quantise:int3",
        "melt",
        "merge:x",
        "lora:0",
        "noise:-1",
        "noise:NaN",
        "dus:9",
        "prune-depth:9",
        "prune-width:0x0",
        "upcycle:0",
        "prune-experts:1",
        "extend-vocabulary:-1",
        "reduce-vocabulary:999999",
        "replace-embeddings:0",
        "permute:now",
        "quantise:q4_0:2",
        "upcycle:2,upcycle:2",
        "prune-depth:0,lora:17"
      })
  void impossibleRequestsWriteNothing(String how) throws IOException {
    assertThatThrownBy(() -> derive(how)).isInstanceOf(ArtifactException.class);
    assertThat(folder.resolve("derived")).doesNotExist();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .noneMatch(name -> name.startsWith(".stemma"));
    }
  }

  @Test
  void aMixtureCannotBeUpcycledAgain() {
    assertThatThrownBy(() -> derive("upcycle:2,upcycle:2")).isInstanceOf(ArtifactException.class);
  }

  @Test
  void aDisguiseIsProvedByRunningBothModels() throws IOException {
    derive("permute,rescale");
    JsonNode lineage =
        JsonMapper.shared().readTree(folder.resolve("derived").resolve("lineage.json").toFile());
    JsonNode proof = lineage.path("sameFunction");
    assertThat(proof.path("outcome").asString()).isEqualTo("proved");
    assertThat(proof.path("largestLogitDifference").asDouble())
        .isBetween(0.0, proof.path("tolerance").asDouble());
  }

  @Test
  void anotherFunctionIsNotProved() throws IOException {
    Path other = TinyLlama.write(folder.resolve("other"), 4, 2);
    assertThatThrownBy(() ->
            new SameFunction(new TensorReader(bytes))
                .prove(
                    open(base.toString()),
                    open(other.toString()),
                    JsonMapper.shared().createObjectNode()))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("keeps the function");
  }
}
