package dev.stemma.runtime;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import com.hubspot.jinjava.util.ObjectIterator;
import com.hubspot.jinjava.util.ObjectTruthValue;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The filters that {@link TemplateDialect} writes, and Python's {@code items}.
 *
 * @param getName as the template calls it
 */
record LoopItems(String getName, Rule rule) implements Filter {
  static final String WHERE = "loop_items_where";
  static final String AT = "loop_items_at";

  /** What a filter makes of a value. */
  @FunctionalInterface
  interface Rule {
    @Nullable Object of(@Nullable Object value, JinjavaInterpreter interpreter, Object[] given);
  }

  /** The filters of one template. */
  static List<Filter> all(List<String> conditions) {
    return List.of(
        new LoopItems("items", (value, interpreter, given) -> pairs(value)),
        new LoopItems(AT, (value, interpreter, given) -> at(list(value), number(given))),
        new LoopItems(
            WHERE,
            (value, interpreter, given) ->
                where(
                    list(value),
                    conditions.get(number(given)),
                    String.valueOf(given[1]).split("\\s*,\\s*"),
                    interpreter)));
  }

  @Override
  public @Nullable Object filter(
      @Nullable Object value,
      JinjavaInterpreter interpreter,
      Object[] given,
      Map<String, Object> named) {
    return rule.of(value, interpreter, given);
  }

  @Override
  public @Nullable Object filter(
      @Nullable Object value, JinjavaInterpreter interpreter, String... given) {
    return rule.of(value, interpreter, given);
  }

  private static int number(Object[] given) {
    return given.length > 0 && given[0] instanceof Number number ? number.intValue() : -1;
  }

  private static List<Object> pairs(@Nullable Object value) {
    List<Object> pairs = new ArrayList<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, item) -> pairs.add(Arrays.asList(key, item)));
    }
    return pairs;
  }

  private static List<@Nullable Object> list(@Nullable Object value) {
    List<@Nullable Object> items = new ArrayList<>();
    ForLoop loop = ObjectIterator.getLoop(value);
    while (loop.hasNext()) {
      items.add(loop.next());
    }
    return items;
  }

  private static @Nullable Object at(List<@Nullable Object> items, int index) {
    return index < 0 || index >= items.size() ? null : items.get(index);
  }

  /** The items for which a condition holds, each bound to the loop's names in turn. */
  private static List<@Nullable Object> where(
      List<@Nullable Object> items,
      String condition,
      String[] names,
      JinjavaInterpreter interpreter) {
    List<@Nullable Object> kept = new ArrayList<>();
    for (Object item : items) {
      try (JinjavaInterpreter.InterpreterScopeClosable _ = interpreter.enterScope()) {
        bind(names, item, interpreter);
        Object holds = interpreter.resolveELExpression(condition, interpreter.getLineNumber());
        if (ObjectTruthValue.evaluate(holds)) {
          kept.add(item);
        }
      }
    }
    return kept;
  }

  private static void bind(String[] names, @Nullable Object item, JinjavaInterpreter interpreter) {
    if (names.length == 1) {
      interpreter.getContext().put(names[0], item);
      return;
    }
    List<@Nullable Object> parts =
        item instanceof Map.Entry<?, ?> entry
            ? Arrays.asList(entry.getKey(), entry.getValue())
            : list(item);
    if (parts.size() != names.length) {
      throw new InterpretException(names.length + " names for " + parts.size() + " values");
    }
    for (int i = 0; i < names.length; i++) {
      interpreter.getContext().put(names[i], parts.get(i));
    }
  }
}
