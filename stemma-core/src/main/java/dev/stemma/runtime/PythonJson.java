package dev.stemma.runtime;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.filter.Filter;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/** The filter {@code tojson} as Python's json.dumps writes, with its spaces and options. */
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
    int spaces = indent instanceof Number number ? Math.min(number.intValue(), 16) : -1;
    List<?> separators =
        named.get("separators") instanceof List<?> pair && pair.size() == 2
            ? pair
            : List.of(spaces < 0 ? ", " : ",", ": ");
    Style style =
        new Style(
            spaces,
            String.valueOf(separators.get(0)),
            String.valueOf(separators.get(1)),
            Boolean.TRUE.equals(named.get("sort_keys")),
            Boolean.TRUE.equals(named.get("ensure_ascii")));
    StringBuilder out = new StringBuilder();
    write(value, style, 0, out);
    return out.toString();
  }

  /** How json.dumps was asked to write. */
  private record Style(int indent, String comma, String colon, boolean sorted, boolean ascii) {}

  @Override
  public Object filter(@Nullable Object value, JinjavaInterpreter interpreter, String... args) {
    return filter(value, interpreter, new Object[0], Map.of());
  }

  private static void write(@Nullable Object value, Style style, int depth, StringBuilder out) {
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
        Map<String, Object> named = style.sorted() ? new TreeMap<>() : new LinkedHashMap<>();
        map.forEach((key, item) -> named.put(String.valueOf(key), item));
        for (Map.Entry<String, Object> entry : named.entrySet()) {
          next(separator, style, depth + 1, out);
          text(entry.getKey(), style, out);
          out.append(style.colon());
          write(entry.getValue(), style, depth + 1, out);
          separator = style.comma();
        }
        end(map.isEmpty(), style, depth, out);
        out.append('}');
      }
      case Collection<?> items -> {
        out.append('[');
        String separator = "";
        for (Object item : items) {
          next(separator, style, depth + 1, out);
          write(item, style, depth + 1, out);
          separator = style.comma();
        }
        end(items.isEmpty(), style, depth, out);
        out.append(']');
      }
      default -> text(String.valueOf(value), style, out);
    }
  }

  private static void next(String separator, Style style, int depth, StringBuilder out) {
    out.append(separator);
    if (style.indent() >= 0) {
      out.append('\n').append(" ".repeat(style.indent() * depth));
    }
  }

  private static void end(boolean empty, Style style, int depth, StringBuilder out) {
    if (!empty && style.indent() >= 0) {
      out.append('\n').append(" ".repeat(style.indent() * depth));
    }
  }

  private static void text(String value, Style style, StringBuilder out) {
    String quoted = new String(JsonStringEncoder.getInstance().quoteAsCharArray(value));
    out.append('"');
    for (int i = 0; i < quoted.length(); i++) {
      char one = quoted.charAt(i);
      if (style.ascii() && one > 126) {
        out.append("\\u").append(HexFormat.of().toHexDigits(one));
      } else {
        out.append(one);
      }
    }
    out.append('"');
  }
}
