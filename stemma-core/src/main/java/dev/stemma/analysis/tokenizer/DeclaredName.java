package dev.stemma.analysis.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a tokenizer is called against what it is: a name that speaks of one known tokenizer while
 * the vocabulary is that of another. The words are data, in {@code declared-names.json}.
 *
 * @param word normalised: letters and digits in lower case
 * @param mayBe known tokenizers that fit the word
 */
record DeclaredName(String word, List<String> mayBe) {
  private static final List<DeclaredName> SHIPPED = load();

  /** Keeps the list unmodifiable. */
  DeclaredName {
    mayBe = List.copyOf(mayBe);
  }

  /**
   * A warning where the reference names a known tokenizer and holds another.
   *
   * @param identified the known tokenizer that it is; null if none
   */
  static Optional<String> contradiction(
      String reference, @Nullable String identified, KnownTokenizers known) {
    if (identified == null) {
      return Optional.empty();
    }
    String name = normalised(reference);
    List<String> said = new ArrayList<>();
    for (DeclaredName declared : SHIPPED) {
      if (!name.contains(declared.word)) {
        continue;
      }
      if (declared.mayBe.stream().anyMatch(each -> fits(each, identified, known))) {
        return Optional.empty();
      }
      said.add(declared.mayBe.getFirst());
    }
    return said.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "The name says "
                + said.getFirst()
                + ", but the vocabulary is "
                + identified
                + "'s: do not take the name as evidence.");
  }

  private static boolean fits(String declared, String identified, KnownTokenizers known) {
    return declared.equals(identified) || known.descends(identified, declared);
  }

  /** The last parts of a reference, where packages, models and files have their names. */
  private static String normalised(String reference) {
    String[] parts = reference.replaceAll("@[\\d.]+", "").split("[/\\\\:]", -1);
    StringBuilder name = new StringBuilder();
    for (int i = Math.max(0, parts.length - 2); i < parts.length; i++) {
      name.append(parts[i]).append(' ');
    }
    return name.toString().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 #]", "");
  }

  private static List<DeclaredName> load() {
    try (InputStream in = DeclaredName.class.getResourceAsStream("declared-names.json")) {
      if (in == null) {
        throw new IllegalStateException("declared-names.json is not in the jar");
      }
      List<DeclaredName> names = new ArrayList<>();
      for (JsonNode node : new JsonMapper().readTree(in).path("names")) {
        names.add(
            new DeclaredName(
                node.path("word").stringValue(),
                node.path("mayBe").valueStream().map(JsonNode::stringValue).toList()));
      }
      return List.copyOf(names);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
