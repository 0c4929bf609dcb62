package dev.stemma.behaviour;

import dev.stemma.artifact.ArtifactException;
import dev.stemma.artifact.ErrorCode;
import java.net.URI;

/** Where an OpenAI-compatible API lies, and which of its models is meant. */
public record Endpoint(URI base, String model) {
  /** How a reference to one begins. */
  public static final String SCHEME = "openai:";

  private static final int MAXIMUM_CHARACTERS = 4096;

  /** Whether a reference means an endpoint. */
  public static boolean isMeant(String reference) {
    return reference.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /**
   * Reads {@code openai:BASE_URL#model}.
   *
   * @throws ArtifactException REFERENCE_SYNTAX where it is none
   */
  public static Endpoint parse(String reference) {
    String rest = reference.substring(Math.min(reference.length(), SCHEME.length()));
    int at = rest.lastIndexOf('#');
    String model = at < 0 ? "" : rest.substring(at + 1);
    String address = (at < 0 ? rest : rest.substring(0, at)).replaceAll("/+$", "");
    if (reference.length() > MAXIMUM_CHARACTERS || model.isBlank()) {
      throw wrong(reference, "no #model at the end");
    }
    URI base;
    try {
      base = URI.create(address);
    } catch (IllegalArgumentException e) {
      throw wrong(reference, "no address");
    }
    boolean web =
        "http".equalsIgnoreCase(base.getScheme()) || "https".equalsIgnoreCase(base.getScheme());
    if (!web || base.getHost() == null) {
      throw wrong(reference, "an address that is not http:// or https:// with a host");
    }
    if (base.getRawUserInfo() != null || base.getRawQuery() != null) {
      throw new ArtifactException(
          ErrorCode.REFERENCE_SYNTAX,
          SCHEME + base.getScheme() + "://" + base.getHost() + "...",
          "",
          "an address without user, password and query",
          "one that may hold a secret",
          "Give the key in the environment, as STEMMA_API_KEY.");
    }
    return new Endpoint(base, model);
  }

  private static ArtifactException wrong(String reference, String found) {
    return new ArtifactException(
        ErrorCode.REFERENCE_SYNTAX,
        reference,
        "",
        "openai:BASE_URL#model, as openai:http://localhost:8000/v1#my-model",
        found,
        "Ask the endpoint which models it has: BASE_URL/models.");
  }

  /** The address of one of its functions. */
  URI address(String path) {
    return URI.create(base + path);
  }

  /** Scheme, host and port. */
  public String origin() {
    return base.getScheme() + "://" + base.getHost() + ":" + base.getPort();
  }

  /** As the user writes it. */
  @Override
  public String toString() {
    return SCHEME + base + "#" + model;
  }
}
