package dev.stemma.source.remote;

import dev.stemma.source.Sources;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Sources as the command line has them, that wait a moment only before they ask again. */
final class RemoteSources {
  private RemoteSources() {}

  static Sources of(Path cache, long limitBytes, Map<String, String> environment, Path home) {
    return new Sources(
        cache,
        () ->
            new Remote(
                cache,
                limitBytes,
                NetworkPolicy.COMMAND_LINE,
                environment,
                home,
                Duration.ofMillis(2)));
  }
}
