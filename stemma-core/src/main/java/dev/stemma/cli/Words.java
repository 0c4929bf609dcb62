package dev.stemma.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Words of a command line. */
final class Words {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_./:@+=,-][A-Za-z0-9_./:@+=,~#-]*");

  private Words() {}

  /** As a shell takes it: a name that would mean something to the shell stands in quotes. */
  static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** The words of a command line that {@link #quoted} made. */
  static List<String> of(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean begun = false;
    boolean quoted = false;
    for (int at = 0; at < line.length(); at++) {
      char character = line.charAt(at);
      if (character == '\'') {
        quoted = !quoted;
        begun = true;
      } else if (!quoted && character == ' ') {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else {
        if (!quoted && character == '\\' && at + 1 < line.length()) {
          at++;
        }
        word.append(line.charAt(at));
        begun = true;
      }
    }
    if (begun) {
      words.add(word.toString());
    }
    return words;
  }
}
