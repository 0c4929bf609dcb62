package dev.stemma.analysis.architecture;

import java.util.ArrayList;
import java.util.List;

/** Breaks lines that are wider than a column, between words where it can. */
public final class Folding {
  private Folding() {}

  /** The text in lines of at most so many characters; at least one line. */
  public static List<String> fold(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > width) {
      int gap = rest.lastIndexOf("   ", width);
      int space = gap > 0 ? gap : rest.lastIndexOf(' ', width);
      int end = space > 0 ? space : width;
      lines.add(rest.substring(0, end).stripTrailing());
      rest = rest.substring(end).stripLeading();
    }
    lines.add(rest);
    return lines;
  }
}
