package dev.stemma.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says in Jinjava's words what Python's Jinja says in others and Jinjava would silently take for
 * something else: {@code for x in y if z}, {@code for ... else}, {@code loop.previtem}, {@code
 * loop.nextitem}, and {@code not a == b}, which Python reads as {@code not (a == b)}.
 */
final class TemplateDialect {
  private static final Pattern NEIGHBOUR = Pattern.compile("\\bloop\\.(prev|next)item\\b");
  private static final String LIST = "loop_items_";

  private final String source;
  private final boolean neighbours;
  private final Set<Integer> loopsWithElse;
  private final List<String> conditions = new ArrayList<>();
  private final Set<String> filters = new TreeSet<>();
  private final StringBuilder out = new StringBuilder();
  private final Deque<Block> open = new ArrayDeque<>();
  private int loops;

  private TemplateDialect(String source) {
    this.source = source;
    this.neighbours = NEIGHBOUR.matcher(source).find();
    this.loopsWithElse = TemplateWords.loopsWithElse(source);
  }

  /**
   * A template in Jinjava's words.
   *
   * @param conditions of {@code for ... if}, by the number that {@link LoopItems} is given
   * @param filters the filters that it uses
   */
  record Translated(String source, List<String> conditions, Set<String> filters) {}

  /** An open block: a loop with the name of its items, or another. */
  private record Block(boolean loop, String items, boolean[] hasElse) {}

  static Translated translate(String source) {
    TemplateDialect dialect = new TemplateDialect(source);
    dialect.run();
    return new Translated(
        dialect.out.toString(), List.copyOf(dialect.conditions), Set.copyOf(dialect.filters));
  }

  private void run() {
    int at = 0;
    while (at < source.length()) {
      int start = source.indexOf('{', at);
      if (start < 0 || start + 1 >= source.length()) {
        break;
      }
      char kind = source.charAt(start + 1);
      if (kind != '%' && kind != '{' && kind != '#') {
        out.append(source, at, start + 1);
        at = start + 1;
        continue;
      }
      out.append(source, at, start);
      int end = kind == '#' ? source.indexOf("#}", start) : end(start + 2, kind);
      if (end < 0) {
        at = start;
        break;
      }
      String inner = source.substring(start + 2, end);
      at = end + 2;
      switch (kind) {
        case '%' -> at = tag(inner, start, at);
        case '{' -> out.append("{{").append(expression(inner)).append("}}");
        default -> out.append("{#").append(inner).append("#}");
      }
    }
    out.append(source, at, source.length());
  }

  /** Where a tag ends, past its texts; -1 where it does not. */
  private int end(int from, char kind) {
    String close = kind == '%' ? "%}" : "}}";
    int depth = 0;
    for (int i = from; i < source.length(); i++) {
      char one = source.charAt(i);
      if (one == '\'' || one == '"') {
        i = TemplateWords.pastText(source, i) - 1;
      } else if (depth == 0 && source.startsWith(close, i)) {
        return i;
      } else if (one == '{') {
        depth++;
      } else if (one == '}' && depth > 0) {
        depth--;
      }
    }
    return -1;
  }

  /** Writes a tag; where the template goes on. */
  private int tag(String inner, int start, int next) {
    String before = inner.startsWith("-") || inner.startsWith("+") ? inner.substring(0, 1) : "";
    String after =
        inner.length() > 1 && (inner.endsWith("-") || inner.endsWith("+"))
            ? inner.substring(inner.length() - 1)
            : "";
    String body = inner.substring(before.length(), inner.length() - after.length());
    String word = body.strip().split("\\W", 2)[0];
    switch (word) {
      case "for" -> loop(before, body.strip().substring(3), after, start);
      case "else" -> otherwise(before, body, after);
      case "endfor" -> {
        Block block = open.poll();
        write(before, block != null && block.hasElse()[0] ? " endif " : body, after);
      }
      case "raw" -> {
        write(before, body, after);
        Matcher end = Pattern.compile("\\{%[-+]?\\s*endraw").matcher(source);
        if (end.find(next)) {
          out.append(source, next, end.start());
          return end.start();
        }
      }
      default -> {
        if (word.equals("if")) {
          open.push(new Block(false, "", new boolean[1]));
        } else if (word.equals("endif")) {
          open.poll();
        }
        write(before, expression(body), after);
      }
    }
    return next;
  }

  private void loop(String before, String head, String after, int start) {
    int in = TemplateWords.find(head, 0, "in");
    if (in < 0) {
      open.push(new Block(true, "", new boolean[1]));
      write(before, " for" + head, after);
      return;
    }
    int condition = TemplateWords.find(head, in + 2, "if");
    String names = head.substring(0, in).strip();
    String items = expression(head.substring(in + 2, condition < 0 ? head.length() : condition));
    boolean named = condition >= 0 || neighbours || loopsWithElse.contains(start);
    if (!named) {
      open.push(new Block(true, "", new boolean[1]));
      write(before, " for " + names + " in" + items, after);
      return;
    }
    String name = LIST + loops++;
    write(before, " set " + name + " = " + items.strip() + " ", "");
    if (condition >= 0) {
      String kept = LoopItems.WHERE + "(" + conditions.size() + ", '" + names + "')";
      conditions.add(expression(head.substring(condition + 2)).strip());
      write("", " set " + name + " = " + name + "|" + kept + " ", "");
    }
    write("", " for " + names + " in " + name + " ", after);
    open.push(new Block(true, name, new boolean[1]));
  }

  private void otherwise(String before, String body, String after) {
    Block block = open.peek();
    if (block == null || !block.loop()) {
      write(before, body, after);
      return;
    }
    block.hasElse()[0] = true;
    write(before, " endfor ", "");
    write("", " if not (" + block.items() + "|list|length) ", after);
  }

  private void write(String before, String body, String after) {
    out.append("{%").append(before).append(body).append(after).append("%}");
  }

  private String expression(String text) {
    String items =
        neighbours
            ? open.stream().filter(Block::loop).map(Block::items).findFirst().orElse("")
            : "";
    String plain = TemplateWords.withNots(text);
    TemplateWords.filters(text, filters);
    return items.isEmpty()
        ? plain
        : NEIGHBOUR
            .matcher(plain)
            .replaceAll(found ->
                "(%s|%s(loop.index0 %s 1))"
                    .formatted(items, LoopItems.AT, found.group(1).equals("prev") ? "-" : "+"));
  }
}
