package dev.stemma.runtime;

import com.hubspot.jinjava.interpret.InterpretException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The methods of Python's strings that chat templates call. */
final class PythonStrings {
  private static final Pattern SPACES = Pattern.compile("\\s+");

  private PythonStrings() {}

  static Object call(String text, String method, Object[] arguments) {
    return switch (method) {
      case "strip" -> strip(text, characters(arguments), true, true);
      case "lstrip" -> strip(text, characters(arguments), true, false);
      case "rstrip" -> strip(text, characters(arguments), false, true);
      case "split" -> split(text, arguments, false);
      case "rsplit" -> split(text, arguments, true);
      case "splitlines" -> text.lines().toList();
      case "startswith" -> anyOf(arguments, text::startsWith);
      case "endswith" -> anyOf(arguments, text::endsWith);
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "capitalize" ->
          text.isEmpty()
              ? text
              : text.substring(0, 1).toUpperCase(Locale.ROOT)
                  + text.substring(1).toLowerCase(Locale.ROOT);
      case "title" -> title(text);
      case "replace" -> replace(text, arguments);
      case "removeprefix" ->
          text.startsWith(first(arguments)) ? text.substring(first(arguments).length()) : text;
      case "removesuffix" ->
          text.endsWith(first(arguments))
              ? text.substring(0, text.length() - first(arguments).length())
              : text;
      case "find" -> text.indexOf(first(arguments));
      case "rfind" -> text.lastIndexOf(first(arguments));
      case "count" -> split(text, arguments, false).size() - 1;
      case "isdigit" -> !text.isEmpty() && text.chars().allMatch(Character::isDigit);
      case "join" -> {
        List<String> parts = new ArrayList<>();
        if (arguments.length > 0 && arguments[0] instanceof List<?> list) {
          list.forEach(item -> parts.add(String.valueOf(item)));
        }
        yield String.join(text, parts);
      }
      default -> throw new InterpretException("a string has no method '" + method + "' here");
    };
  }

  private interface Test {
    boolean holds(String argument);
  }

  private static boolean anyOf(Object[] arguments, Test test) {
    if (arguments.length > 0 && arguments[0] instanceof List<?> several) {
      return several.stream().anyMatch(one -> test.holds(String.valueOf(one)));
    }
    return test.holds(first(arguments));
  }

  private static String first(Object[] arguments) {
    if (arguments.length == 0) {
      throw new InterpretException("a string's method misses its argument");
    }
    return String.valueOf(arguments[0]);
  }

  private static String characters(Object[] arguments) {
    return arguments.length == 0 || arguments[0] == null ? "" : first(arguments);
  }

  private static String strip(String text, String characters, boolean left, boolean right) {
    int from = 0;
    int to = text.length();
    while (left && from < to && goes(text.charAt(from), characters)) {
      from++;
    }
    while (right && to > from && goes(text.charAt(to - 1), characters)) {
      to--;
    }
    return text.substring(from, to);
  }

  private static boolean goes(char one, String characters) {
    return characters.isEmpty() ? Character.isWhitespace(one) : characters.indexOf(one) >= 0;
  }

  private static List<Object> split(String text, Object[] arguments, boolean fromRight) {
    if (characters(arguments).isEmpty()) {
      String stripped = text.strip();
      return stripped.isEmpty() ? List.of() : List.<Object>of((Object[]) SPACES.split(stripped));
    }
    String separator = first(arguments);
    long most =
        arguments.length > 1 && arguments[1] instanceof Number count && count.longValue() >= 0
            ? count.longValue()
            : Long.MAX_VALUE;
    List<Object> parts = new ArrayList<>();
    String rest = text;
    while (parts.size() < most) {
      int at = fromRight ? rest.lastIndexOf(separator) : rest.indexOf(separator);
      if (at < 0) {
        break;
      }
      parts.add(fromRight ? rest.substring(at + separator.length()) : rest.substring(0, at));
      rest = fromRight ? rest.substring(0, at) : rest.substring(at + separator.length());
    }
    parts.add(rest);
    if (fromRight) {
      Collections.reverse(parts);
    }
    return parts;
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      out.append(inWord ? Character.toLowerCase(one) : Character.toUpperCase(one));
      inWord = Character.isLetter(one);
    }
    return out.toString();
  }

  private static String replace(String text, Object[] arguments) {
    if (arguments.length < 2 || first(arguments).isEmpty()) {
      throw new InterpretException("replace needs what and by what");
    }
    String by = String.valueOf(arguments[1]);
    long growth = (long) text.length() / first(arguments).length() * by.length();
    if (growth > ChatTemplate.MAXIMUM_CHARACTERS) {
      throw new InterpretException("replace would make a text of " + growth + " characters");
    }
    return text.replace(first(arguments), by);
  }
}
