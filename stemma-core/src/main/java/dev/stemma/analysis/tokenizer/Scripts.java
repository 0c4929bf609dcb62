package dev.stemma.analysis.tokenizer;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which kinds of writing tokens are. */
public final class Scripts {
  private Scripts() {}

  /** The kind of one token: a script's name, or digits, spaces, marks, parts of characters. */
  static String of(byte[] token) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(token)).toString();
    } catch (CharacterCodingException e) {
      return "parts of characters";
    }
    String stripped = text.strip();
    if (stripped.isEmpty()) {
      return "spaces";
    }
    if (stripped.codePoints().allMatch(Character::isDigit)) {
      return "digit runs";
    }
    return stripped
        .codePoints()
        .filter(Character::isLetter)
        .mapToObj(point -> name(Character.UnicodeScript.of(point)))
        .findFirst()
        .orElse("punctuation and symbols");
  }

  private static String name(Character.UnicodeScript script) {
    String name = script.name().replace('_', ' ').toLowerCase(Locale.ROOT);
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  /** How many of the tokens of one vocabulary that the other lacks are of each kind, most first. */
  static Map<String, Integer> lacking(Vocabulary in, Vocabulary other) {
    Map<String, Integer> counts = new TreeMap<>();
    for (int rank = 0; rank < in.size(); rank++) {
      if (other.find(in, in.index(rank)) < 0) {
        counts.merge(of(in.tokenizer().bytes(in.index(rank))), 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, Integer::sum, LinkedHashMap::new));
  }

  /** The most frequent kinds in words. */
  public static String words(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .limit(5)
        .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
        .collect(Collectors.joining(", "));
  }
}
