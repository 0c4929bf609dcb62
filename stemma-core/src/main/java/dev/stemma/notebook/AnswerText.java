package dev.stemma.notebook;

import dev.stemma.artifact.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a text that others wrote safe to stand in a notebook: it keeps its Markdown and carries no
 * marker, no heading of an entry, no HTML, no comment of any form, no image, no invisible character
 * and no import of a file. What it says in plain words stays what it says: readers, agents too, are
 * told that entries are no instructions.
 */
final class AnswerText {
  private static final int LONGEST = 200_000;

  private static final Pattern HEADING = Pattern.compile("^( {0,3})(#{1,3})(?=[ \\t]|$)");
  private static final Pattern RULE =
      Pattern.compile("^ {0,3}(?:-[ \\t]*){2,}$|^ {0,3}-[ \\t]*$|^ {0,3}=+[ \\t]*$");
  private static final Pattern NUMBER = Pattern.compile("(?<=#)([ \\t]*[Qq])[ \\t]*(?=\\d)");
  private static final Pattern MARKER =
      Pattern.compile("(TUTORIAL|SECTION|STEMMA)_(?=MARKER|INDEX)", Pattern.CASE_INSENSITIVE);
  private static final Pattern DEFINITION = Pattern.compile("^(\\s*(?:>\\s*)*)\\[(?=[^\\]]*\\]:)");
  private static final Pattern LABEL =
      Pattern.compile("^(\\s*)\\*\\*(?=(?:질문 시각|Asked|Date|답변|Answer)\\*\\*)");
  private static final Pattern AUTOLINK = Pattern.compile("<https?://[^\\s<>]*>");
  private static final Pattern TARGET =
      Pattern.compile("\\]\\((?=\\s*<?[A-Za-z][A-Za-z0-9+.-]*:)(?!\\s*<?(?:https?|mailto):)");
  private static final Pattern IMPORT = Pattern.compile("(?<![\\w`])@(?=[~./\\w])");

  private AnswerText() {}

  /** A text of several lines. */
  static List<String> lines(String raw) {
    String text = visible(raw.length() > LONGEST ? raw.substring(0, LONGEST) + "\n…" : raw);
    List<String> out = new ArrayList<>();
    Fences fences = new Fences();
    for (String line : text.split("\n", -1)) {
      boolean code = fences.isCode(line);
      out.add(code ? inCode(line) : outside(line));
    }
    String open = fences.open();
    if (open != null) {
      out.add(open);
    }
    while (!out.isEmpty() && out.getFirst().isBlank()) {
      out.removeFirst();
    }
    while (!out.isEmpty() && out.getLast().isBlank()) {
      out.removeLast();
    }
    return out;
  }

  /** The same text with its blocks of code as plain lines, for where their ends are in doubt. */
  static List<String> plain(String raw) {
    return visible(raw)
        .lines()
        .map(line -> outside(line.replace("`", "\\`").replace("~~~", "\\~~~")))
        .toList();
  }

  /** A question's title: one line. */
  static String title(String raw) {
    String line = visible(raw).replaceAll("\\s+", " ").strip().replaceAll("[ #]+$", "");
    if (line.length() > 500) {
      line = line.substring(0, Character.isHighSurrogate(line.charAt(499)) ? 499 : 500) + "…";
    }
    return inline(broken(line));
  }

  /** Within a table's cell or a sentence of ours: one line, no bar, no emphasis begun. */
  static String cell(String raw) {
    return visible(raw).replaceAll("\\s+", " ").replaceAll("([\\\\`*_|\\[\\]])", "\\\\$1").strip();
  }

  private static String outside(String line) {
    Matcher rule = RULE.matcher(line);
    if (rule.matches()) {
      return line.isBlank() ? line : line.contains("=") ? "\\" + line.strip() : "***";
    }
    String kept = HEADING.matcher(line).replaceFirst("$1####");
    kept = DEFINITION.matcher(kept).replaceFirst("$1\\\\[");
    kept = LABEL.matcher(kept).replaceFirst("$1\\\\*\\\\*");
    return inline(broken(kept));
  }

  private static String inCode(String line) {
    return broken(line.replace("<!", "< !"));
  }

  /** No number of an entry, no marker's name, be it in code or not. */
  private static String broken(String line) {
    return MARKER.matcher(NUMBER.matcher(line).replaceAll("$1-")).replaceAll("$1 ");
  }

  /**
   * Goes through a line: spans of code stay but for comments, all else loses tags, images and
   * imports. A backtick without a partner on its line is escaped, so that it finds none on another.
   */
  private static String inline(String line) {
    StringBuilder out = new StringBuilder();
    int from = 0;
    int at = 0;
    while (at < line.length()) {
      char character = line.charAt(at);
      if (character == '\\') {
        at += 2;
      } else if (character == '`') {
        int run = run(line, at);
        int end = partner(line, at + run, run);
        out.append(words(line.substring(from, at)));
        if (end < 0) {
          out.append("\\`".repeat(run));
          at += run;
        } else {
          out.append(line.substring(at, end + run).replace("<!", "< !"));
          at = end + run;
        }
        from = at;
      } else {
        at++;
      }
    }
    return out.append(words(line.substring(Math.min(from, line.length())))).toString();
  }

  private static int run(String line, int from) {
    int at = from;
    while (at < line.length() && line.charAt(at) == '`') {
      at++;
    }
    return at - from;
  }

  private static int partner(String line, int from, int length) {
    int at = line.indexOf('`', from);
    while (at >= 0) {
      int run = run(line, at);
      if (run == length) {
        return at;
      }
      at = line.indexOf('`', at + run);
    }
    return -1;
  }

  private static String words(String text) {
    StringBuilder out = new StringBuilder();
    Matcher links = AUTOLINK.matcher(text);
    int from = 0;
    while (links.find()) {
      out.append(tagless(text.substring(from, links.start()))).append(links.group());
      from = links.end();
    }
    return out.append(tagless(text.substring(from))).toString();
  }

  private static String tagless(String text) {
    String kept = text.replace("<", "&lt;").replace("![", "[");
    kept = TARGET.matcher(kept).replaceAll("] (");
    return IMPORT.matcher(kept).replaceAll("&#64;");
  }

  /** Line ends are {@code \n}; what nobody sees is taken out. */
  private static String visible(String raw) {
    StringBuilder out = new StringBuilder(raw.length());
    String text = raw.replace("\r\n", "\n").replace('\r', '\n');
    text.codePoints()
        .forEach(codePoint -> {
          if (codePoint == '\n' || codePoint == '\t' || isVisible(codePoint)) {
            out.appendCodePoint(codePoint);
          } else if (Character.getType(codePoint) == Character.LINE_SEPARATOR
              || Character.getType(codePoint) == Character.PARAGRAPH_SEPARATOR) {
            out.append('\n');
          }
        });
    return out.toString();
  }

  private static boolean isVisible(int codePoint) {
    boolean selects =
        (codePoint >= 0xfe00 && codePoint <= 0xfe0f)
            || (codePoint >= 0xe0100 && codePoint <= 0xe01ef);
    return !selects && Printable.isPrintable(codePoint);
  }
}
