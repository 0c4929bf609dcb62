package dev.stemma.source.remote;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy stands before an address: Java's system properties, else {@code HTTPS_PROXY} and
 * {@code NO_PROXY} as curl reads them.
 */
record Proxies(Map<String, String> environment) {
  /**
   * One proxy.
   *
   * @param login user and password with a colon between; empty for none
   */
  record Proxy(String host, int port, String login) {
    Optional<CredentialsProvider> credentials() {
      int colon = login.indexOf(':');
      if (colon < 0) {
        return Optional.empty();
      }
      BasicCredentialsProvider provider = new BasicCredentialsProvider();
      provider.setCredentials(
          new AuthScope(host, port),
          new UsernamePasswordCredentials(
              login.substring(0, colon), login.substring(colon + 1).toCharArray()));
      return Optional.of(provider);
    }
  }

  Optional<Proxy> forAddress(URI uri) {
    ProxySelector system = ProxySelector.getDefault();
    if (system != null) {
      for (java.net.Proxy proxy : system.select(uri)) {
        if (proxy.type() == java.net.Proxy.Type.HTTP
            && proxy.address() instanceof InetSocketAddress address) {
          return Optional.of(new Proxy(address.getHostString(), address.getPort(), ""));
        }
      }
    }
    String chosen = variable(uri.getScheme().toLowerCase(Locale.ROOT) + "_proxy");
    String text = chosen != null ? chosen : variable("all_proxy");
    return text == null || isExcepted(uri.getHost()) ? Optional.empty() : parse(text);
  }

  private @Nullable String variable(String name) {
    String lower = environment.get(name);
    String value = lower != null ? lower : environment.get(name.toUpperCase(Locale.ROOT));
    return value == null || value.isBlank() ? null : value.strip();
  }

  private boolean isExcepted(String host) {
    String exceptions = variable("no_proxy");
    return exceptions != null
        && Arrays.stream(exceptions.split(",", -1))
            .map(one -> one.strip().toLowerCase(Locale.ROOT))
            .map(one -> one.startsWith(".") ? one.substring(1) : one)
            .filter(one -> !one.isEmpty())
            .anyMatch(one ->
                one.equals("*")
                    || host.toLowerCase(Locale.ROOT).equals(one)
                    || host.toLowerCase(Locale.ROOT).endsWith("." + one));
  }

  private static Optional<Proxy> parse(String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      String login = uri.getUserInfo();
      return uri.getHost() == null
          ? Optional.empty()
          : Optional.of(
              new Proxy(
                  uri.getHost(),
                  uri.getPort() < 0 ? 3128 : uri.getPort(),
                  login == null ? "" : login));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
