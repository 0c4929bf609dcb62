package dev.stemma.report;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jline.utils.WCWidth;

/** Text measured in terminal columns: Korean and other wide characters take two. */
final class Columns {
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private Columns() {}

  /** Columns that the text takes. */
  static int width(String text) {
    return text.codePoints().map(codePoint -> Math.max(0, WCWidth.wcwidth(codePoint))).sum();
  }

  /** The text with blanks up to a width. */
  static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - width(text)));
  }

  /** The text in lines of at most this width, broken at blanks, or within a word that is wider. */
  static List<String> wrapped(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : BLANKS.split(text.strip(), -1)) {
      String rest = word;
      if (!line.isEmpty() && width(line.toString()) + 1 + width(rest) <= width) {
        line.append(' ').append(rest);
        continue;
      }
      if (!line.isEmpty()) {
        lines.add(line.toString());
        line.setLength(0);
      }
      while (width(rest) > width) {
        int cut = fitting(rest, width);
        lines.add(rest.substring(0, cut));
        rest = rest.substring(cut);
      }
      line.append(rest);
    }
    if (!line.isEmpty() || lines.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  private static int fitting(String text, int width) {
    int index = 0;
    int columns = 0;
    while (index < text.length()) {
      int codePoint = text.codePointAt(index);
      columns += Math.max(0, WCWidth.wcwidth(codePoint));
      if (columns > width && index > 0) {
        break;
      }
      index += Character.charCount(codePoint);
    }
    return index;
  }
}
