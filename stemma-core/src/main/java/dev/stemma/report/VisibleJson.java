package dev.stemma.report;

import java.io.IOException;
import java.io.Writer;

/**
 * Passes JSON through with every character that could deceive a terminal or a reader (controls,
 * bidirectional overrides) as a {@code \}{@code u} escape: such characters stand only within
 * strings, so the document keeps its meaning.
 */
final class VisibleJson extends Writer {
  /** For half of a surrogate pair, which UTF-8 cannot carry. */
  private static final char REPLACEMENT = '\ufffd';

  private final Appendable out;
  private char pendingHigh;

  VisibleJson(Appendable out) {
    this.out = out;
  }

  @Override
  public void write(char[] buffer, int offset, int length) throws IOException {
    for (int index = offset; index < offset + length; index++) {
      character(buffer[index]);
    }
  }

  private void character(char character) throws IOException {
    if (pendingHigh != 0) {
      char high = pendingHigh;
      pendingHigh = 0;
      if (Character.isLowSurrogate(character)) {
        if (isVisible(Character.toCodePoint(high, character))) {
          out.append(high).append(character);
        } else {
          escape(high);
          escape(character);
        }
        return;
      }
      out.append(REPLACEMENT);
    }
    if (Character.isHighSurrogate(character)) {
      pendingHigh = character;
    } else if (Character.isLowSurrogate(character)) {
      out.append(REPLACEMENT);
    } else if (character == '\n' || isVisible(character)) {
      out.append(character);
    } else {
      escape(character);
    }
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  private void escape(char character) throws IOException {
    out.append(String.format("\\u%04x", (int) character));
  }

  @Override
  public void flush() {}

  @Override
  public void close() throws IOException {
    if (pendingHigh != 0) {
      out.append(REPLACEMENT);
      pendingHigh = 0;
    }
  }
}
