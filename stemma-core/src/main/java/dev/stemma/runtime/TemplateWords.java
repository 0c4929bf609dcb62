package dev.stemma.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a template's expressions word by word, past texts and brackets. */
final class TemplateWords {
  private static final String OPENING = "([{";
  private static final String CLOSING = ")]}";
  private static final Pattern COMPARISON = Pattern.compile("==|!=|<=|>=|<|>|\\b(?:is|in)\\b");
  private static final Pattern NAME = Pattern.compile("\\s*([A-Za-z_]\\w*)");
  private static final Pattern BEFORE_IN = Pattern.compile("\\s+in\\b");
  private static final Pattern BLOCK =
      Pattern.compile("\\{%[-+]?\\s*(for|endfor|if|endif|else)\\b");

  /** Deeper denials than this stay as they are. */
  private static final int MAXIMUM_DENIALS = 20;

  private TemplateWords() {}

  /** The place after a text that begins here. */
  static int pastText(String text, int start) {
    char quote = text.charAt(start);
    int i = start + 1;
    while (i < text.length() && text.charAt(i) != quote) {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(text.length(), i + 1);
  }

  /** Looks at a character outside texts. */
  @FunctionalInterface
  private interface Walker {
    /** Whether the walk ends here; a bracket that closes counts as outside what it closed. */
    boolean ends(int at, int depth);
  }

  /** Where the walk over what stands outside texts ends; -1 at the text's end. */
  private static int walk(String text, int from, Walker walker) {
    int depth = 0;
    for (int i = from; i < text.length(); i++) {
      char one = text.charAt(i);
      if (one == '\'' || one == '"') {
        i = pastText(text, i) - 1;
        continue;
      }
      depth += OPENING.indexOf(one) >= 0 ? 1 : CLOSING.indexOf(one) >= 0 ? -1 : 0;
      if (walker.ends(i, depth)) {
        return i;
      }
    }
    return -1;
  }

  /** Where a word stands outside texts and brackets; -1 where it does not. */
  static int find(String text, int from, String word) {
    return walk(text, from, (at, depth) -> depth == 0 && isWord(text, at, word));
  }

  private static boolean isWord(String text, int at, String word) {
    int end = at + word.length();
    return text.startsWith(word, at)
        && (at == 0 || !part(text.charAt(at - 1)))
        && (end >= text.length() || !part(text.charAt(end)));
  }

  private static boolean part(char one) {
    return Character.isLetterOrDigit(one) || one == '_' || one == '.';
  }

  /** Puts brackets around what {@code not} denies, where that is a comparison. */
  static String withNots(String text) {
    return withNots(text, 0);
  }

  private static String withNots(String text, int denials) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      if (one == '\'' || one == '"') {
        int past = pastText(text, i);
        out.append(text, i, past);
        i = past - 1;
      } else if (isWord(text, i, "not")
          && denials < MAXIMUM_DENIALS
          && !endsWithIs(out)
          && !BEFORE_IN.matcher(text).region(i + 3, text.length()).lookingAt()) {
        int end = operandEnd(text, i + 3);
        String operand = text.substring(i + 3, end);
        String inner = withNots(operand, denials + 1);
        out.append(
            compares(operand) ? "not (" + inner.strip() + ")" + trailing(operand) : "not" + inner);
        i = end - 1;
      } else {
        out.append(one);
      }
    }
    return out.toString();
  }

  private static boolean endsWithIs(StringBuilder out) {
    int end = out.length();
    while (end > 0 && Character.isWhitespace(out.charAt(end - 1))) {
      end--;
    }
    return end < out.length()
        && end >= 2
        && out.charAt(end - 1) == 's'
        && out.charAt(end - 2) == 'i'
        && (end == 2 || !part(out.charAt(end - 3)));
  }

  private static String trailing(String text) {
    return text.substring(text.stripTrailing().length());
  }

  private static int operandEnd(String text, int from) {
    int end =
        walk(
            text,
            from,
            (at, depth) ->
                depth < 0
                    || (depth == 0
                        && (text.charAt(at) == ','
                            || isWord(text, at, "and")
                            || isWord(text, at, "or")
                            || isWord(text, at, "if")
                            || isWord(text, at, "else"))));
    return end < 0 ? text.length() : end;
  }

  /** Adds the names that follow a bar outside of texts. */
  static void filters(String text, Set<String> names) {
    walk(
        text,
        0,
        (at, depth) -> {
          if (text.charAt(at) == '|') {
            Matcher name = NAME.matcher(text).region(at + 1, text.length());
            if (name.lookingAt()) {
              names.add(name.group(1));
            }
          }
          return false;
        });
  }

  private static boolean compares(String operand) {
    StringBuilder outside = new StringBuilder();
    walk(
        operand,
        0,
        (at, depth) -> {
          if (depth == 0 && CLOSING.indexOf(operand.charAt(at)) < 0) {
            outside.append(operand.charAt(at));
          }
          return false;
        });
    return COMPARISON.matcher(outside).find();
  }

  /** Where those loops begin that have an {@code else}. */
  static Set<Integer> loopsWithElse(String source) {
    Set<Integer> found = new HashSet<>();
    Deque<Integer> open = new ArrayDeque<>();
    Matcher matcher = BLOCK.matcher(source);
    while (matcher.find()) {
      switch (matcher.group(1)) {
        case "for" -> open.push(matcher.start());
        case "if" -> open.push(-1);
        case "else" -> {
          Integer inner = open.peek();
          if (inner != null && inner >= 0) {
            found.add(inner);
          }
        }
        default -> open.poll();
      }
    }
    return found;
  }
}
