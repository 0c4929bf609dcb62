package dev.stemma.mcp;

import dev.stemma.GuestAccess;
import dev.stemma.GuestVisit;
import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call, each checked where it is asked for. */
final class Arguments {
  private static final int MOST = 12;

  private final Map<String, Object> values;

  Arguments(@Nullable Map<String, Object> values) {
    this.values = values == null ? Map.of() : values;
  }

  static ArtifactException wrong(String name, String expected, Object found) {
    return new ArtifactException(
        ErrorCode.BAD_ARGUMENT,
        name,
        "",
        expected,
        String.valueOf(found),
        "Correct the tool's argument.");
  }

  /** A text; empty where there is none. */
  String text(String name) {
    return switch (values.get(name)) {
      case null -> "";
      case String text -> text;
      case Object other -> throw wrong(name, "a text", other);
    };
  }

  /** A text that must be there. */
  String required(String name) {
    String text = text(name);
    if (text.isBlank()) {
      throw wrong(name, "a text", "nothing");
    }
    return text;
  }

  /** Several texts. */
  List<String> texts(String name, int least) {
    List<String> texts = new ArrayList<>();
    switch (values.get(name)) {
      case null -> {}
      case String text -> texts.add(text);
      case List<?> list -> {
        for (Object item : list) {
          if (!(item instanceof String text)) {
            throw wrong(name, "a list of texts", String.valueOf(item));
          }
          texts.add(text);
        }
      }
      case Object other -> throw wrong(name, "a list of texts", other);
    }
    if (texts.size() < least || texts.size() > MOST) {
      throw wrong(name, least + " to " + MOST + " texts", texts.size());
    }
    return texts;
  }

  /** Whether a switch is on. */
  boolean flag(String name) {
    return switch (values.get(name)) {
      case null -> false;
      case Boolean flag -> flag;
      case Object other -> throw wrong(name, "true or false", other);
    };
  }

  /** A whole number in a range. */
  long number(String name, long otherwise, long least, long most) {
    return switch (values.get(name)) {
      case null -> otherwise;
      case Number number
          when number.doubleValue() == Math.rint(number.doubleValue())
              && number.longValue() >= least
              && number.longValue() <= most ->
          number.longValue();
      case Object other -> throw wrong(name, least + " to " + most, other);
    };
  }

  /**
   * A reference that may be opened, as a command line takes it: what is a path becomes absolute, so
   * that it means the same from any folder and is no option.
   */
  static String reference(String given, GuestVisit visit) {
    List<String> opened = new ArrayList<>();
    for (String part : given.split("\\+\\+", -1)) {
      opened.add(part(part, visit));
    }
    return String.join("++", opened);
  }

  private static String part(String given, GuestVisit visit) {
    int mark = given.lastIndexOf('#');
    String whole = mark > 0 ? given.substring(0, mark) : given;
    String rest = mark > 0 ? given.substring(mark) : "";
    boolean named =
        GuestVisit.isRemote(whole)
            || GuestVisit.isSigned(whole)
            || whole.startsWith(GuestVisit.UPLOAD)
            || whole.startsWith(GuestVisit.CATALOGUE);
    if (named) {
      visit.admit(whole);
      return given;
    }
    return visit.under(whole) + rest;
  }

  /** A file that a command reads by itself, below the root or in an upload. */
  static String file(String given, GuestVisit visit, GuestAccess access) {
    return given.startsWith(GuestVisit.UPLOAD)
        ? java.nio.file.Path.of(visit.admit(given).opened()).toAbsolutePath().toString()
        : visit.under(given).toString();
  }
}
