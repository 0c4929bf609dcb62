package dev.stemma.analysis.behaviour;

import java.text.Normalizer;
import java.util.List;
import java.util.Locale;

/** Whether a text holds one of some words, as whole words whatever their case. */
final class Matching {
  private Matching() {}

  static boolean any(String text, List<String> words) {
    String plain = plain(text);
    return words.stream().anyMatch(word -> holds(plain, plain(word)));
  }

  /** The same with upper and lower case told apart: many a name is a common word. */
  static boolean anyAsWritten(String text, List<String> words) {
    return words.stream().anyMatch(word -> holds(text, word));
  }

  private static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
  }

  private static boolean holds(String text, String word) {
    for (int at = text.indexOf(word); at >= 0 && !word.isEmpty(); at = text.indexOf(word, at + 1)) {
      int end = at + word.length();
      boolean begins = at == 0 || apart(text.codePointBefore(at), word.codePointAt(0));
      boolean ends =
          end == text.length() || apart(word.codePointBefore(word.length()), text.codePointAt(end));
      if (begins && ends) {
        return true;
      }
    }
    return false;
  }

  /** Scripts without spaces, and Korean with its particles, have no word ends to see. */
  private static boolean apart(int first, int second) {
    return !Character.isLetterOrDigit(first)
        || !Character.isLetterOrDigit(second)
        || joined(first)
        || joined(second);
  }

  private static boolean joined(int character) {
    return switch (Character.UnicodeScript.of(character)) {
      case HAN, HIRAGANA, KATAKANA, HANGUL, THAI -> true;
      default -> false;
    };
  }
}
