package dev.stemma.runtime;

import java.util.List;
import java.util.function.Consumer;

/** Passes text on until a stop string comes, holding back what may be the beginning of one. */
final class StopStrings {
  private final List<String> stops;
  private final Consumer<String> out;
  private final StringBuilder text = new StringBuilder();
  private int passed;

  StopStrings(List<String> stops, Consumer<String> out) {
    this.stops = stops.stream().filter(stop -> !stop.isEmpty()).toList();
    this.out = out;
  }

  /** Takes a piece; true once a stop string has come. */
  boolean add(String piece) {
    int before = text.length();
    text.append(piece);
    int end = -1;
    for (String stop : stops) {
      int at = text.indexOf(stop, Math.max(0, before - stop.length() + 1));
      end = at >= 0 && (end < 0 || at < end) ? at : end;
    }
    if (end >= 0) {
      text.setLength(end);
      pass(end);
      return true;
    }
    pass(text.length() - held());
    return false;
  }

  /** How many characters at the end may be the beginning of a stop string. */
  private int held() {
    int most = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, text.length()); length > most; length--) {
        if (stop.startsWith(text.substring(text.length() - length))) {
          most = length;
        }
      }
    }
    return most;
  }

  private void pass(int until) {
    if (until > passed) {
      out.accept(text.substring(passed, until));
      passed = until;
    }
  }

  /** No more comes: what was held back passes. */
  String end() {
    pass(text.length());
    return text.toString();
  }
}
