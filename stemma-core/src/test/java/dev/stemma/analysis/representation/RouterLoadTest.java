package dev.stemma.analysis.representation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.architecture.Families;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.format.ModelReader;
import dev.stemma.format.TensorReader;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.Router;
import dev.stemma.runtime.RouterWatch;
import dev.stemma.runtime.Sequence;
import dev.stemma.source.LocalBytes;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.Shared;
import dev.stemma.testing.TinyLlama;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterLoadTest {
  private static final int[] IDS = {5, 6, 7, 8, 9, 10, 200, 100, 33, 44};

  @TempDir Path folder;

  @Test
  void countsSharesAndEntropiesOfThreeTokens() {
    RouterLoad load = new RouterLoad(4);
    Router router = new Router.Softmax(2, true, 2.5, new Router.NoGroups());
    // Two tokens want experts 0 and 1 three to one, one wants 0 and 2 alike.
    float three = (float) Math.log(3);
    for (float[] logits :
        new float[][] {{three, 0, -90, -90}, {three, 0, -90, -90}, {0, -90, 0, -90}}) {
      load.see(logits, router.choose(logits), false);
    }
    assertThat(load.load()).containsExactly(new double[] {.5, 1 / 3.0, 1 / 6.0, 0}, within(1e-9));
    assertThat(load.weightShares())
        .containsExactly(new double[] {2 / 3.0, 1 / 6.0, 1 / 6.0, 0}, within(1e-6));
    assertThat(load.unused()).isEqualTo(1);
    double loadEntropy = .5 * Math.log(2) + Math.log(3) / 3 + Math.log(6) / 6;
    assertThat(load.balance()).isCloseTo(loadEntropy / Math.log(4), within(1e-9));
    double coin = -.75 * Math.log(.75) - .25 * Math.log(.25);
    assertThat(load.routingEntropy())
        .isCloseTo((2 * coin + Math.log(2)) / 3 / Math.log(4), within(1e-6));
  }

  @Test
  void aScoreThatIsNoNumberIsCountedApart() {
    RouterLoad load = new RouterLoad(2);
    load.see(new float[] {Float.NaN, 1}, List.of(new Router.Choice(1, 1)), false);
    assertThat(load.broken()).isEqualTo(1);
    assertThat(load.tokens()).isEqualTo(0);
  }

  @Test
  void aDenseModelAndAnEmptyTextSaySo() throws Exception {
    try (LocalBytes bytes = new LocalBytes()) {
      Decoder dense = decoder(TinyLlama.write(folder.resolve("dense"), 1, 1), bytes);
      assertThatThrownBy(() -> RouterEvidence.of(dense, "dense", List.of(new int[] {1})))
          .isInstanceOf(ArtifactException.class)
          .hasMessageContaining("a dense model");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mixtral", "glm4_moe", "gpt_oss", "deepseek_v3", "phimoe"})
  void watchingChangesNoNumberAndLoadsSumToOne(String family) {
    Path path = Shared.path("golden/" + family);
    try (LocalBytes bytes = new LocalBytes()) {
      Decoder decoder = decoder(path, bytes);
      Sequence plain = decoder.begin();
      Sequence watched = RouterWatch.on(decoder, (layer, logits, choices) -> {}).begin();
      for (int id : IDS) {
        // Not bit for bit: vector sums may be taken in another order once they are compiled.
        assertThat(watched.read(id, IDS.length))
            .containsExactly(plain.read(id, IDS.length), within(1e-4f));
      }
      RouterEvidence evidence = RouterEvidence.of(decoder, family, List.of(IDS));
      assertThat(evidence.tokens()).isEqualTo(IDS.length);
      assertThat(evidence.layers()).isNotEmpty();
      for (RouterEvidence.Layer layer : evidence.layers()) {
        assertThat(layer.load().tokens()).isEqualTo(IDS.length);
        assertThat(Arrays.stream(layer.load().load()).sum()).isCloseTo(1, within(1e-9));
        assertThat(Arrays.stream(layer.load().weightShares()).sum()).isCloseTo(1, within(1e-6));
      }
      assertThatThrownBy(() -> RouterEvidence.of(decoder, family, List.of(new int[0])))
          .hasMessageContaining("at least one token");
      assertThatThrownBy(() -> RouterEvidence.of(decoder, family, List.of(new int[] {9999})))
          .hasMessageContaining("ids from 0 to 255");
    }
  }

  @Test
  void aTextBeyondTheModelsMaximumIsReadInPieces() {
    try (LocalBytes bytes = new LocalBytes()) {
      Decoder decoder = decoder(Shared.path("golden/mixtral"), bytes);
      int[] longText = new int[decoder.maximumPositions() + 10];
      Arrays.setAll(longText, i -> i % 250);
      assertThat(RouterEvidence.of(decoder, "mixtral", List.of(longText)).tokens())
          .isEqualTo(longText.length);
    }
  }

  private static Decoder decoder(Path path, LocalBytes bytes) {
    return DecoderBuilder.build(
        Families.canonicalise(
            new ModelReader()
                .read(Sources.standard().resolve(path.toString(), Progress.NONE), bytes)),
        new TensorReader(bytes));
  }
}
