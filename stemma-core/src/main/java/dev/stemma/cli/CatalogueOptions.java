package dev.stemma.cli;

import dev.stemma.catalogue.Catalogue;
import dev.stemma.catalogue.CatalogueExchange;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --catalogue}; a command takes it with {@code @Mixin}. */
final class CatalogueOptions {
  @Option(
      names = "--catalogue",
      paramLabel = "FILE",
      description =
          "The catalogue (default: stemma/catalogue.db in the user's data folder, which begins"
              + " with the models that ship with stemma).")
  @Nullable Path file;

  /** Opens it; the default one is made with the models that ship with the program. */
  Catalogue open() {
    if (file != null) {
      return Catalogue.open(file);
    }
    Path standard = userData().resolve("catalogue.db");
    boolean made = Files.notExists(standard);
    Catalogue catalogue = Catalogue.open(standard);
    if (made) {
      CatalogueExchange.addShipped(catalogue);
    }
    return catalogue;
  }

  /** Where this program keeps what belongs to the user. */
  static Path userData() {
    String data = System.getenv("XDG_DATA_HOME");
    Path folder =
        data == null || data.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".local", "share")
            : Path.of(data);
    return folder.resolve("stemma");
  }

  /** The reference that opens a model from any folder: a path becomes absolute. */
  static String reference(String given) {
    try {
      Path path = Path.of(given);
      return Files.exists(path) ? path.toAbsolutePath().normalize().toString() : given;
    } catch (InvalidPathException e) {
      return given;
    }
  }
}
