package dev.stemma.behaviour;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * Combines the hand-written fragments ({@code opening-fragments-*.txt}) into {@code
 * openings.jsonl}. The same fragments always give the same file; run {@code main} with the target
 * path after changing them.
 *
 * <p>A fragment file holds sets: a line {@code = LANGUAGE COUNT PATTERN}, then each slot's name
 * after {@code @} with its fragments. The pattern's last slot is the stem: it ends the opening, is
 * used as evenly as possible, and may itself hold slots. The sign ⏎ stands for a line break.
 */
final class OpeningsGenerator {
  private static final List<String> LANGUAGES = List.of("en", "ko", "zh", "code");
  private static final int SEED = 20_250_101;

  private OpeningsGenerator() {}

  public static void main(String[] arguments) throws IOException {
    Files.writeString(Path.of(arguments[0]), lines());
  }

  /** The whole file's text. */
  static String lines() throws IOException {
    List<String> lines = new ArrayList<>();
    Random random = new Random(SEED);
    for (String language : LANGUAGES) {
      int set = 0;
      for (FragmentSet fragments : read(language)) {
        lines.addAll(combine(fragments, language + "-" + ++set, random));
      }
    }
    Collections.shuffle(lines, random);
    return String.join("\n", lines) + "\n";
  }

  private static List<String> combine(FragmentSet set, String name, Random random) {
    List<String> slotNames = List.copyOf(set.slots().keySet());
    String stemSlot = set.pattern().substring(set.pattern().lastIndexOf('{') + 1);
    List<String> stems = slot(set, stemSlot.substring(0, stemSlot.length() - 1));
    Set<String> seen = new HashSet<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; lines.size() < set.count(); i++) {
      if (i > 100 * set.count()) {
        throw new IllegalStateException(name + ": too few fragments for " + set.count());
      }
      int stem = lines.size() % stems.size();
      String text = set.pattern().replace("{" + stemSlot, stems.get(stem));
      for (String slotName : slotNames) {
        List<String> choices = slot(set, slotName);
        String choice = choices.get(random.nextInt(choices.size()));
        text = text.replace("{" + slotName + "}", choice);
        text = text.replace("{" + capital(slotName) + "}", capital(choice));
      }
      text = text.replace('⏎', '\n').stripTrailing();
      if (seen.add(text)) {
        Map<String, String> line = new LinkedHashMap<>();
        line.put("language", name.substring(0, name.indexOf('-')));
        line.put("stem", name + "-" + stem);
        line.put("text", text);
        lines.add(JsonMapper.shared().writeValueAsString(line));
      }
    }
    return lines;
  }

  private static List<String> slot(FragmentSet set, String name) {
    return Objects.requireNonNull(set.slots().get(name), name);
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  private static List<FragmentSet> read(String language) throws IOException {
    String resource = "opening-fragments-" + language + ".txt";
    List<FragmentSet> sets = new ArrayList<>();
    List<String> slot = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(OpeningsGenerator.class.getResourceAsStream(resource))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (line.startsWith("= ")) {
          String[] head = line.split(" ", 4);
          sets.add(new FragmentSet(Integer.parseInt(head[2]), head[3], new LinkedHashMap<>()));
        } else if (isSlotName(line)) {
          slot = new ArrayList<>();
          sets.getLast().slots().put(line.substring(1), slot);
        } else if (!line.isBlank()) {
          slot.add(line);
        }
      }
    }
    return sets;
  }

  /** Distinguishes a slot's name from a fragment of code such as an annotation. */
  private static boolean isSlotName(String line) {
    return line.matches("@[a-z]+");
  }

  private record FragmentSet(int count, String pattern, Map<String, List<String>> slots) {}
}
