package dev.stemma.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.catalogue.CatalogueExchange.Conflict;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogueTest {
  @TempDir Path folder;

  /** Random numbers of unit length, and layers of their own. */
  static CatalogueEntry entry(String reference, long seed) {
    Random random = new Random(seed);
    float[] sketch = new float[Fingerprint.LENGTH];
    double squares = 0;
    for (int i = 0; i < sketch.length; i++) {
      sketch[i] = (float) random.nextGaussian();
      squares += (double) sketch[i] * sketch[i];
    }
    for (int i = 0; i < sketch.length; i++) {
      sketch[i] = (float) (sketch[i] / Math.sqrt(squares));
    }
    List<Fingerprint.Layer> layers = new ArrayList<>();
    for (int layer = 0; layer < 12; layer++) {
      short[] profile = new short[Fingerprint.Layer.PROFILE];
      layers.add(
          new Fingerprint.Layer(new Fingerprint.Root(random.nextLong(), seed, layer, 0), profile));
    }
    return new CatalogueEntry(
        reference,
        "m" + seed,
        "ab".repeat(32),
        Instant.parse("2026-01-02T03:04:05Z"),
        new Fingerprint(
            new ModelShape("llama", 64, 12, 128, 1000, 1 << 20),
            TokenizerSketch.NONE,
            layers,
            new Fingerprint.Root(seed, 0, 0, 0),
            sketch));
  }

  private Catalogue filled(String name, int count) {
    Catalogue catalogue = Catalogue.open(folder.resolve(name));
    for (int i = 0; i < count; i++) {
      catalogue.put(entry("m" + i, i));
    }
    return catalogue;
  }

  @Test
  void entriesComeBackAfterReopening() {
    filled("c.db", 3).close();
    try (Catalogue catalogue = Catalogue.open(folder.resolve("c.db"))) {
      assertThat(catalogue.size()).isEqualTo(3);
      assertThat(catalogue.find("m1")).contains(entry("m1", 1));
      catalogue.put(entry("m1", 9));
      assertThat(catalogue.size()).isEqualTo(3);
      assertThat(catalogue.find("m1").orElseThrow().name()).isEqualTo("m9");
      assertThat(catalogue.remove("m1")).isTrue();
      assertThat(catalogue.remove("m1")).isFalse();
      try (Arena arena = Arena.ofShared()) {
        assertThat(catalogue.sketches(arena).size()).isEqualTo(2);
      }
    }
  }

  @Test
  void theNearestComesFirstAndTiesByNumber() {
    try (Catalogue catalogue = filled("c.db", 300)) {
      Fingerprint query = entry("q", 77).fingerprint();
      List<Search.Hit> hits = Search.nearest(catalogue, query, 5, 3);
      assertThat(hits).hasSize(5);
      assertThat(hits.getFirst().entry().reference()).isEqualTo("m77");
      assertThat(hits.getFirst().layersInCommon()).isEqualTo(12);
      assertThat(hits.getFirst().standing()).isGreaterThan(10);
      assertThat(Search.nearest(catalogue, query, 5, 1)).isEqualTo(hits);
    }
  }

  @Test
  void anotherProgramsFileIsRefused() throws Exception {
    Path file = folder.resolve("text.db");
    Files.writeString(file, "no database, but long enough to look like one\n".repeat(100));
    assertThatThrownBy(() -> Catalogue.open(file)).isInstanceOf(ArtifactException.class);
  }

  @Test
  void aSignedCatalogueIsTakenAndATamperedOneIsNot() throws Exception {
    Path file = folder.resolve("x.jsonl");
    Path key = folder.resolve("k.key");
    Path pub = folder.resolve("k.pub");
    SigningKeys.make(key, pub);
    SigningKeys.make(folder.resolve("other.key"), folder.resolve("other.pub"));
    try (Catalogue from = filled("a.db", 3);
        Catalogue into = Catalogue.open(folder.resolve("b.db"))) {
      assertThat(CatalogueExchange.export(from, file, key)).isEqualTo(3);
      assertThatThrownBy(
              () -> CatalogueExchange.add(file, folder.resolve("other.pub"), Conflict.KEEP, into))
          .hasMessageContaining("FORBIDDEN_CONTENT");
      String text = Files.readString(file);
      Path bad = folder.resolve("bad.jsonl");
      for (String tampered :
          List.of(
              text.replace("\"name\":\"m1\"", "\"name\":\"m7\""),
              text.lines().limit(4).reduce("", (a, b) -> a + b + "\n"),
              text.lines()
                  .filter(line -> !line.contains("\"m2\""))
                  .reduce("", (a, b) -> a + b + "\n"),
              text + text.lines().skip(1).findFirst().orElseThrow() + "\n")) {
        Files.writeString(bad, tampered);
        assertThatThrownBy(() -> CatalogueExchange.add(bad, pub, Conflict.KEEP, into))
            .isInstanceOf(ArtifactException.class);
        assertThat(into.size()).isZero();
      }
      assertThat(CatalogueExchange.add(file, pub, Conflict.KEEP, into).added()).isEqualTo(3);
      assertThat(into.find("m2")).isEqualTo(from.find("m2"));
      assertThat(CatalogueExchange.add(file, pub, Conflict.KEEP, into).kept()).isEqualTo(3);
    }
  }

  @Test
  void hostileFilesGiveTypedErrorsAndAddNothing() throws Exception {
    Path file = folder.resolve("x.jsonl");
    try (Catalogue from = filled("a.db", 3);
        Catalogue into = Catalogue.open(folder.resolve("b.db"))) {
      CatalogueExchange.export(from, file, null);
      byte[] whole = Files.readAllBytes(file);
      Random random = new Random(3);
      Path bad = folder.resolve("bad.jsonl");
      int refused = 0;
      for (int i = 0; i < 150; i++) {
        byte[] damaged =
            i % 5 == 0
                ? java.util.Arrays.copyOf(whole, random.nextInt(whole.length - 1))
                : whole.clone();
        for (int flips = 0; damaged.length > 0 && flips < 3; flips++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        Files.write(bad, damaged);
        int before = into.size();
        Throwable thrown =
            catchThrowable(() -> CatalogueExchange.add(bad, null, Conflict.KEEP, into));
        if (thrown != null) {
          assertThat(thrown).isInstanceOf(ArtifactException.class);
          assertThat(into.size()).isEqualTo(before);
          refused++;
        }
      }
      assertThat(refused).isGreaterThan(100);
      for (String hostile :
          List.of("", "[]\n", "{\"schema\":\"stemma.catalogue/1\"}\n" + "x".repeat(1 << 20))) {
        Files.writeString(bad, hostile);
        assertThatThrownBy(() -> CatalogueExchange.add(bad, null, Conflict.KEEP, into))
            .isInstanceOf(ArtifactException.class);
      }
    }
  }

  @Test
  void theShippedModelsAreTwelveAndReadable() {
    try (Catalogue catalogue = Catalogue.open(folder.resolve("c.db"))) {
      assertThat(CatalogueExchange.addShipped(catalogue).added())
          .isEqualTo(Recipe.read(Recipe.SHIPPED).size());
      for (String reference : Recipe.read(Recipe.SHIPPED)) {
        assertThat(catalogue.find(reference)).isPresent();
      }
    }
  }

  @Test
  void aKilledProcessLosesAtMostTheRunningAdd() throws Exception {
    Path file = folder.resolve("killed.db");
    Path log = folder.resolve("log");
    int kept = 0;
    for (int round = 0; round < 3; round++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Adding.class.getName(),
                  file.toString(),
                  String.valueOf(kept))
              .redirectOutput(log.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (lines(log) < 20 && process.isAlive() && System.nanoTime() < until) {
        Thread.sleep(5);
      }
      process.destroyForcibly().waitFor();
      int told = lines(log);
      assertThat(told).isGreaterThanOrEqualTo(20);
      try (Catalogue catalogue = Catalogue.open(file)) {
        assertThat(catalogue.size()).isBetween(kept + told, kept + told + 1);
        for (int i = 0; i < kept + told; i++) {
          assertThat(catalogue.find("m" + i)).contains(entry("m" + i, i));
        }
        kept = catalogue.size();
      }
    }
  }

  private static int lines(Path log) throws Exception {
    String text = Files.exists(log) ? Files.readString(log, StandardCharsets.US_ASCII) : "";
    return (int) text.chars().filter(letter -> letter == '\n').count();
  }

  /** Adds models until it is killed, and tells of each when it is in. */
  static final class Adding {
    private Adding() {}

    public static void main(String... arguments) {
      try (Catalogue catalogue = Catalogue.open(Path.of(arguments[0]))) {
        for (int i = Integer.parseInt(arguments[1]); ; i++) {
          catalogue.put(entry("m" + i, i));
          System.out.println(i);
        }
      }
    }
  }
}
