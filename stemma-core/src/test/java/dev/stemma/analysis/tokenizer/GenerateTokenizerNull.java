package dev.stemma.analysis.tokenizer;

import dev.stemma.analysis.tokenizer.TrainedVocabulary.Split;
import dev.stemma.artifact.Tokenizer;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes {@code tokenizer-null.json}: how much order independent vocabularies have in common. Pairs
 * of public tokenizers without a common ancestor, and vocabularies trained here on halves of one
 * text, on the whole of it, and with other ways of cutting words. Arguments: the file to write,
 * ../shared (or "-" to leave the public ones out), the sizes to train, folders of text.
 */
final class GenerateTokenizerNull {
  private static final long MAXIMUM_CHARACTERS = 12_000_000;

  private final List<Double> tiny = new ArrayList<>();
  private final List<Double> large = new ArrayList<>();

  private GenerateTokenizerNull() {}

  /** Takes the file to write, ../shared or "-", sizes with commas between them, text folders. */
  public static void main(String[] arguments) throws IOException {
    GenerateTokenizerNull samples = new GenerateTokenizerNull();
    if (!arguments[1].equals("-")) {
      samples.publicPairs(Path.of(arguments[1]));
    }
    for (int i = 3; i < arguments.length; i++) {
      List<String> texts = texts(Path.of(arguments[i]));
      for (String size : arguments[2].split(",", -1)) {
        samples.trainedPairs(texts, Integer.parseInt(size));
      }
    }
    ObjectNode document = JsonMapper.shared().createObjectNode();
    document.put(
        "about",
        "Share of the shared words that stand in a common order, over pairs of independent"
            + " vocabularies. Made by GenerateTokenizerNull.");
    put(document.putArray("tiny"), samples.tiny);
    put(document.putArray("large"), samples.large);
    Files.writeString(Path.of(arguments[0]), document.toString() + "\n");
  }

  private static void put(ArrayNode array, List<Double> shares) {
    Collections.sort(shares);
    shares.forEach(share -> array.add(Math.round(share * 1e4) / 1e4));
  }

  private void publicPairs(Path shared) {
    List<Tokenizer> tokenizers = new ArrayList<>();
    List<String> roots = new ArrayList<>();
    for (String[] source : GenerateKnownTokenizers.SOURCES) {
      tokenizers.add(GenerateKnownTokenizers.read(source, shared));
      roots.add(GenerateKnownTokenizers.root(source[0]));
    }
    for (int a = 0; a < tokenizers.size(); a++) {
      for (int b = a + 1; b < tokenizers.size(); b++) {
        if (!roots.get(a).equals(roots.get(b))) {
          add(tokenizers.get(a), tokenizers.get(b));
        }
      }
    }
  }

  private void trainedPairs(List<String> texts, int size) {
    List<List<String>> halves = List.of(new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < texts.size(); i++) {
      halves.get(i % 2).add(texts.get(i));
    }
    List<Tokenizer> trained = new ArrayList<>();
    for (Split split : Split.values()) {
      trained.add(TrainedVocabulary.of(texts, split, size));
      trained.add(TrainedVocabulary.of(halves.get(0), split, size));
      trained.add(TrainedVocabulary.of(halves.get(1), split, size * 3 / 4));
    }
    for (int a = 0; a < trained.size(); a++) {
      for (int b = a + 1; b < trained.size(); b++) {
        add(trained.get(a), trained.get(b));
      }
    }
  }

  private void add(Tokenizer a, Tokenizer b) {
    TokenizerComparison comparison = TokenizerComparison.of(a, b);
    VocabularyComparison counts = comparison.counts();
    if (counts.words().shared() < Thresholds.STANDARD.get("smallestSharedWords")) {
      return;
    }
    boolean isTiny = OrderNull.isTiny(counts, a.kind(), b.kind());
    (isTiny ? tiny : large).add(counts.words().share());
    System.err.printf(
        "%s %d %d n %d share %.3f strength %.1f %s%n",
        isTiny ? "tiny " : "large",
        counts.sizeA(),
        counts.sizeB(),
        counts.words().shared(),
        counts.words().share(),
        counts.words().strength(),
        comparison.kinship().relation().key());
  }

  private static List<String> texts(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = new ArrayList<>(all.filter(Files::isRegularFile).sorted().toList());
    }
    Collections.shuffle(files, new Random(20261121));
    List<String> texts = new ArrayList<>();
    long characters = 0;
    for (Path file : files) {
      if (characters >= MAXIMUM_CHARACTERS) {
        break;
      }
      try {
        texts.add(Files.readString(file));
        characters += texts.getLast().length();
      } catch (MalformedInputException notText) {
        System.err.println("no text: " + file);
      }
    }
    return texts;
  }
}
