package dev.stemma.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Precedence-climbing parser of {@link Expression}s. */
final class ExpressionParser {
  private static final List<List<String>> LEVELS =
      List.of(
          List.of("??"),
          List.of("||"),
          List.of("&&"),
          List.of("==", "!="),
          List.of("<=", ">=", "<", ">"),
          List.of("+", "-"),
          List.of("*", "/", "%"));

  private final String text;
  private int position;

  ExpressionParser(String text) {
    this.text = text;
  }

  Expression parse() {
    Expression expression = choice();
    skipSpaces();
    if (position < text.length()) {
      throw wrong("the end");
    }
    return expression;
  }

  private Expression choice() {
    Expression test = level(0);
    if (!startsWithQuestion()) {
      return test;
    }
    position++;
    Expression yes = choice();
    expect(":");
    return new Expression.Choice(test, yes, choice());
  }

  private boolean startsWithQuestion() {
    skipSpaces();
    return text.startsWith("?", position) && !text.startsWith("??", position);
  }

  private Expression level(int level) {
    if (level == LEVELS.size()) {
      return operand();
    }
    Expression left = level(level + 1);
    while (true) {
      skipSpaces();
      String operator = "";
      for (String candidate : LEVELS.get(level)) {
        if (operator.isEmpty() && text.startsWith(candidate, position)) {
          operator = candidate;
        }
      }
      if (operator.isEmpty()) {
        return left;
      }
      position += operator.length();
      left = new Expression.Infix(operator, left, level(level + 1));
    }
  }

  private Expression operand() {
    skipSpaces();
    if (position >= text.length()) {
      throw wrong("an operand");
    }
    char next = text.charAt(position);
    if (next == '(') {
      position++;
      Expression inner = choice();
      expect(")");
      return inner;
    }
    if (next == '!' || next == '-') {
      position++;
      return new Expression.Prefix(next, operand());
    }
    if (next == '\'') {
      int end = text.indexOf('\'', position + 1);
      if (end < 0) {
        throw wrong("a closing quote");
      }
      String literal = text.substring(position + 1, end);
      position = end + 1;
      return new Expression.Literal(literal);
    }
    return Character.isDigit(next) ? number() : word();
  }

  private Expression number() {
    int start = position;
    while (position < text.length()
        && (Character.isDigit(text.charAt(position)) || text.charAt(position) == '.')) {
      position++;
    }
    String digits = text.substring(start, position);
    return new Expression.Literal(
        digits.contains(".") ? (Object) Double.valueOf(digits) : (Object) Long.valueOf(digits));
  }

  private Expression word() {
    int start = position;
    while (position < text.length()
        && (Character.isLetterOrDigit(text.charAt(position))
            || text.charAt(position) == '_'
            || text.charAt(position) == '.')) {
      position++;
    }
    String word = text.substring(start, position);
    if (word.isEmpty()) {
      throw wrong("a name");
    }
    skipSpaces();
    if (text.startsWith("(", position)) {
      position++;
      return new Expression.Call(
          Expression.Function.valueOf(word.toUpperCase(Locale.ROOT)), arguments());
    }
    return switch (word) {
      case "true" -> new Expression.Literal(true);
      case "false" -> new Expression.Literal(false);
      case "null" -> new Expression.Literal(null);
      default -> new Expression.Name(word);
    };
  }

  private List<Expression> arguments() {
    List<Expression> arguments = new ArrayList<>();
    do {
      arguments.add(choice());
      skipSpaces();
    } while (take(","));
    expect(")");
    return List.copyOf(arguments);
  }

  private boolean take(String token) {
    if (text.startsWith(token, position)) {
      position += token.length();
      return true;
    }
    return false;
  }

  private void expect(String token) {
    skipSpaces();
    if (!take(token)) {
      throw wrong("'" + token + "'");
    }
  }

  private void skipSpaces() {
    while (position < text.length() && text.charAt(position) == ' ') {
      position++;
    }
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException(
        "expected " + expected + " at character " + position + " of: " + text);
  }
}
