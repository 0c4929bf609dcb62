package dev.stemma.notebook;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the tool knows of its own methods: short texts, found by words of a question. */
final class Knowledge {
  private static final int MOST = 2;
  private static final List<Item> ALL = read();

  private Knowledge() {}

  record Item(
      String id,
      List<Pattern> words,
      int need,
      String english,
      String korean,
      List<String> analyses,
      List<String> commands,
      List<String> sources) {
    String text(Words language) {
      return language.language().equals("ko") ? korean : english;
    }

    long score(String question) {
      return words.stream().filter(word -> word.matcher(question).find()).count();
    }
  }

  static List<Item> all() {
    return ALL;
  }

  /** The item that fits best, and another that fits as well. */
  static List<Item> about(String question) {
    List<Item> fitting =
        ALL.stream()
            .filter(item -> item.score(question) >= item.need())
            .sorted(Comparator.comparingLong((Item item) -> -item.score(question)))
            .toList();
    return fitting.stream()
        .filter(item -> item.score(question) == fitting.getFirst().score(question))
        .limit(MOST)
        .toList();
  }

  private static List<Item> read() {
    try (InputStream in =
        Objects.requireNonNull(Knowledge.class.getResourceAsStream("knowledge.json"))) {
      List<Item> items = new ArrayList<>();
      for (JsonNode item : JsonMapper.shared().readTree(in).get("items")) {
        items.add(
            new Item(
                item.get("id").stringValue(),
                strings(item.get("words")).stream()
                    .map(word ->
                        Pattern.compile(word, Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE))
                    .toList(),
                item.get("need").intValue(),
                item.get("en").stringValue(),
                item.get("ko").stringValue(),
                strings(item.get("analyses")),
                strings(item.get("commands")),
                strings(item.get("sources"))));
      }
      return List.copyOf(items);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> strings(JsonNode list) {
    List<String> out = new ArrayList<>();
    list.forEach(one -> out.add(one.stringValue()));
    return List.copyOf(out);
  }
}
