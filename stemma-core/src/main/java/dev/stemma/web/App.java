package dev.stemma.web;

import dev.stemma.catalogue.Catalogue;
import dev.stemma.web.pages.View;
import io.javalin.http.Context;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What all handlers share. */
record App(
    WebSettings settings,
    Hosts hosts,
    Sessions sessions,
    Guard guard,
    Jobs jobs,
    Uploads uploads,
    Assets assets,
    Buckets streams) {
  Asked asked(Context context) {
    return new Asked(context, sessions, assets.addresses());
  }

  View view(Context context, String path) {
    return asked(context).view(path);
  }

  /** Something read of the catalogue; null where the server has none. */
  <T> @Nullable T catalogue(Function<Catalogue, T> reading) {
    Path file = settings.access().catalogue();
    if (file == null) {
      return null;
    }
    try (Catalogue catalogue = Catalogue.open(file)) {
      return reading.apply(catalogue);
    }
  }
}
