package dev.stemma.runtime;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Python's tests {@code iterable} and {@code sequence}, which hold for texts and dictionaries too.
 *
 * @param getName one of the two
 */
record IterableTest(String getName) implements ExpTest {
  @Override
  public boolean evaluate(@Nullable Object value, JinjavaInterpreter interpreter, Object... given) {
    return value instanceof CharSequence
        || value instanceof Iterable<?>
        || value instanceof Map<?, ?>
        || value instanceof Object[];
  }
}
