package dev.stemma.architecture;

import org.jspecify.annotations.Nullable;

/** Arithmetic and comparison of expression values; whole numbers stay whole and never overflow. */
final class Arithmetic {
  private Arithmetic() {}

  static Object apply(String operator, Expression left, Expression right, Expression.Scope scope) {
    Object a = operand(left, scope);
    Object b = operand(right, scope);
    if (a instanceof Long x && b instanceof Long y) {
      return whole(operator, x, y, right);
    }
    double x = number(left.text(), a);
    double y = number(right.text(), b);
    return switch (operator) {
      case "+" -> x + y;
      case "-" -> x - y;
      case "*" -> x * y;
      case "/" -> x / y;
      case "%" -> x % y;
      case "<" -> x < y;
      case "<=" -> x <= y;
      case ">" -> x > y;
      case ">=" -> x >= y;
      default -> throw new IllegalArgumentException("operator " + operator);
    };
  }

  private static Object whole(String operator, long x, long y, Expression divisor) {
    if (y == 0 && (operator.equals("/") || operator.equals("%"))) {
      throw new Expression.UnresolvedException(divisor.text(), "a number other than 0", 0);
    }
    try {
      return switch (operator) {
        case "+" -> Math.addExact(x, y);
        case "-" -> Math.subtractExact(x, y);
        case "*" -> Math.multiplyExact(x, y);
        case "/" -> x % y == 0 ? (Object) (x / y) : (Object) ((double) x / y);
        case "%" -> x % y;
        case "<" -> x < y;
        case "<=" -> x <= y;
        case ">" -> x > y;
        case ">=" -> x >= y;
        default -> throw new IllegalArgumentException("operator " + operator);
      };
    } catch (ArithmeticException tooLarge) {
      throw new Expression.UnresolvedException(
          x + " " + operator + " " + y, "a number that fits in 64 bits", "more");
    }
  }

  private static Object operand(Expression expression, Expression.Scope scope) {
    Object value = expression.evaluate(scope);
    if (value == null) {
      throw new Expression.UnresolvedException(expression.text(), "a number", null);
    }
    return value;
  }

  static double number(String what, @Nullable Object value) {
    return switch (value) {
      case Long whole -> whole.doubleValue();
      case Double number -> number;
      case null, default -> throw new Expression.UnresolvedException(what, "a number", value);
    };
  }

  static boolean same(@Nullable Object a, @Nullable Object b) {
    if (a instanceof Number x && b instanceof Number y) {
      return x.doubleValue() == y.doubleValue();
    }
    return a == null ? b == null : a.equals(b);
  }
}
