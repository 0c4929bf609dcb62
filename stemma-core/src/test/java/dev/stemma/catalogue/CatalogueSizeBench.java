package dev.stemma.catalogue;

import dev.stemma.catalogue.Fingerprint.Layer;
import dev.stemma.catalogue.Fingerprint.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A catalogue of many models on disk: its size, how fast it grows, and a search from a cold start.
 * Arguments: a folder, how many, layers a model. Prints one JSON document; the file stays.
 */
final class CatalogueSizeBench {
  private static final int BATCH = 10_000;

  private CatalogueSizeBench() {}

  public static void main(String... arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    int layers = Integer.parseInt(arguments[2]);
    List<Fingerprint> real = new ArrayList<>();
    try (Catalogue shipped = Catalogue.open(folder.resolve("shipped.db"))) {
      CatalogueExchange.addShipped(shipped);
      shipped.forEach(entry -> real.add(entry.fingerprint()));
    }
    Path file = folder.resolve("many.db");
    long began = System.nanoTime();
    int oneFingerprint = 0;
    try (Catalogue catalogue = Catalogue.open(file)) {
      for (int from = 0; from < count; from += BATCH) {
        int first = from;
        catalogue.inOneTransaction(() -> {
          for (int i = first; i < Math.min(count, first + BATCH); i++) {
            catalogue.put(entry(real.get(i % real.size()), i, layers));
          }
        });
      }
      oneFingerprint =
          FingerprintFormat.encode(entry(real.getFirst(), 1, layers).fingerprint()).length;
    }
    double adding = (System.nanoTime() - began) / 1e9;
    began = System.nanoTime();
    try (Catalogue catalogue = Catalogue.open(file)) {
      Fingerprint query =
          entry(real.getFirst(), count / 2 / real.size() * real.size(), layers).fingerprint();
      List<Search.Hit> hits = Search.nearest(catalogue, query, 10, 2);
      double searching = (System.nanoTime() - began) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "{\"models\":%d,\"layers\":%d,\"fingerprintBytes\":%d,\"fileBytes\":%d,"
              + "\"bytesAModel\":%.0f,\"addSeconds\":%.1f,\"openAndSearchSeconds\":%.2f,"
              + "\"nearest\":\"%s\",\"similarity\":%.4f}%n",
          count,
          layers,
          oneFingerprint,
          Files.size(file),
          Files.size(file) / (double) count,
          adding,
          searching,
          hits.getFirst().entry().name(),
          hits.getFirst().similarity());
    }
  }

  private static CatalogueEntry entry(Fingerprint real, int number, int count) {
    SplittableRandom random = new SplittableRandom(number);
    List<Layer> layers = new ArrayList<>();
    for (int layer = 0; layer < count; layer++) {
      layers.add(
          new Layer(root(random), real.layers().get(layer % real.layers().size()).profile()));
    }
    Fingerprint print =
        new Fingerprint(
            real.shape(),
            real.tokenizer(),
            layers,
            root(random),
            SearchBench.moved(real.sketch(), 2.5, number));
    return new CatalogueEntry(
        "hf:organisation/model-of-a-usual-name-"
            + number
            + "@0123456789abcdef0123456789abcdef01234567",
        "model-of-a-usual-name-" + number,
        "0123456789abcdef".repeat(4),
        Instant.EPOCH,
        print);
  }

  private static Root root(SplittableRandom random) {
    return new Root(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }
}
