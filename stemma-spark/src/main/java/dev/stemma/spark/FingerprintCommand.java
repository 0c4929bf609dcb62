package dev.stemma.spark;

import dev.stemma.catalogue.Catalogue;
import dev.stemma.catalogue.CatalogueEntry;
import dev.stemma.catalogue.Recipe;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code fingerprint}: a catalogue of many models. */
@Command(
    name = "fingerprint",
    description =
        "Adds the fingerprints of a list of models to a catalogue. One that cannot be read is"
            + " reported, and the sweep goes on; begun again, it goes on where it was.",
    footer = {
      "",
      "Example:",
      "  spark-submit --master spark://HOST:7077 stemma-spark.jar fingerprint models.txt"
          + " --catalogue known.db"
    })
final class FingerprintCommand extends Sweep.Sub {
  @Parameters(paramLabel = "MODELS", description = "A file with one reference a line.")
  String list = "";

  @Option(
      names = "--catalogue",
      paramLabel = "FILE",
      required = true,
      description = "The catalogue, on the driver's machine; known models are left as they are.")
  Path file = Path.of("");

  @Option(
      names = "--wave",
      paramLabel = "N",
      description =
          "Models whose results are kept in memory and added at once, 1 to 100000 (default:"
              + " ${DEFAULT-VALUE}).")
  int wave = 256;

  @Override
  public Integer call() {
    if (wave < 1 || wave > 100_000) {
      throw new ParameterException(
          spec.commandLine(), "--wave: expected 1 to 100000, found " + wave);
    }
    List<String> all = Recipe.read(list);
    ObjectNode json = JsonMapper.shared().createObjectNode().put("schema", "stemma.sweep/1");
    ArrayNode failed = json.putArray("failed");
    int[] made = new int[1];
    double[] seconds = new double[1];
    try (Catalogue catalogue = Catalogue.open(file)) {
      List<String> open =
          all.stream().filter(reference -> catalogue.find(reference).isEmpty()).toList();
      FingerprintSweep.Outcomes outcomes =
          new FingerprintSweep.Outcomes() {
            @Override
            public void made(CatalogueEntry entry) {
              catalogue.put(entry);
              made[0]++;
            }

            @Override
            public void failed(String reference, String error) {
              FingerprintCommand.this.failed(reference, error);
              failed.addObject().put("reference", reference).put("error", error);
            }
          };
      cluster.with(engine -> {
        long began = System.nanoTime();
        new FingerprintSweep(engine, cluster.allowPrivate, outcomes).run(open, wave);
        seconds[0] = (System.nanoTime() - began) / 1e9;
        return 0;
      });
      json.put("added", made[0]).put("known", all.size() - open.size());
      json.put("seconds", seconds[0]);
      spec.commandLine()
          .getOut()
          .println(
              cluster.json
                  ? json.toString()
                  : made[0]
                      + " added, "
                      + (all.size() - open.size())
                      + " known before, "
                      + failures
                      + " failed");
    }
    return code();
  }
}
