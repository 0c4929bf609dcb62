package dev.stemma.source.remote;

import java.net.URI;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** A registry gives everybody a token for what is public: it says where when it refuses. */
final class RegistryLogin implements Authoriser {
  private static final int MAXIMUM_TOKEN_BYTES = 64 << 10;
  private static final Pattern PARAMETER =
      Pattern.compile("(realm|service|scope)=\"([^\"]{1,500})\"");

  private final URI registry;
  private final RangeReader reader;
  private @Nullable String token;

  RegistryLogin(URI registry, RangeReader reader) {
    this.registry = registry;
    this.reader = reader;
  }

  @Override
  public synchronized Map<String, String> headers(String method, URI hop) {
    return token != null && Authoriser.sameOrigin(hop, registry)
        ? Map.of("Authorization", "Bearer " + token)
        : Map.of();
  }

  @Override
  public synchronized boolean learns(String challenge) {
    if (token != null || !challenge.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return false;
    }
    String realm = "";
    StringBuilder query = new StringBuilder();
    Matcher parameters = PARAMETER.matcher(challenge);
    while (parameters.find()) {
      if (parameters.group(1).equals("realm")) {
        realm = parameters.group(2);
      } else {
        query.append(query.isEmpty() ? "" : "&");
        query.append(parameters.group(1)).append('=');
        query.append(HubClient.quoted(parameters.group(2)));
      }
    }
    try {
      URI uri = URI.create(realm + (realm.contains("?") ? "&" : "?") + query);
      boolean here = uri.getHost() != null && Authoriser.sameOrigin(uri, registry);
      Origin origin = here ? Origin.open(uri) : new Origin(uri, Authoriser.NONE, false, false);
      var answer = JsonMapper.shared().readTree(reader.document(origin, MAXIMUM_TOKEN_BYTES));
      String given = answer.path("token").asString(answer.path("access_token").asString(""));
      token = given.chars().allMatch(c -> c > ' ' && c < 127) && !given.isEmpty() ? given : null;
      return token != null;
    } catch (IllegalArgumentException | JacksonException e) {
      return false;
    }
  }

  @Override
  public String advice() {
    return "The registry gives this to those who log in only: pull the model with its own program,"
        + " and give the .gguf file.";
  }
}
