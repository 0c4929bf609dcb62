package dev.stemma.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A small expression over configuration keys, as families' data files use it: {@code
 * num_attention_heads * head_dim}, {@code layer >= first_k_dense_replace ? 'sparse' : 'dense'}.
 * Values are whole numbers, decimal numbers, booleans, texts, lists and nothing (an absent key).
 */
public sealed interface Expression {
  /** Where names get their values; null for a name that has none. */
  interface Scope {
    /** The value of a name. */
    @Nullable Object value(String name);
  }

  /** The value in this scope. */
  @Nullable Object evaluate(Scope scope);

  /** As a person would write it. */
  String text();

  /**
   * Parses.
   *
   * @throws IllegalArgumentException if the text is no expression
   */
  static Expression parse(String text) {
    return new ExpressionParser(text).parse();
  }

  /** A whole number. */
  default long whole(Scope scope) {
    Object value = evaluate(scope);
    if (value instanceof Long whole) {
      return whole;
    }
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
      return number.longValue();
    }
    throw new UnresolvedException(text(), "a whole number", value);
  }

  /** True or false; nothing counts as false. */
  default boolean truth(Scope scope) {
    Object value = evaluate(scope);
    return switch (value) {
      case null -> false;
      case Boolean truth -> truth;
      case Long whole -> whole != 0;
      case Double number -> number != 0;
      case String text -> !text.isEmpty();
      case List<?> list -> !list.isEmpty();
      default -> true;
    };
  }

  /** A name is missing or has another kind of value than the expression needs. */
  final class UnresolvedException extends RuntimeException {
    /** What is found where nothing is. */
    public static final String NOTHING = "nothing";

    private static final long serialVersionUID = 1L;
    private final String what;
    private final String expected;
    private final String found;

    UnresolvedException(String what, String expected, @Nullable Object found) {
      super(what + ": expected " + expected + ", found " + found);
      this.what = what;
      this.expected = expected;
      this.found =
          switch (found) {
            case null -> NOTHING;
            case String text -> "the text \"" + text + "\"";
            default -> String.valueOf(found);
          };
    }

    /** The key or expression. */
    public String what() {
      return what;
    }

    /** What it should be. */
    public String expected() {
      return expected;
    }

    /** What it is. */
    public String found() {
      return found;
    }
  }

  /** A constant. */
  record Literal(@Nullable Object value) implements Expression {
    @Override
    public @Nullable Object evaluate(Scope scope) {
      return value;
    }

    @Override
    public String text() {
      return value instanceof String text ? "'" + text + "'" : String.valueOf(value);
    }
  }

  /** A configuration key or a name that the family defines. */
  record Name(String name) implements Expression {
    @Override
    public @Nullable Object evaluate(Scope scope) {
      return scope.value(name);
    }

    @Override
    public String text() {
      return name;
    }
  }

  /** {@code -x} and {@code !x}. */
  record Prefix(char operator, Expression operand) implements Expression {
    @Override
    public Object evaluate(Scope scope) {
      return operator == '!'
          ? (Object) !operand.truth(scope)
          : Arithmetic.apply("-", new Literal(0L), operand, scope);
    }

    @Override
    public String text() {
      return operator + operand.text();
    }
  }

  /** Two operands. */
  record Infix(String operator, Expression left, Expression right) implements Expression {
    @Override
    public @Nullable Object evaluate(Scope scope) {
      return switch (operator) {
        case "&&" -> left.truth(scope) && right.truth(scope);
        case "||" -> left.truth(scope) || right.truth(scope);
        case "??" -> {
          Object value = left.evaluate(scope);
          yield value != null ? value : right.evaluate(scope);
        }
        case "==" -> Arithmetic.same(left.evaluate(scope), right.evaluate(scope));
        case "!=" -> !Arithmetic.same(left.evaluate(scope), right.evaluate(scope));
        default -> Arithmetic.apply(operator, left, right, scope);
      };
    }

    @Override
    public String text() {
      return left.text() + " " + operator + " " + right.text();
    }
  }

  /** {@code test ? yes : no}. */
  record Choice(Expression test, Expression yes, Expression no) implements Expression {
    @Override
    public @Nullable Object evaluate(Scope scope) {
      return test.truth(scope) ? yes.evaluate(scope) : no.evaluate(scope);
    }

    @Override
    public String text() {
      return test.text() + " ? " + yes.text() + " : " + no.text();
    }
  }

  /** A function of its arguments. */
  record Call(Function function, List<Expression> arguments) implements Expression {
    @Override
    public @Nullable Object evaluate(Scope scope) {
      List<@Nullable Object> values = new ArrayList<>();
      for (Expression argument : arguments) {
        values.add(argument.evaluate(scope));
      }
      return function.apply(text(), values);
    }

    @Override
    public String text() {
      StringBuilder out = new StringBuilder(function.name().toLowerCase(Locale.ROOT)).append('(');
      for (int i = 0; i < arguments.size(); i++) {
        out.append(i == 0 ? "" : ", ").append(arguments.get(i).text());
      }
      return out.append(')').toString();
    }
  }

  /** The functions. */
  enum Function {
    /** {@code at(list or text, index)}: nothing beyond its end. */
    AT,
    /** {@code contains(list, value)}; false where there is no list. */
    CONTAINS,
    /** {@code length(list or text)}; 0 where there is none. */
    LENGTH,
    /** The smaller. */
    MIN,
    /** The larger. */
    MAX,
    /** Rounded down. */
    FLOOR,
    /** Rounded up. */
    CEIL,
    /** Square root. */
    SQRT,
    /** Natural logarithm. */
    LN;

    @Nullable Object apply(String text, List<@Nullable Object> values) {
      Object first = values.getFirst();
      Object second = values.size() > 1 ? values.get(1) : null;
      return switch (this) {
        case AT -> at(first, second);
        case CONTAINS ->
            first instanceof List<?> list
                && list.stream().anyMatch(item -> Arithmetic.same(item, second));
        case LENGTH ->
            first instanceof List<?> list
                ? (long) list.size()
                : first instanceof String string ? (long) string.length() : 0L;
        case MIN ->
            Arithmetic.number(text, first) <= Arithmetic.number(text, second) ? first : second;
        case MAX ->
            Arithmetic.number(text, first) >= Arithmetic.number(text, second) ? first : second;
        case FLOOR -> (long) Math.floor(Arithmetic.number(text, first));
        case CEIL -> (long) Math.ceil(Arithmetic.number(text, first));
        case SQRT -> Math.sqrt(Arithmetic.number(text, first));
        case LN -> Math.log(Arithmetic.number(text, first));
      };
    }

    private static @Nullable Object at(@Nullable Object sequence, @Nullable Object index) {
      if (!(index instanceof Long place) || place < 0) {
        return null;
      }
      if (sequence instanceof List<?> list) {
        return place < list.size() ? list.get(place.intValue()) : null;
      }
      if (sequence instanceof String string) {
        return place < string.length() ? String.valueOf(string.charAt(place.intValue())) : null;
      }
      return null;
    }
  }
}
