package dev.stemma.cli;

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
}
