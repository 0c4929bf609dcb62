package dev.stemma.format;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import dev.stemma.source.SourceFile;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pickle machine that knows numbers, texts, lists, dictionaries and the few calls that make a
 * tensor. Every other opcode and every other class is an error; nothing is ever executed.
 */
final class PickleReader {
  private static final int MAXIMUM_OBJECTS = 20_000_000;
  private static final int MAXIMUM_TEXT_BYTES = 1_000_000;

  /** A class or function by name, one of those allowed. */
  record Global(String module, String name) {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /** A persistent id: a storage, in PyTorch's files. */
  record Persistent(List<Object> parts) {}

  /** A call that rebuilds a tensor. */
  record Rebuilt(List<Object> arguments) {}

  /** Python's None. */
  enum Nothing {
    NONE
  }

  private enum Mark {
    MARK
  }

  private final SourceFile file;
  private final HeaderCursor cursor;
  private final String inside;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private final List<Persistent> persistents = new ArrayList<>();
  private int objects;

  /**
   * Reads nothing yet.
   *
   * @param inside what stands before a place in messages, as in "data.pkl, "
   */
  PickleReader(SourceFile file, HeaderCursor cursor, String inside) {
    this.file = file;
    this.cursor = cursor;
    this.inside = inside;
  }

  /** The one object that the pickle holds. */
  Object read() {
    while (true) {
      String place = cursor.place();
      int opcode = cursor.unsigned8();
      if (opcode == '.') {
        return pop();
      }
      step(opcode, place);
    }
  }

  /** All storages that were named. */
  List<Persistent> persistents() {
    return persistents;
  }

  private void step(int opcode, String place) {
    switch (opcode) {
      case 0x80 -> cursor.skip(1);
      case 0x95 -> cursor.skip(8);
      case '(' -> push(Mark.MARK);
      case 'N' -> push(Nothing.NONE);
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'I' -> push(numberOrTruth(line()));
      case 'L' -> push(number(line().replaceFirst("L$", "")));
      case 'V' -> push(line());
      case 'J' -> push((long) cursor.signed32());
      case 'K' -> push((long) cursor.unsigned8());
      case 'M' -> push((long) cursor.unsigned16());
      case 0x8a -> push(longer());
      case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(cursor.signed64())));
      case 'X' -> push(cursor.text(cursor.unsigned32(), MAXIMUM_TEXT_BYTES));
      case 0x8c -> push(cursor.text(cursor.unsigned8(), MAXIMUM_TEXT_BYTES));
      case 0x8d -> push(cursor.text(cursor.signed64(), MAXIMUM_TEXT_BYTES));
      case '}' -> push(new LinkedHashMap<Object, Object>());
      case ']', ')' -> push(new ArrayList<Object>());
      case 't', 'l' -> push(toMark());
      case 'd' -> {
        List<Object> pairs = toMark();
        push(new LinkedHashMap<Object, Object>());
        set(pairs);
      }
      case 0x85 -> tuple(1);
      case 0x86 -> tuple(2);
      case 0x87 -> tuple(3);
      case 'a' -> {
        Object last = pop();
        list().add(last);
      }
      case 'e' -> {
        List<Object> items = toMark();
        list().addAll(items);
      }
      case 's' -> {
        Object value = pop();
        set(List.of(pop(), value));
      }
      case 'u' -> set(toMark());
      case 'q' -> memo.put((long) cursor.unsigned8(), top());
      case 'r' -> memo.put(cursor.unsigned32(), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'p' -> memo.put(number(line()), top());
      case 'g' -> push(remembered(number(line())));
      case 'h' -> push(remembered(cursor.unsigned8()));
      case 'j' -> push(remembered(cursor.unsigned32()));
      case 'c' -> push(global(opcode, place, line(), line()));
      case 0x93 -> {
        Object name = pop();
        push(global(opcode, place, pop(), name));
      }
      case 'i' -> throw forbidden(opcode, place, line() + "." + line());
      case 'Q' -> {
        List<Object> parts = asList(pop());
        Persistent persistent =
            new Persistent(List.copyOf(parts.subList(0, Math.min(6, parts.size()))));
        persistents.add(persistent);
        push(persistent);
      }
      case 'R' -> {
        Object arguments = pop();
        push(call(place, pop(), asList(arguments)));
      }
      case 'b' -> build(place);
      default -> throw forbidden(opcode, place, "");
    }
  }

  /** Only what PyTorch's own state dictionaries need. */
  private Global global(int opcode, String place, Object module, Object name) {
    if (!(module instanceof String first) || !(name instanceof String second)) {
      throw malformed("a class's module and name", "something else");
    }
    Global global = new Global(first, second);
    if (!PickleCalls.allowed(global)) {
      throw forbidden(opcode, place, global.toString());
    }
    return global;
  }

  private Object call(String place, Object function, List<Object> arguments) {
    if (!(function instanceof Global global)) {
      throw forbidden('R', place, "no function");
    }
    return PickleCalls.result(global, arguments)
        .orElseThrow(() -> forbidden('R', place, global.toString()));
  }

  /** Attributes of a dictionary (its version numbers) are dropped; nothing else may be built. */
  private void build(String place) {
    pop();
    if (!(top() instanceof Map)) {
      throw forbidden('b', place, top().getClass().getSimpleName());
    }
  }

  private void set(List<Object> pairs) {
    if (!(top() instanceof Map<?, ?>) || pairs.size() % 2 != 0) {
      throw malformed("keys and values for a dictionary", "something else");
    }
    @SuppressWarnings("unchecked")
    Map<Object, Object> map = (Map<Object, Object>) top();
    for (int i = 0; i < pairs.size(); i += 2) {
      Object key = pairs.get(i);
      if (!(key instanceof String || key instanceof Long)) {
        throw malformed("a text or number as key", key.getClass().getSimpleName());
      }
      if (map.put(key, pairs.get(i + 1)) != null) {
        throw HeaderChecks.fail(
            ErrorCode.DUPLICATE_NAME, file, "key " + key, "every key once", "it twice");
      }
    }
  }

  private List<Object> list() {
    return asList(top());
  }

  private List<Object> asList(Object object) {
    if (!(object instanceof List<?>)) {
      throw malformed("a list or tuple", object.getClass().getSimpleName());
    }
    @SuppressWarnings("unchecked")
    List<Object> list = (List<Object>) object;
    return list;
  }

  private void tuple(int size) {
    List<Object> items = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      items.addFirst(pop());
    }
    push(items);
  }

  private List<Object> toMark() {
    int from = stack.lastIndexOf(Mark.MARK);
    if (from < 0) {
      throw malformed("a mark on the stack", "none");
    }
    List<Object> items = new ArrayList<>(stack.subList(from + 1, stack.size()));
    stack.subList(from, stack.size()).clear();
    return items;
  }

  /** What does not fit in 64 bits is nobody's size: a random generator's state, say. */
  private Object longer() {
    int bytes = cursor.unsigned8();
    byte[] highFirst = new byte[Math.max(1, bytes)];
    for (int i = bytes - 1; i >= 0; i--) {
      highFirst[i] = (byte) cursor.unsigned8();
    }
    BigInteger value = new BigInteger(highFirst);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private long number(String line) {
    try {
      return Long.parseLong(line);
    } catch (NumberFormatException e) {
      throw malformed("a whole number of 64 bits", line);
    }
  }

  private Object numberOrTruth(String line) {
    return switch (line) {
      case "00" -> false;
      case "01" -> true;
      default -> number(line);
    };
  }

  private String line() {
    StringBuilder text = new StringBuilder();
    int octet = cursor.unsigned8();
    while (octet != '\n') {
      if (text.length() > 200) {
        throw malformed("a line", "more than 200 characters");
      }
      text.append((char) octet);
      octet = cursor.unsigned8();
    }
    return text.toString();
  }

  private Object remembered(long key) {
    Object object = memo.get(key);
    if (object == null) {
      throw malformed("an object remembered as " + key, "none");
    }
    return object;
  }

  private void push(Object object) {
    if (objects++ > MAXIMUM_OBJECTS) {
      throw HeaderChecks.fail(
          ErrorCode.TOO_MANY_ENTRIES,
          file,
          cursor.place(),
          "at most " + MAXIMUM_OBJECTS + " objects",
          "more");
    }
    stack.add(object);
  }

  private Object top() {
    return peek(stack.isEmpty() ? null : stack.getLast());
  }

  private Object pop() {
    Object top = top();
    stack.removeLast();
    return top;
  }

  private Object peek(@Nullable Object top) {
    if (top == null || top == Mark.MARK) {
      throw malformed("an object on the stack", "none");
    }
    return top;
  }

  private ArtifactException forbidden(int opcode, String place, String name) {
    return new ArtifactException(
        ErrorCode.FORBIDDEN_CONTENT,
        file.name(),
        inside + place,
        "only what builds tensors",
        String.format("opcode 0x%02x (%s)", opcode, printable(opcode))
            + (name.isEmpty() ? "" : ", class " + name),
        "Do not load this file with anything that runs code; ask for a safetensors file.");
  }

  private static String printable(int opcode) {
    return opcode > 32 && opcode < 127 ? Character.toString(opcode) : "binary";
  }

  private ArtifactException malformed(String expected, String found) {
    return HeaderChecks.fail(
        ErrorCode.MALFORMED_HEADER, file, inside + cursor.place(), expected, found);
  }
}
