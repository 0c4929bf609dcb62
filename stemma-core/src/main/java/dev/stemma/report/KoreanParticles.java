package dev.stemma.report;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chooses between the two forms of a Korean particle, written {@code 은(는)} in the bundle, by the
 * sound before it. Where that sound is not known (a foreign word) both forms stay, as is customary.
 */
final class KoreanParticles {
  private static final Pattern BOTH =
      Pattern.compile("(.)([\"'”’)]?)(은\\(는\\)|이\\(가\\)|을\\(를\\)|과\\(와\\)|\\(으\\)로)");
  private static final String DIGITS_WITH_FINAL_CONSONANT = "013678";
  private static final int FINAL_CONSONANTS = 28;
  private static final int FINAL_RIEUL = 8;

  private KoreanParticles() {}

  static String resolve(String text) {
    Matcher matcher = BOTH.matcher(text);
    StringBuilder out = new StringBuilder();
    while (matcher.find()) {
      char before = matcher.group(1).charAt(0);
      matcher.appendReplacement(
          out,
          Matcher.quoteReplacement(
              matcher.group(1) + matcher.group(2) + form(before, matcher.group(3))));
    }
    return matcher.appendTail(out).toString();
  }

  private static String form(char before, String both) {
    boolean syllable = before >= '가' && before <= '힣';
    boolean digit = before >= '0' && before <= '9';
    if (!syllable && !digit) {
      return both;
    }
    int last = syllable ? (before - '가') % FINAL_CONSONANTS : 0;
    boolean closed = syllable ? last != 0 : DIGITS_WITH_FINAL_CONSONANT.indexOf(before) >= 0;
    boolean rieul = syllable ? last == FINAL_RIEUL : "178".indexOf(before) >= 0;
    return switch (both) {
      case "은(는)" -> closed ? "은" : "는";
      case "이(가)" -> closed ? "이" : "가";
      case "을(를)" -> closed ? "을" : "를";
      case "과(와)" -> closed ? "과" : "와";
      default -> closed && !rieul ? "으로" : "로";
    };
  }
}
