package dev.stemma.analysis.representation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stemma.analysis.Pair;
import dev.stemma.analysis.Scope;
import dev.stemma.architecture.CanonicalModel;
import dev.stemma.architecture.Families;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.engine.LocalEngine;
import dev.stemma.evidence.Evidence;
import dev.stemma.evidence.Measured;
import dev.stemma.evidence.NotApplicable;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.Shared;
import dev.stemma.testing.TinyLlama;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiny random models with a tokenizer of single letters. */
class SameTextsTest {
  private static final List<String> TEXTS =
      List.of("the tide went out", "bread and salt", "seven geese", "a violin string", "moonlight");

  @TempDir Path folder;

  @Test
  void aModelAgainstItselfIsOneEverywhereAndSupportsNothing() throws IOException {
    Path a = model("a", 3, 1);
    List<Evidence> evidence = run(a, a, TEXTS, 1);
    Measured alignment = (Measured) evidence.get(0);
    assertThat(alignment.statistic().value()).isEqualTo(1);
    assertThat(alignment.supports()).isEqualTo(Measured.Supports.NEITHER);
    assertThat(alignment.log10p()).isNull();
    assertThat(alignment.caveats().getFirst()).contains("context, not evidence");
    Measured next = (Measured) evidence.get(1);
    assertThat(next.statistic().value()).isEqualTo(next.statistic().of());
    assertThat(next.value("divergence-of-b-from-a-nats", -1)).isEqualTo(0);
    assertThat(next.value("entropy-a-nats", 0)).isGreaterThan(1);
  }

  @Test
  void threadsChangeNothing() throws IOException {
    Path a = model("a", 3, 1);
    Path b = model("b", 2, 2);
    List<String> many = new java.util.ArrayList<>();
    for (int i = 0; i < 60; i++) {
      many.add(TEXTS.get(i % 5) + " " + (char) ('a' + i % 26) + (char) ('a' + i / 3));
    }
    assertThat(run(a, b, many, 3)).isEqualTo(run(a, b, many, 1));
  }

  @Test
  void modelsThatAreNotRunSaySo() throws IOException {
    assertThat(why(run(model("a", 1, 1), model("b", 1, 2), List.of(), 1))).contains("--run");
  }

  @Test
  void aModelWithoutTokenizerSaysSo() throws IOException {
    Path bare = TinyLlama.write(folder.resolve("bare"), 1, 3);
    assertThat(why(run(model("a", 1, 1), bare, TEXTS, 1))).contains("bare has no tokenizer");
  }

  @Test
  void aTokenizerThatCannotBeLoadedSaysSo() throws IOException {
    Path odd = model("unloadable", 1, 3);
    Path file = odd.resolve("tokenizer.json");
    Files.writeString(
        file, Files.readString(file).replace("\"decoder\":{", "\"decoder\":{\"x\":1},\"y\":{"));
    assertThat(why(run(model("a", 1, 1), odd, TEXTS, 1))).contains("unloadable", "tokenizer.json");
  }

  @Test
  void aFamilyThatDoesNotRunNamesWhatIsMissing() throws IOException {
    Path odd = model("odd", 1, 3);
    Path config = odd.resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("silu", "sine"));
    assertThat(why(run(model("a", 1, 1), odd, TEXTS, 1))).contains("hidden_act").contains("sine");
  }

  @Test
  void hiddenStatesThatAreNoNumbersNameTheLayer() throws IOException {
    Path a = model("a", 2, 1);
    Path broken = folder.resolve("broken");
    TinyLlama.write(broken, 2, 5);
    tokenizer(broken);
    Path weights = broken.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    java.nio.ByteBuffer buffer =
        java.nio.ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    String header =
        new String(bytes, 8, (int) buffer.getLong(0), java.nio.charset.StandardCharsets.UTF_8);
    int start =
        new tools.jackson.databind.json.JsonMapper()
            .readTree(header)
            .get("model.layers.1.mlp.down_proj.weight")
            .get("data_offsets")
            .get(0)
            .intValue();
    buffer.putFloat(8 + (int) buffer.getLong(0) + start, Float.NaN);
    Files.write(weights, bytes);
    List<Evidence> evidence = run(a, broken, TEXTS, 1);
    assertThat(why(evidence)).contains("output of layer 1: expected finite numbers");
    assertThat(((NotApplicable) evidence.get(1)).why()).contains("expected finite numbers");
  }

  @Test
  void aTextBeyondTheMaximumIsCut() throws IOException {
    Path a = model("a", 1, 1);
    List<String> texts = new java.util.ArrayList<>(TEXTS);
    texts.add("word ".repeat(100));
    assertThat(run(a, model("b", 1, 2), texts, 1).getFirst()).isInstanceOf(Measured.class);
  }

  @Test
  void fewTextsEmptyOnesAndNoFileSaySo() throws IOException {
    Path file = folder.resolve("texts.txt");
    Files.writeString(file, "one\n\n  \ntwo\n");
    assertThatThrownBy(() -> TextSet.of(file))
        .isInstanceOf(ArtifactException.class)
        .hasMessageContaining("2 texts");
    assertThatThrownBy(() -> TextSet.of(folder.resolve("none")))
        .isInstanceOf(ArtifactException.class);
    assertThat(new TreeSet<>(TextSet.standard())).hasSize(200);
  }

  @Test
  void independentModelsAlignToo() {
    // Why it never supports a relation: a twin trained apart beside a true child.
    Path dev = Shared.path("lineages/dev");
    List<String> some = TextSet.standard().subList(0, 40);
    Measured twin = (Measured) run(dev.resolve("alpha"), dev.resolve("twin"), some, 2).getFirst();
    Measured child = (Measured) run(dev.resolve("alpha"), dev.resolve("sft"), some, 2).getFirst();
    assertThat(twin.statistic().value()).isGreaterThan(0.5);
    assertThat(child.statistic().value()).isGreaterThan(twin.statistic().value());
    assertThat(child.supports()).isEqualTo(Measured.Supports.NEITHER);
  }

  private static String why(List<Evidence> evidence) {
    assertThat(evidence).hasSize(2);
    return ((NotApplicable) evidence.getFirst()).why();
  }

  private Path model(String name, int layers, long seed) throws IOException {
    Path path = folder.resolve(name);
    if (!Files.exists(path)) {
      TinyLlama.write(path, layers, seed);
      tokenizer(path);
    }
    return path;
  }

  /** One token a letter. */
  private static void tokenizer(Path path) throws IOException {
    StringBuilder vocabulary = new StringBuilder("\"\u0120\":0");
    for (char letter = 'a'; letter <= 'z'; letter++) {
      vocabulary.append(",\"").append(letter).append("\":").append(letter - 'a' + 1);
    }
    Files.writeString(
        path.resolve("tokenizer.json"),
        """
        {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
         "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
         "post_processor":null,"decoder":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
         "model":{"type":"BPE","dropout":null,"unk_token":null,"continuing_subword_prefix":null,
          "end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"vocab":{%s},"merges":[]}}
        """
            .formatted(vocabulary));
  }

  private static List<Evidence> run(Path a, Path b, List<String> texts, int threads) {
    try (LocalBytes bytes = new LocalBytes();
        LocalEngine engine = new LocalEngine(threads, new TensorReader(bytes))) {
      Scope scope = new Scope(new TreeSet<>(), false, texts);
      return engine.run(
          new SameTexts(), new Pair(open(a, bytes), open(b, bytes), scope), Progress.NONE);
    }
  }

  private static CanonicalModel open(Path path, LocalBytes bytes) {
    return Families.canonicalise(
        new ModelReader().read(Sources.standard().resolve(path.toString(), Progress.NONE), bytes));
  }
}
