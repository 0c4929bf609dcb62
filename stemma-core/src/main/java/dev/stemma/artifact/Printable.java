package dev.stemma.artifact;

/**
 * Makes text from files safe to show: no control characters, no bidirectional overrides, bounded
 * length.
 */
public final class Printable {
  private static final int MAXIMUM_CHARACTERS = 400;

  private Printable() {}

  /**
   * The text with every control, format and unpaired surrogate character replaced by its code, cut
   * at 400 characters.
   */
  public static String text(String raw) {
    StringBuilder out = new StringBuilder(Math.min(raw.length(), MAXIMUM_CHARACTERS) + 8);
    int index = 0;
    while (index < raw.length()) {
      if (out.length() >= MAXIMUM_CHARACTERS) {
        return out.append("...").toString();
      }
      int codePoint = raw.codePointAt(index);
      index += Character.charCount(codePoint);
      if (isPrintable(codePoint)) {
        out.appendCodePoint(codePoint);
      } else {
        out.append(String.format("\\u{%x}", codePoint));
      }
    }
    return out.toString();
  }

  /** Whether a character shows itself and moves nothing else on the screen. */
  public static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
