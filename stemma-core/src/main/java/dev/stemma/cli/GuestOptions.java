package dev.stemma.cli;

import dev.stemma.GuestAccess;
import dev.stemma.catalogue.Catalogue;
import dev.stemma.source.Trust;
import dev.stemma.source.remote.NetworkPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What those who ask a server may read; {@code serve} and {@code mcp} take it with a mixin. */
final class GuestOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The server's own folder: caches, uploads, jobs (default: stemma/server in the user's"
              + " data folder).")
  @Nullable Path data;

  @Option(
      names = "--allow-reference",
      paramLabel = "PREFIX",
      description =
          "Use this user's logins (hub token, Maven settings, npm) for references that begin so,"
              + " as hf:my-organisation/. Otherwise they are never used. Repeatable.")
  List<String> allowed = new ArrayList<>();

  @Mixin CatalogueOptions catalogues = new CatalogueOptions();

  /** Makes the folder and the catalogue where they are not there yet. */
  GuestAccess access(@Nullable Path root, boolean allowPrivate) {
    try (Catalogue catalogue = catalogues.open()) {
      return new GuestAccess(
          data == null ? CatalogueOptions.userData().resolve("server") : data.toAbsolutePath(),
          root,
          catalogue.file(),
          Trust.of(allowed),
          new NetworkPolicy(allowPrivate, false));
    }
  }
}
