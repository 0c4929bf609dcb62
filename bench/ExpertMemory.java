import dev.stemma.Investigation;
import dev.stemma.runtime.Decoder;
import dev.stemma.runtime.DecoderBuilder;
import dev.stemma.runtime.RouterWatch;
import dev.stemma.runtime.Sequence;
import dev.stemma.source.Progress;
import dev.stemma.source.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a mixture of experts holds in memory: FOLDER TOKENS. Reads tokens one by one and prints JSON: after each, how many of
 * all experts were touched so far, and the resident bytes of the mapped checkpoint (/proc/self/smaps).
 */
final class ExpertMemory {
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0], "model.safetensors");
    int tokens = Integer.parseInt(arguments[1]);
    try (Investigation investigation = new Investigation(Sources.standard(), 2, Progress.NONE)) {
      Decoder decoder = DecoderBuilder.build(investigation.open(arguments[0]), investigation.tensors());
      List<String> rows = new ArrayList<>();
      rows.add("{\"tokens\":0,\"expertsTouched\":0,\"residentBytes\":%d}".formatted(resident(file)));
      Set<Long> touched = new HashSet<>();
      Sequence sequence =
          RouterWatch.on(
                  decoder,
                  (layer, logits, choices) ->
                      choices.forEach(choice -> touched.add(((long) layer << 32) + choice.expert())))
              .begin();
      int token = 1;
      long start = System.nanoTime();
      for (int i = 1; i <= tokens; i++) {
        float[] logits = sequence.read(token, 0);
        for (int j = 0; j < logits.length; j++) {
          token = logits[j] > logits[token] ? j : token;
        }
        rows.add(
            "{\"tokens\":%d,\"expertsTouched\":%d,\"residentBytes\":%d}"
                .formatted(i, touched.size(), resident(file)));
      }
      System.out.printf(
          "{\"fileBytes\":%d,\"tokensPerSecond\":%.2f,\"peakResidentOfProcessBytes\":%d,\"rows\":[%s]}%n",
          Files.size(file), tokens * 1e9 / (System.nanoTime() - start), peak(), String.join(",", rows));
    }
  }

  /** Bytes of the file's mappings that are in memory. */
  private static long resident(Path file) throws Exception {
    long bytes = 0;
    boolean ours = false;
    for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
      if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
        ours = line.endsWith(file.toRealPath().toString());
      } else if (ours && line.startsWith("Rss:")) {
        bytes += Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return bytes;
  }

  private static long peak() throws Exception {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return 0;
  }
}
