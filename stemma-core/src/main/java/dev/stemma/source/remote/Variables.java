package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** What environment variables say; one that is empty says nothing. */
record Variables(Map<String, String> environment) {
  Variables {
    environment = Map.copyOf(environment);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }

  boolean has(String name) {
    return environment.containsKey(name);
  }

  /**
   * The address of a service.
   *
   * @param name of the variable that it came from
   * @throws ArtifactException BAD_ARGUMENT where it names no host, or more than one and a path
   */
  static URI endpoint(String text, String name, String nextStep) {
    try {
      URI uri = URI.create(text.replaceFirst("/+$", ""));
      if (uri.getHost() != null && uri.getRawQuery() == null && uri.getRawUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Refused below.
    }
    throw new ArtifactException(
        ErrorCode.BAD_ARGUMENT, name, "", "an address such as https://host", text, nextStep);
  }
}
