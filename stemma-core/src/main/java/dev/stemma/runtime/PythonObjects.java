package dev.stemma.runtime;

import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template may do with a value: read maps, lists, characters and the loop's state, call
 * the methods that Python's strings and dictionaries have, filters and tests. Nothing is found by
 * reflection, so no template reaches a Java object.
 */
final class PythonObjects extends ELResolver {
  @Override
  public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
    if (base == null) {
      return null;
    }
    context.setPropertyResolved(true);
    return switch (base) {
      case Map<?, ?> map -> map.get(String.valueOf(property));
      case List<?> list -> {
        int at = index(property, list.size());
        yield at < 0 ? null : list.get(at);
      }
      case String text -> {
        int at = index(property, text.length());
        yield at < 0 ? null : text.substring(at, at + 1);
      }
      case ForLoop loop -> ofLoop(loop, String.valueOf(property));
      default -> null;
    };
  }

  private static int index(Object property, int size) {
    try {
      int at = Integer.parseInt(String.valueOf(property));
      at = at < 0 ? at + size : at;
      return at < size ? at : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static @Nullable Object ofLoop(ForLoop loop, String property) {
    return switch (property) {
      case "index" -> loop.getIndex();
      case "index0" -> loop.getIndex0();
      case "revindex" -> loop.getRevindex();
      case "revindex0" -> loop.getRevindex0();
      case "length" -> loop.getLength();
      case "depth" -> loop.getDepth();
      case "depth0" -> loop.getDepth0();
      case "first" -> loop.isFirst();
      case "last" -> loop.isLast();
      default -> null;
    };
  }

  @Override
  public @Nullable Object invoke(
      ELContext context,
      @Nullable Object base,
      Object method,
      Class<?> @Nullable [] types,
      Object @Nullable [] given) {
    context.setPropertyResolved(true);
    Object[] arguments = given == null ? new Object[0] : given;
    String name = String.valueOf(method);
    return switch (base) {
      case Filter filter when name.equals("filter") -> filter(filter, arguments);
      case ExpTest test -> test(test, name, arguments);
      case String text -> PythonStrings.call(text, name, arguments);
      case Map<?, ?> map -> ofMap(map, name, arguments);
      case List<?> list when name.equals("index") -> list.indexOf(arguments[0]);
      case List<?> list when name.equals("count") -> Collections.frequency(list, arguments[0]);
      case null ->
          throw new InterpretException("'" + name + "' was called on a value that is not there");
      default -> throw new InterpretException("no method '" + name + "' here");
    };
  }

  @SuppressWarnings("unchecked")
  private static @Nullable Object filter(Filter filter, Object[] arguments) {
    return filter.filter(
        arguments[0],
        (JinjavaInterpreter) arguments[1],
        (Object[]) arguments[2],
        (Map<String, Object>) arguments[3]);
  }

  private static Object test(ExpTest test, String name, Object[] arguments) {
    Object[] more = Arrays.copyOfRange(arguments, 2, arguments.length);
    Object[] all = more.length == 1 && more[0] instanceof Object[] inner ? inner : more;
    JinjavaInterpreter interpreter = (JinjavaInterpreter) arguments[1];
    return name.equals("evaluateNegated")
        ? test.evaluateNegated(arguments[0], interpreter, all)
        : test.evaluate(arguments[0], interpreter, all);
  }

  private static @Nullable Object ofMap(Map<?, ?> map, String name, Object[] arguments) {
    return switch (name) {
      case "get" -> {
        Object value = map.get(String.valueOf(arguments[0]));
        yield value == null && arguments.length > 1 ? arguments[1] : value;
      }
      case "items" -> {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(Arrays.asList(key, value)));
        yield items;
      }
      case "keys" -> new ArrayList<Object>(map.keySet());
      case "values" -> new ArrayList<Object>(map.values());
      default -> throw new InterpretException("a dictionary has no method '" + name + "' here");
    };
  }

  @Override
  public void setValue(ELContext context, Object base, Object property, Object value) {
    throw new InterpretException("values cannot be changed");
  }

  @Override
  public boolean isReadOnly(ELContext context, Object base, Object property) {
    return true;
  }

  @Override
  public Class<?> getType(ELContext context, Object base, Object property) {
    return Object.class;
  }

  @Override
  public Class<?> getCommonPropertyType(ELContext context, Object base) {
    return Object.class;
  }

  @Override
  public Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
    return Collections.emptyIterator();
  }
}
