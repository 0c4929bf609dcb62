import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Makes two byte-level BPE files for benchmarks: 200,000 tokens and 440,000 merge rules each, about
 * 30 MB of indented JSON; the second shares the first's 120,000 first tokens. Not every rule can be
 * reached. Usage: java
 * MakeTokenizers.java FOLDER (FOLDER/a/tokenizer.json, FOLDER/b/tokenizer.json).
 */
class MakeTokenizers {
  static final int TOKENS = 200_000, SHARED = 120_000, MERGES = 440_000, LONGEST = 24;

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    write(folder.resolve("a"), 1, 1);
    write(folder.resolve("b"), 1, 2);
  }

  static void write(Path folder, long firstSeed, long secondSeed) throws IOException {
    List<String> tokens = new ArrayList<>();
    List<String[]> merges = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (int value = 0; value < 256; value++) {
      boolean visible = (value >= 33 && value <= 126) || (value >= 161 && value <= 172) || value >= 174;
      String letter = Character.toString(visible ? value : 256 + tokens.size());
      tokens.add(letter);
      seen.add(letter);
    }
    SplittableRandom random = new SplittableRandom(firstSeed);
    while (tokens.size() < TOKENS) {
      if (tokens.size() == SHARED) {
        random = new SplittableRandom(secondSeed * 1000);
      }
      // Early tokens are parts of later ones more often, as in a trained vocabulary.
      String left = tokens.get((int) (tokens.size() * Math.pow(random.nextDouble(), 2.5)));
      String right = tokens.get((int) (tokens.size() * Math.pow(random.nextDouble(), 2.5)));
      String both = left + right;
      if (both.length() > LONGEST || !seen.add(both)) {
        continue;
      }
      merges.add(new String[] {left, right});
      tokens.add(both);
      for (int cut = 1; cut < both.length() && merges.size() * (long) TOKENS < (long) MERGES * tokens.size(); cut++) {
        if (cut != left.length()) {
          merges.add(new String[] {both.substring(0, cut), both.substring(cut)});
        }
      }
    }
    Files.createDirectories(folder);
    try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("tokenizer.json"))) {
      out.write("{\n  \"version\": \"1.0\",\n  \"added_tokens\": [\n    {\n      \"id\": " + TOKENS
          + ",\n      \"content\": \"<|endoftext|>\",\n      \"special\": true\n    }\n  ],\n"
          + "  \"pre_tokenizer\": {\n    \"type\": \"ByteLevel\",\n    \"add_prefix_space\": false\n  },\n"
          + "  \"decoder\": {\n    \"type\": \"ByteLevel\"\n  },\n  \"model\": {\n    \"type\": \"BPE\",\n    \"vocab\": {\n");
      for (int id = 0; id < tokens.size(); id++) {
        out.write("      " + quoted(tokens.get(id)) + ": " + id + (id + 1 < tokens.size() ? ",\n" : "\n"));
      }
      out.write("    },\n    \"merges\": [\n");
      for (int i = 0; i < merges.size(); i++) {
        out.write("      [\n        " + quoted(merges.get(i)[0]) + ",\n        " + quoted(merges.get(i)[1])
            + "\n      ]" + (i + 1 < merges.size() ? ",\n" : "\n"));
      }
      out.write("    ]\n  }\n}\n");
    }
  }

  static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
