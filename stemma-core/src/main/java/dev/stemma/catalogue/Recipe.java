package dev.stemma.catalogue;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A list of references, one a line, with comments after {@code #}. */
public final class Recipe {
  /** The name of the list that ships with the program. */
  public static final String SHIPPED = "maven-central";

  private static final int LONGEST_FILE = 1 << 24;

  private Recipe() {}

  /** The references of a file, or of the list that ships with the program. */
  public static List<String> read(String name) {
    try {
      if (name.equals(SHIPPED)) {
        try (InputStream in = Recipe.class.getResourceAsStream(SHIPPED + ".recipe")) {
          return lines(
              new String(
                  java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        }
      }
      Path file = Path.of(name);
      if (Files.size(file) > LONGEST_FILE) {
        throw new IOException("more than " + LONGEST_FILE + " bytes");
      }
      return lines(Files.readString(file));
    } catch (IOException | java.nio.file.InvalidPathException e) {
      throw new ArtifactException(
          ErrorCode.UNREADABLE,
          name,
          "",
          "a list of references, one a line, or the name " + SHIPPED,
          String.valueOf(e),
          "Name such a file.",
          e);
    }
  }

  private static List<String> lines(String text) {
    return text.lines()
        .map(line -> line.startsWith("#") ? "" : line.replaceFirst("\\s#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .distinct()
        .toList();
  }
}
