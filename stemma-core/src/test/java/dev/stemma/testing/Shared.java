package dev.stemma.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The folder {@code shared} beside the project; tests that need it are skipped where it is not. */
public final class Shared {
  private Shared() {}

  /** A file or folder in it. */
  public static Path path(String relative) {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path found = folder.resolveSibling("shared").resolve(relative);
      if (Files.exists(found)) {
        return found;
      }
    }
    Assumptions.abort("no ../shared/" + relative + " on this machine");
    throw new IllegalStateException(relative);
  }
}
