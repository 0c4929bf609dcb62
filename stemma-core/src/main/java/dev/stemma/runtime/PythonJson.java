package dev.stemma.runtime;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/** The filter {@code tojson} with the spaces of Python's json.dumps, and its indentation. */
final class PythonJson implements Filter {
  private static final int MAXIMUM_DEPTH = 100;

  @Override
  public String getName() {
    return "tojson";
  }

  @Override
  public Object filter(
      @Nullable Object value,
      JinjavaInterpreter interpreter,
      Object[] arguments,
      Map<String, Object> named) {
    Object indent = named.getOrDefault("indent", arguments.length > 0 ? arguments[0] : -1);
    StringBuilder out = new StringBuilder();
    write(value, indent instanceof Number number ? Math.min(number.intValue(), 16) : -1, 0, out);
    return out.toString();
  }

  @Override
  public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... args) {
    return filter(value, interpreter, new Object[0], Map.of());
  }

  private static void write(@Nullable Object value, int indent, int depth, StringBuilder out) {
    if (depth > MAXIMUM_DEPTH || out.length() > ChatTemplate.MAXIMUM_CHARACTERS) {
      throw new InterpretException("a value too large for tojson");
    }
    switch (value) {
      case null -> out.append("null");
      case Boolean truth -> out.append(truth);
      case Number number -> out.append(number);
      case Map<?, ?> map -> {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          next(separator, indent, depth + 1, out);
          text(String.valueOf(entry.getKey()), out);
          out.append(": ");
          write(entry.getValue(), indent, depth + 1, out);
          separator = ",";
        }
        end(map.isEmpty(), indent, depth, out);
        out.append('}');
      }
      case Collection<?> items -> {
        out.append('[');
        String separator = "";
        for (Object item : items) {
          next(separator, indent, depth + 1, out);
          write(item, indent, depth + 1, out);
          separator = ",";
        }
        end(items.isEmpty(), indent, depth, out);
        out.append(']');
      }
      default -> text(String.valueOf(value), out);
    }
  }

  private static void next(String separator, int indent, int depth, StringBuilder out) {
    out.append(separator);
    if (indent >= 0) {
      out.append('\n').append(" ".repeat(indent * depth));
    } else if (!separator.isEmpty()) {
      out.append(' ');
    }
  }

  private static void end(boolean empty, int indent, int depth, StringBuilder out) {
    if (!empty && indent >= 0) {
      out.append('\n').append(" ".repeat(indent * depth));
    }
  }

  private static void text(String value, StringBuilder out) {
    out.append('"').append(JsonStringEncoder.getInstance().quoteAsCharArray(value)).append('"');
  }
}
