package dev.stemma.notebook;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One Markdown file of a notebook: its entries, and where new ones go. What stands in code is left
 * alone, so a file may show the form of an entry.
 */
final class Page {
  static final String TUTORIAL = "TUTORIAL_MARKER";
  static final String SECTION = "SECTION_MARKER";

  private static final Pattern ENTRY =
      Pattern.compile("^ {0,3}#{3}[ \\t]+Q(\\d{1,9})[ \\t]*[:：][ \\t]*(.*?)[ \\t]*$");
  private static final Pattern EXACT = Pattern.compile("^### Q[1-9]\\d*: \\S.*$");
  private static final Pattern NEARLY =
      Pattern.compile("^ {0,3}#{1,6}[ \\t]*[Qq][ \\t]*\\d*[ \\t]*[:：.].*$");
  private static final Pattern MARKER =
      Pattern.compile("^ {0,3}<!--\\s*(" + TUTORIAL + "|" + SECTION + ")\\b.*$");
  private static final Pattern END =
      Pattern.compile("^ {0,3}(#{1,3}[ \\t].*|<!--\\s*(TUTORIAL|SECTION)_MARKER\\b.*)$");
  private static final Pattern DATE =
      Pattern.compile("^\\*\\*(?:질문 시각|Asked|Date)\\*\\*\\s*[::]\\s*(.*?)\\s*$");
  private static final Pattern ANSWER =
      Pattern.compile("^\\*\\*(?:답변|Answer)\\*\\*\\s*[::]?\\s*(.*)$");

  private final Path name;
  private final List<String> lines;
  private final String lineEnd;
  private final List<Entry> entries = new ArrayList<>();
  private final List<Integer> markers = new ArrayList<>();
  private final List<Integer> malformed = new ArrayList<>();
  private final boolean openFence;

  private Page(Path name, List<String> lines, String lineEnd) {
    this.name = name;
    this.lines = lines;
    this.lineEnd = lineEnd;
    Fences fences = new Fences();
    boolean[] code = new boolean[lines.size()];
    for (int at = 0; at < lines.size(); at++) {
      code[at] = fences.isCode(lines.get(at));
    }
    openFence = fences.open() != null;
    for (int at = 0; at < lines.size(); at++) {
      if (code[at]) {
        continue;
      }
      String line = lines.get(at);
      Matcher heading = ENTRY.matcher(line);
      if (heading.matches()) {
        entries.add(entry(heading, at, code));
        if (!EXACT.matcher(line).matches()) {
          malformed.add(at);
        }
      } else if (NEARLY.matcher(line).matches()) {
        malformed.add(at);
      } else if (MARKER.matcher(line).matches()) {
        markers.add(at);
      }
    }
  }

  /** Reads a page's text. */
  static Page of(Path name, String text) {
    String lineEnd = text.contains("\r\n") ? "\r\n" : "\n";
    return new Page(name, new ArrayList<>(List.of(text.split("\r?\n", -1))), lineEnd);
  }

  private Entry entry(Matcher heading, int at, boolean[] code) {
    String date = "";
    boolean answered = false;
    boolean below = false;
    for (int next = at + 1; next < lines.size(); next++) {
      String line = lines.get(next);
      if (!code[next] && END.matcher(line).matches()) {
        break;
      }
      Matcher asked = DATE.matcher(line);
      Matcher answer = ANSWER.matcher(line);
      if (!below && date.isEmpty() && asked.matches()) {
        date = asked.group(1);
      } else if (!below && answer.matches()) {
        below = true;
        answered = !answer.group(1).isBlank();
      } else if (below && !line.isBlank() && !line.strip().equals("---")) {
        answered = true;
      }
    }
    return new Entry(
        Integer.parseInt(heading.group(1)), heading.group(2), date, name, at + 1, answered);
  }

  Path name() {
    return name;
  }

  List<Entry> entries() {
    return entries;
  }

  /** Lines of markers, from 0. */
  List<Integer> markers() {
    return markers;
  }

  /** Lines that look like an entry's heading and are not of its form, from 0. */
  List<Integer> malformed() {
    return malformed;
  }

  boolean hasOpenFence() {
    return openFence;
  }

  List<String> lines() {
    return lines;
  }

  String text() {
    return String.join(lineEnd, lines);
  }

  /** The page with lines instead of some of its own. */
  Page with(int from, int to, List<String> instead) {
    List<String> changed = new ArrayList<>(lines.subList(0, from));
    changed.addAll(instead);
    changed.addAll(lines.subList(to, lines.size()));
    return new Page(name, changed, lineEnd);
  }

  /** The page with an entry above its marker, lines between rules as the others stand. */
  Page withEntry(List<String> entry) {
    int marker = markers.getFirst();
    int last = marker - 1;
    while (last >= 0 && lines.get(last).isBlank()) {
      last--;
    }
    List<String> block = new ArrayList<>();
    block.add("");
    if (last < 0 || !lines.get(last).strip().equals("---")) {
      block.add("---");
      block.add("");
    }
    block.addAll(entry);
    block.add("");
    block.add("---");
    block.add("");
    return with(last + 1, marker, block);
  }
}
