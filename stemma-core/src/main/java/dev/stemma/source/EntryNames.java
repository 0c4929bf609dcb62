package dev.stemma.source;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;

/**
 * Refuses names that lie or lead elsewhere. Nothing is ever written under such a name (the cache
 * names files by digest), yet an archive that tries is not to be trusted.
 */
public final class EntryNames {
  private static final int MAXIMUM_CHARACTERS = 1024;

  private EntryNames() {}

  /** Returns the name if it is a plain relative path. */
  public static String check(String archive, String name) {
    if (name.isEmpty() || name.length() > MAXIMUM_CHARACTERS) {
      throw bad(archive, name, "a name of 1 to " + MAXIMUM_CHARACTERS + " characters");
    }
    if (name.codePoints().anyMatch(EntryNames::isInvisible)) {
      throw bad(archive, name, "a name of visible characters");
    }
    boolean leaves = name.startsWith("/") || name.indexOf('\\') >= 0 || name.indexOf(':') == 1;
    for (String part : name.split("/", -1)) {
      leaves |= part.isEmpty() || part.equals(".") || part.equals("..");
    }
    if (leaves) {
      throw new ArtifactException(
          ErrorCode.PATH_TRAVERSAL,
          archive,
          "entry " + name,
          "a path inside the archive",
          "a path that leaves it or hides where it leads",
          "Do not trust this file.");
    }
    return name;
  }

  private static boolean isInvisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  static ArtifactException bad(String archive, String name, String expected) {
    return new ArtifactException(
        ErrorCode.BAD_NAME,
        archive,
        "entry " + name,
        expected,
        name.length() + " characters",
        "Do not trust this file.");
  }
}
