package dev.stemma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stemma.analysis.Scope;
import dev.stemma.artifact.Component;
import dev.stemma.artifact.ElementType;
import dev.stemma.artifact.Model;
import dev.stemma.artifact.Shape;
import dev.stemma.artifact.Tensor;
import dev.stemma.evidence.Failed;
import dev.stemma.evidence.Measured;
import dev.stemma.format.ModelReader;
import dev.stemma.format.SafetensorsWriter;
import dev.stemma.format.SafetensorsWriter.Entry;
import dev.stemma.format.TensorReader;
import dev.stemma.report.Report;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.RandomModel;
import dev.stemma.testing.RandomModel.Size;
import dev.stemma.verdict.ComponentVerdict;
import dev.stemma.verdict.Kind;
import dev.stemma.verdict.Parent;
import dev.stemma.verdict.Relation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights that say nothing, or contradict themselves: a clear outcome each, never a crash. */
class BadWeightsTest {
  private static final Size SIZE = new Size(32, 64, 2, 200, 0);

  @TempDir Path folder;

  @Test
  void valuesThatAreNoNumbersSupportNothing() throws IOException {
    Path a = RandomModel.write(folder.resolve("a"), SIZE, 1);
    Path broken = RandomModel.write(folder.resolve("broken"), SIZE, 2);
    overwrite(broken, index -> index % 2 == 0 ? Double.NaN : Double.POSITIVE_INFINITY);
    Report report = compare(a, broken);
    assertThat(report.evidence()).noneMatch(Failed.class::isInstance);
    assertThat(relation(report)).isEqualTo(Relation.NO_EVIDENCE);
    assertThat(report.evidence())
        .filteredOn(Measured.class::isInstance)
        .anyMatch(found -> ((Measured) found).value("non-finite", 0) > 0);
    assertThat(relation(compare(broken, broken))).isNotEqualTo(Relation.DERIVED);
  }

  @Test
  void aFewValuesThatAreNoNumbersDoNotHideAChild() throws IOException {
    Path a = RandomModel.write(folder.resolve("a"), SIZE, 3);
    Path child = RandomModel.write(folder.resolve("child"), SIZE, 3);
    overwrite(child, index -> index % 5000 == 17 ? Double.NaN : Double.MAX_VALUE);
    assertThat(relation(compare(a, child))).isIn(Relation.DERIVED, Relation.IDENTICAL);
  }

  @Test
  void oneValueThatIsNoNumberIsNoLowRankUpdate() throws IOException {
    Path a = RandomModel.write(folder.resolve("a"), SIZE, 3);
    Path child = RandomModel.write(folder.resolve("child"), SIZE, 3);
    overwrite(child, index -> index == 20_000 ? Double.NaN : Double.MAX_VALUE);
    assertThat(decoder(compare(a, child)).kinds()).doesNotContain(Kind.LOW_RANK);
  }

  @Test
  void aCopyInHalfPrecisionIsReExportedAndHasItsParent() throws IOException {
    Path a = RandomModel.write(folder.resolve("a"), SIZE, 9);
    // Too small for half precision: what such a value becomes there cannot be undone.
    overwrite(a, index -> index % 1000 == 17 ? 3.1e-8 : Double.MAX_VALUE);
    Path half = Files.createDirectories(folder.resolve("half"));
    Files.copy(a.resolve("config.json"), half.resolve("config.json"));
    Path bfloats = a.resolve("model.safetensors");
    try (LocalBytes bytes = new LocalBytes()) {
      List<Entry> entries = new ArrayList<>();
      TensorReader reader = new TensorReader(bytes);
      Model model =
          new ModelReader()
              .read(Sources.standard().resolve(bfloats.toString(), Progress.NONE), bytes);
      for (Tensor tensor : model.tensors()) {
        entries.add(
            new Entry(
                tensor.name(),
                ElementType.F16,
                tensor.shape(),
                (first, count, to) -> reader.read(tensor.view(), first, count, to, 0)));
      }
      SafetensorsWriter.write(half.resolve("model.safetensors"), entries, Progress.NONE);
    }
    ComponentVerdict forth = decoder(compare(a, half));
    assertThat(forth.relation()).isEqualTo(Relation.DERIVED);
    assertThat(forth.kinds()).containsExactly(Kind.RE_EXPORTED);
    assertThat(forth.parent()).isEqualTo(Parent.A);
    assertThat(forth.details()).containsEntry("grid", "F16");
    assertThat(decoder(compare(half, a)).parent()).isEqualTo(Parent.B);
  }

  @Test
  void zerosAndConstantsAreNoEvidence() throws IOException {
    Path a = RandomModel.write(folder.resolve("a"), SIZE, 4);
    for (double constant : new double[] {0, 0.25}) {
      Path one = RandomModel.write(folder.resolve("one" + constant), SIZE, 5);
      Path other = RandomModel.write(folder.resolve("other" + constant), SIZE, 6);
      overwrite(one, index -> constant);
      overwrite(other, index -> constant);
      assertThat(relation(compare(a, one))).isEqualTo(Relation.NO_EVIDENCE);
      assertThat(relation(compare(one, other)))
          .as("two models of nothing but %s", constant)
          .isIn(Relation.NO_EVIDENCE, Relation.NOT_COMPARABLE);
    }
  }

  @Test
  void shapesThatContradictTheConfigurationAreNamed() throws IOException {
    Path a = RandomModel.write(folder.resolve("a"), SIZE, 7);
    Path b = RandomModel.write(folder.resolve("b"), SIZE, 8);
    String config = Files.readString(b.resolve("config.json"));
    Files.writeString(
        b.resolve("config.json"),
        config.replace("\"hidden_size\":32", "\"hidden_size\":48").replace(":64,", ":80,"));
    Report report = compare(a, b);
    assertThat(relation(report)).isEqualTo(Relation.NO_EVIDENCE);
    assertThat(report.b().notes()).as("what contradicts").isNotEmpty();
  }

  @Test
  void aModelWithoutWeightsIsNotComparable() throws IOException {
    Path a = RandomModel.write(folder.resolve("a"), SIZE, 9);
    Path config = Files.createDirectories(folder.resolve("config-only"));
    Files.copy(a.resolve("config.json"), config.resolve("config.json"));
    assertThat(relation(compare(a, config))).isEqualTo(Relation.NOT_COMPARABLE);
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Files.copy(a.resolve("config.json"), empty.resolve("config.json"));
    SafetensorsWriter.write(empty.resolve("model.safetensors"), List.of(), Progress.NONE);
    assertThat(relation(compare(a, empty))).isEqualTo(Relation.NOT_COMPARABLE);
    assertThat(compare(a, empty).everythingNotTested()).isNotEmpty();
  }

  @Test
  void anEncoderAndADecoderHaveNothingInCommon() throws IOException {
    Path a = RandomModel.write(folder.resolve("a"), SIZE, 10);
    Report report = compare(a, bert(folder.resolve("bert")));
    assertThat(relation(report)).isEqualTo(Relation.NOT_COMPARABLE);
    assertThat(report.evidence()).noneMatch(Failed.class::isInstance);
  }

  private static Path bert(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type":"bert","architectures":["BertModel"],"hidden_size":32,"intermediate_size":64,
         "num_hidden_layers":2,"num_attention_heads":2,"vocab_size":100,"max_position_embeddings":16,
         "type_vocab_size":2,"hidden_act":"gelu"}
        """);
    Random random = new Random(11);
    List<Entry> entries = new ArrayList<>();
    entries.add(entry("embeddings.word_embeddings.weight", random, 100, 32));
    entries.add(entry("embeddings.position_embeddings.weight", random, 16, 32));
    entries.add(entry("embeddings.token_type_embeddings.weight", random, 2, 32));
    for (int layer = 0; layer < 2; layer++) {
      String at = "encoder.layer." + layer + ".";
      for (String part : List.of("query", "key", "value")) {
        entries.add(entry(at + "attention.self." + part + ".weight", random, 32, 32));
      }
      entries.add(entry(at + "attention.output.dense.weight", random, 32, 32));
      entries.add(entry(at + "intermediate.dense.weight", random, 64, 32));
      entries.add(entry(at + "output.dense.weight", random, 32, 64));
    }
    SafetensorsWriter.write(folder.resolve("model.safetensors"), entries, Progress.NONE);
    return folder;
  }

  private static Entry entry(String name, Random random, int rows, int columns) {
    float[] values = new float[rows * columns];
    for (int index = 0; index < values.length; index++) {
      values[index] = (float) (0.02 * random.nextGaussian());
    }
    return new Entry(
        name,
        ElementType.F32,
        Shape.of(rows, columns),
        (first, count, destination) ->
            System.arraycopy(values, (int) first, destination, 0, count));
  }

  /** Replaces stored values by number; the largest double keeps what is there. */
  private static void overwrite(Path model, IntToDoubleFunction value) throws IOException {
    Path file = model.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int start = 8 + (int) data.getLong(0);
    for (int index = 0; start + 2 * index < bytes.length; index++) {
      double replaced = value.applyAsDouble(index);
      if (replaced != Double.MAX_VALUE) {
        data.putShort(
            start + 2 * index, (short) (Float.floatToRawIntBits((float) replaced) >>> 16));
      }
    }
    Files.write(file, bytes);
  }

  private static ComponentVerdict decoder(Report report) {
    return java.util.Objects.requireNonNull(report.verdict()).components().stream()
        .filter(verdict -> verdict.component() == Component.DECODER)
        .findFirst()
        .orElseThrow();
  }

  private static Relation relation(Report report) {
    assertThat(report.verdict()).isNotNull();
    return java.util.Objects.requireNonNull(report.verdict()).relation();
  }

  private static Report compare(Path a, Path b) {
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      return investigation.compare(
          new Investigation.Request(
              a.toString(), b.toString(), List.of(), List.of(), Scope.PLANNED, "test"));
    }
  }
}
