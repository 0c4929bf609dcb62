package dev.stemma.notebook;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows fenced code blocks line by line: what stands inside one is neither heading nor marker.
 */
final class Fences {
  private static final Pattern FENCE = Pattern.compile("^ {0,3}(`{3,}|~{3,})(.*)$");

  private @Nullable String open;

  /** Takes the next line; whether it is code, or begins or ends a block of code. */
  boolean isCode(String line) {
    Matcher fence = FENCE.matcher(line);
    if (open == null) {
      if (fence.matches() && !(fence.group(1).startsWith("`") && fence.group(2).contains("`"))) {
        open = fence.group(1);
        return true;
      }
      return false;
    }
    if (fence.matches()
        && fence.group(1).startsWith(open)
        && fence.group(1).chars().allMatch(character -> character == fence.group(1).charAt(0))
        && fence.group(2).isBlank()) {
      open = null;
    }
    return true;
  }

  /** What would close the block that is open; null where none is. */
  @Nullable String open() {
    return open;
  }
}
