package dev.stemma.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.stemma.Investigation;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.catalogue.Fingerprint.Block;
import dev.stemma.lab.Lab;
import dev.stemma.numeric.SketchKernel;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import dev.stemma.testing.RandomModel;
import dev.stemma.testing.TinyLlama;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
  private static final RandomModel.Size SIZE = new RandomModel.Size(64, 160, 4, 600, 0);

  @TempDir static Path folder;
  private static Investigation investigation;
  private static Path base;
  private static Fingerprint print;

  @BeforeAll
  static void write() throws Exception {
    investigation = new Investigation(Sources.standard(), 2, Progress.NONE);
    base = RandomModel.write(folder.resolve("base"), SIZE, 1);
    print = of(base, 2);
  }

  @AfterAll
  static void close() {
    investigation.close();
  }

  private static Fingerprint of(Path model, int threads) {
    return Fingerprinting.of(
        investigation.open(model.toString()), investigation.tensors(), threads);
  }

  @Test
  void theSameBitsFromAnyNumberOfThreads() {
    assertThat(FingerprintFormat.encode(of(base, 1))).isEqualTo(FingerprintFormat.encode(print));
    assertThat(FingerprintFormat.encode(of(base, 5))).isEqualTo(FingerprintFormat.encode(print));
  }

  @Test
  void bytesComeBack() {
    byte[] bytes = FingerprintFormat.encode(print);
    assertThat(FingerprintFormat.decode(bytes, "f", "")).isEqualTo(print);
  }

  @Test
  void aModelOfManyLayersStaysWithinSixteenKilobytes() throws Exception {
    Path deep = TinyLlama.write(folder.resolve("deep"), 300, 3);
    Fingerprint of = of(deep, 2);
    assertThat(of.shape().layers()).isEqualTo(300);
    assertThat(FingerprintFormat.encode(of)).hasSizeLessThan(FingerprintFormat.MAXIMUM_BYTES);
    // The largest there can be: the longest name, every hash, every layer.
    assertThat(of.layers()).hasSizeLessThanOrEqualTo(Fingerprint.MOST_LAYERS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"noise:0.3", "permute", "rotate", "rescale", "permute,rotate,rescale", "dus:1"})
  void aDerivativeIsNearerThanEveryStranger(String how) throws Exception {
    Path derived = folder.resolve(how.replaceAll("\\W", "_"));
    new Lab(investigation::open, investigation.tensors(), Progress.NONE)
        .derive(base.toString(), how, 5, derived, List.of());
    double near = print.similarity(of(derived, 2));
    assertThat(near).isGreaterThan(0.5);
    for (long seed = 10; seed < 14; seed++) {
      Path stranger = folder.resolve(how.replaceAll("\\W", "_") + seed);
      RandomModel.write(stranger, SIZE, seed);
      assertThat(print.similarity(of(stranger, 2))).isLessThan(near - 0.15);
    }
  }

  @Test
  void prunedLayersStillCountBitForBit() throws Exception {
    Path derived = folder.resolve("pruned");
    new Lab(investigation::open, investigation.tensors(), Progress.NONE)
        .derive(base.toString(), "prune-depth:0,2,3", 5, derived, List.of());
    assertThat(of(derived, 2).layersInCommon(print)).isEqualTo(3);
    assertThat(of(derived, 2).similarity(Block.EMBEDDING, print)).isEqualTo(1, within(1e-4));
  }

  @Test
  void damagedBytesGiveATypedError() {
    byte[] bytes = FingerprintFormat.encode(print);
    Random random = new Random(4);
    int refused = 0;
    for (int i = 0; i < 3000; i++) {
      byte[] damaged =
          random.nextInt(4) == 0
              ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
              : bytes.clone();
      for (int flips = 0; damaged.length > 0 && flips < 1 + random.nextInt(3); flips++) {
        int place = random.nextInt(3) == 0 ? random.nextInt(64) : random.nextInt(bytes.length);
        damaged[place % damaged.length] = (byte) random.nextInt();
      }
      Throwable thrown = catchThrowable(() -> FingerprintFormat.decode(damaged, "f", "p"));
      if (thrown != null) {
        assertThat(thrown).isInstanceOf(ArtifactException.class);
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  @Test
  void theVectorKernelGivesThePlainOnesNumbers() {
    SketchKernel plain = new SketchKernel();
    SketchKernel fast = SketchKernel.best();
    Random random = new Random(2);
    for (int columns : new int[] {1, 3, 15, 16, 17, 33, 384, 1000}) {
      float[] row = floats(random, columns + 5);
      float[] anchors = floats(random, columns * SketchKernel.ANCHORS);
      float[] one = new float[SketchKernel.ANCHORS];
      float[] two = new float[SketchKernel.ANCHORS];
      plain.project(row, 5, columns, anchors, one, 0);
      fast.project(row, 5, columns, anchors, two, 0);
      assertThat(two).isEqualTo(one);
      float[] sums = floats(random, columns * SketchKernel.ANCHORS);
      float[] same = sums.clone();
      plain.accumulate(row, 5, columns, floats(new Random(7), 16), 0, sums);
      fast.accumulate(row, 5, columns, floats(new Random(7), 16), 0, same);
      assertThat(same).isEqualTo(sums);
      MemorySegment block = MemorySegment.ofArray(row);
      float[] query = floats(random, columns);
      assertThat(fast.dot(block, 20, query)).isEqualTo(plain.dot(block, 20, query), within(1e-3f));
    }
  }

  private static float[] floats(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
