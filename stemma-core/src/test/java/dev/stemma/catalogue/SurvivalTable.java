package dev.stemma.catalogue;

import dev.stemma.Investigation;
import dev.stemma.catalogue.Fingerprint.Block;
import dev.stemma.lab.Lab;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which change each part of a fingerprint survives: derives from a base, fingerprints, and prints a
 * row each. Arguments: the base, another model to merge with, then models that share nothing.
 */
final class SurvivalTable {
  private static final List<String> CHANGES =
      List.of(
          "noise:0.001",
          "noise:0.03",
          "noise:0.1",
          "noise:0.3",
          "noise:1",
          "noise:3",
          "lora:8",
          "quantise:Q8_0",
          "quantise:Q4_0",
          "permute",
          "rotate",
          "rescale",
          "permute,rotate,rescale",
          "noise:0.3,permute,rotate",
          "prune-depth:0,1,3,5",
          "dus:2",
          "prune-width:96x256",
          "extend-vocabulary:64",
          "reduce-vocabulary:1024",
          "replace-embeddings",
          "slerp:OTHER@0.5");

  private SurvivalTable() {}

  public static void main(String... arguments) throws Exception {
    Path folder = Files.createTempDirectory("survival");
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      Lab lab = new Lab(investigation::open, investigation.tensors(), Progress.NONE);
      Fingerprint base = fingerprint(investigation, arguments[0]);
      System.out.println(
          "| change | all | direct | embedding | circuits | same layers | profile | tokens |");
      System.out.println("|---|---|---|---|---|---|---|---|");
      for (String change : CHANGES) {
        Path derived = folder.resolve("derived" + CHANGES.indexOf(change));
        try {
          lab.derive(
              arguments[0],
              change.replace("OTHER", arguments[1]),
              7,
              derived,
              Lab.tokenizerFiles(Path.of(arguments[0])));
          row(change, base, fingerprint(investigation, derived.toString()));
        } catch (RuntimeException e) {
          System.out.println("| " + change + " | not made: " + e.getMessage());
        }
        if (Files.exists(derived)) {
          Lab.delete(derived);
        }
      }
      Map<String, Fingerprint> others = new TreeMap<>();
      for (String other : List.of(arguments).subList(1, arguments.length)) {
        others.put(other, fingerprint(investigation, other));
        row(Path.of(other).getFileName().toString(), base, others.get(other));
      }
      List<Double> all = new ArrayList<>();
      for (Fingerprint one : others.values()) {
        for (Fingerprint two : others.values()) {
          if (!one.equals(two)) {
            all.add(one.similarity(two));
          }
        }
      }
      System.err.printf(
          Locale.ROOT,
          "others among themselves: largest %.2f%n",
          all.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    } finally {
      Lab.delete(folder);
    }
  }

  private static Fingerprint fingerprint(Investigation investigation, String reference) {
    return Fingerprinting.of(investigation.open(reference), investigation.tensors(), 2);
  }

  private static void row(String name, Fingerprint a, Fingerprint b) {
    System.out.printf(
        Locale.ROOT,
        "| %s | %.2f | %.2f | %.2f | %.2f | %d/%d | %.2f | %.2f |%n",
        name,
        a.similarity(b),
        a.similarity(Block.DIRECT, b),
        a.similarity(Block.EMBEDDING, b),
        a.similarity(Block.CIRCUITS, b),
        a.layersInCommon(b),
        a.layers().size(),
        a.profileDistance(b),
        a.tokenizer().tokensInCommon(b.tokenizer()));
  }
}
