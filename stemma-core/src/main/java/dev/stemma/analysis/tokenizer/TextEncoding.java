package dev.stemma.analysis.tokenizer;

import dev.stemma.artifact.Tokenizer;
import dev.stemma.artifact.Tokenizer.Kind;
import dev.stemma.runtime.HuggingFaceText;
import dev.stemma.runtime.RankedPieces;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * How a tokenizer cuts a fixed text in several languages: by Hugging Face's own library where the
 * file is theirs, else by merging in the order of ranks.
 *
 * @param by {@code hugging-face}, {@code ranks} or {@code not-tested}
 * @param why it was not tested; empty otherwise
 * @param pieces by language, the tokens' bytes as text with one character a byte
 */
public record TextEncoding(String by, String why, Map<String, List<String>> pieces) {
  private static final long QUICKLY_LOADED_BYTES = 16L << 20;
  private static final Map<String, String> TEXTS = load();

  /** One language, in both tokenizers. */
  public record Language(
      String name, int characters, int tokensOfA, int tokensOfB, double samePieces) {}

  /** Encodes the texts; large Hugging Face files only if thorough. */
  public static TextEncoding of(Tokenizer tokenizer, boolean thorough) {
    Optional<Path> file = tokenizer.traits().huggingFaceFile().map(Path::of);
    try {
      if (file.isPresent()) {
        if (!thorough && Files.size(file.get()) > QUICKLY_LOADED_BYTES) {
          return notTested("loading a file of this size takes a second: give --thorough");
        }
        try (HuggingFaceText codec = new HuggingFaceText(file.get())) {
          return encoded("hugging-face", tokenizer, codec::encodeWithoutMarks);
        }
      }
    } catch (IOException | RuntimeException e) {
      // The library refuses some files that it did not write; its reason is told, not thrown.
      return notTested("Hugging Face's library could not load the file: " + firstLine(e));
    }
    Kind kind = tokenizer.kind();
    if (kind != Kind.BYTE_LEVEL_BPE && kind != Kind.SENTENCEPIECE_BPE) {
      return notTested("only byte-pair vocabularies are cut by rank");
    }
    RankedPieces codec = new RankedPieces(tokenizer);
    return encoded("ranks", tokenizer, codec::encode);
  }

  /** Both against each other, by language; empty where one was not tested. */
  public static List<Language> compare(TextEncoding a, TextEncoding b) {
    List<Language> languages = new ArrayList<>();
    TEXTS.forEach((name, text) -> {
      List<String> ofA = a.pieces.get(name);
      List<String> ofB = b.pieces.get(name);
      if (ofA != null && ofB != null) {
        languages.add(
            new Language(
                name,
                text.codePointCount(0, text.length()),
                ofA.size(),
                ofB.size(),
                same(ofA, ofB)));
      }
    });
    return languages;
  }

  /** Characters of each text. */
  public static Map<String, Integer> characters() {
    Map<String, Integer> characters = new LinkedHashMap<>();
    TEXTS.forEach((name, text) -> characters.put(name, text.codePointCount(0, text.length())));
    return characters;
  }

  private interface Encoder {
    List<Integer> encode(String text);
  }

  private static TextEncoding notTested(String why) {
    return new TextEncoding("not-tested", why, Map.of());
  }

  private static String firstLine(Exception e) {
    String message = String.valueOf(e.getMessage());
    return message.lines().findFirst().orElse("no reason given");
  }

  private static TextEncoding encoded(String by, Tokenizer tokenizer, Encoder encoder) {
    Map<String, List<String>> pieces = new LinkedHashMap<>();
    TEXTS.forEach((name, text) -> {
      List<String> cut = new ArrayList<>();
      for (int id : encoder.encode(text)) {
        int index = tokenizer.indexOf(id).orElse(-1);
        cut.add(
            index < 0
                ? "?"
                : new String(tokenizer.bytes(index), java.nio.charset.StandardCharsets.ISO_8859_1));
      }
      pieces.put(name, cut);
    });
    return new TextEncoding(by, "", pieces);
  }

  /** Pieces that both have, twice, over all pieces. */
  private static double same(List<String> a, List<String> b) {
    Map<String, Integer> left = new HashMap<>();
    a.forEach(piece -> left.merge(piece, 1, Integer::sum));
    int both = 0;
    for (String piece : b) {
      if (left.merge(piece, -1, Integer::sum) >= 0) {
        both++;
      }
    }
    int all = a.size() + b.size();
    return all == 0 ? 1 : 2.0 * both / all;
  }

  private static Map<String, String> load() {
    try (InputStream in = TextEncoding.class.getResourceAsStream("sample-texts.json")) {
      if (in == null) {
        throw new IllegalStateException("sample-texts.json is not in the jar");
      }
      Map<String, String> texts = new LinkedHashMap<>();
      new JsonMapper()
          .readTree(in)
          .properties()
          .forEach(entry -> texts.put(entry.getKey(), entry.getValue().stringValue()));
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
