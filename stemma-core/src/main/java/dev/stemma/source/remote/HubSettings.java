package dev.stemma.source.remote;

import dev.stemma.source.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The hub and its token as the hub's own programs find them: {@code HF_ENDPOINT}, {@code HF_TOKEN},
 * {@code HF_TOKEN_PATH}, {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_HUB_OFFLINE}.
 *
 * @param token empty for none
 * @param cache where those programs keep what they downloaded
 * @param trust at which addresses of the hub the token is shown
 */
record HubSettings(URI endpoint, String token, Path cache, boolean offline, Trust trust) {
  private static final String STANDARD = "https://huggingface.co";
  private static final int TOKEN_CHARACTERS = 4096;

  static HubSettings of(Map<String, String> environment, Path home) {
    Variables variables = new Variables(environment);
    Path folder =
        variables
            .text("HF_HOME")
            .map(Path::of)
            .orElseGet(() ->
                variables
                    .text("XDG_CACHE_HOME")
                    .map(Path::of)
                    .orElse(home.resolve(".cache"))
                    .resolve("huggingface"));
    return new HubSettings(
        Variables.endpoint(
            variables.text("HF_ENDPOINT").orElse(STANDARD),
            "HF_ENDPOINT",
            "Correct or unset HF_ENDPOINT."),
        variables
            .text("HF_TOKEN")
            .or(() -> variables.text("HUGGING_FACE_HUB_TOKEN"))
            .or(() ->
                inFile(
                    variables.text("HF_TOKEN_PATH").map(Path::of).orElse(folder.resolve("token"))))
            .filter(token -> token.chars().allMatch(c -> c > ' ' && c < 127))
            .orElse(""),
        variables.text("HF_HUB_CACHE").map(Path::of).orElse(folder.resolve("hub")),
        variables
            .text("HF_HUB_OFFLINE")
            .filter(text -> !text.equals("0") && !text.equalsIgnoreCase("false"))
            .isPresent(),
        Trust.USER);
  }

  /**
   * The same hub for others: its token where they are trusted, and nothing of what was downloaded.
   */
  HubSettings forOthers(Trust trusted, Path emptyFolder) {
    return new HubSettings(
        endpoint, trusted.knows("hf:") ? token : "", emptyFolder, offline, trusted);
  }

  private static Optional<String> inFile(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= TOKEN_CHARACTERS
          ? Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Says who asks, to the hub and to nobody else. */
  Origin origin(URI uri) {
    Origin open = Origin.open(uri);
    return uri.getHost() != null && Authoriser.sameOrigin(uri, endpoint)
        ? new Origin(uri, new Login(this), open.loopbackAsked(), true)
        : open;
  }

  private record Login(HubSettings settings) implements Authoriser {
    @Override
    public Map<String, String> headers(String method, URI hop) {
      return !settings.token().isEmpty()
              && Authoriser.sameOrigin(hop, settings.endpoint())
              && settings.trust().coversHub(hop)
          ? Map.of("Authorization", "Bearer " + settings.token())
          : Map.of();
    }

    @Override
    public String advice() {
      return settings.token().isEmpty()
          ? "If the model is gated or private: accept its terms on its page, make a read token in"
              + " your settings there, and set HF_TOKEN to it (or log in with the hub's own"
              + " program). A name that does not exist gives the same answer."
          : "The token of HF_TOKEN (or of the hub's login) may not read this model: accept the"
              + " model's terms on its page with that account, or use another token.";
    }
  }
}
