package dev.stemma.source.remote;

import dev.stemma.artifact.ArtifactException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultProxyRoutePlanner;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;

/**
 * One request to one address, under the policy: TLS except on loopback, and no address that the
 * policy refuses. Names are checked where they are resolved for the connection, so that the address
 * that was checked is the one that is used. Follows no redirect, keeps no cookie, retries nothing.
 */
final class HttpTransport implements AutoCloseable {
  private static final Timeout CONNECT = Timeout.ofSeconds(15);
  private static final Timeout SILENCE = Timeout.ofSeconds(60);
  private static final int CONNECTIONS = 32;
  private static final String AGENT = "stemma";

  private final NetworkPolicy policy;
  private final Proxies proxies;
  private final ConcurrentHashMap<String, CloseableHttpClient> clients = new ConcurrentHashMap<>();

  HttpTransport(NetworkPolicy policy, Proxies proxies) {
    this.policy = policy;
    this.proxies = proxies;
  }

  NetworkPolicy policy() {
    return policy;
  }

  /** A name that leads where the policy does not. */
  private static final class RefusedAddress extends UnknownHostException {
    private static final long serialVersionUID = 1L;

    RefusedAddress(String host, InetAddress address) {
      super(host + " is " + address.getHostAddress());
    }
  }

  /** Which addresses a client connects to. */
  private enum Reach {
    LOOPBACK,
    PUBLIC,
    ANY;

    boolean allows(InetAddress address) {
      return switch (this) {
        case LOOPBACK -> address.isLoopbackAddress();
        case PUBLIC -> Addresses.isPublic(address);
        case ANY -> true;
      };
    }
  }

  private record Guard(Reach reach) implements DnsResolver {
    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
      InetAddress[] addresses = InetAddress.getAllByName(host);
      for (InetAddress address : addresses) {
        if (!reach.allows(address)) {
          throw new RefusedAddress(host, address);
        }
      }
      return addresses;
    }

    @Override
    public String resolveCanonicalHostname(String host) {
      return host;
    }
  }

  /**
   * Asks.
   *
   * @param loopbackAsked whether the reference itself was to a loopback address
   * @throws ArtifactException if the policy forbids the address
   * @throws IOException for whatever goes wrong on the way
   */
  Answer get(URI uri, Map<String, String> headers, boolean loopbackAsked) throws IOException {
    Reach reach = reach(uri, loopbackAsked);
    HttpGet request = new HttpGet(uri);
    request.setHeader("Accept-Encoding", "identity");
    headers.forEach(request::setHeader);
    Optional<Proxies.Proxy> proxy =
        reach == Reach.LOOPBACK ? Optional.empty() : proxies.forAddress(uri);
    try {
      if (proxy.isPresent()) {
        checkBehindProxy(uri, reach);
      }
      return new Answer(uri, request, client(reach, proxy).executeOpen(null, request, null));
    } catch (RefusedAddress e) {
      throw Failures.refused(
          uri,
          "a public address",
          String.valueOf(e.getMessage()),
          "If you trust it, give --allow-private.");
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IOException(e);
    }
  }

  private Reach reach(URI uri, boolean loopbackAsked) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = uri.getHost();
    if (host == null || uri.getRawUserInfo() != null) {
      throw Failures.refused(
          uri, "a host", "none, or a login in the address", "Check the address.");
    }
    boolean loopback = Addresses.isWrittenLoopback(host);
    boolean allowed =
        loopback && (policy.allowPrivate() || (loopbackAsked && policy.typedLoopback()));
    if (!scheme.equals("https") && !(scheme.equals("http") && allowed)) {
      throw Failures.refused(
          uri,
          "https",
          scheme + (loopback ? " to this machine, which nobody typed" : ""),
          "Only a loopback address that is given as such is read without TLS.");
    }
    return allowed ? Reach.LOOPBACK : policy.allowPrivate() ? Reach.ANY : Reach.PUBLIC;
  }

  /** The proxy resolves the name: it is refused here if this machine knows it for a private one. */
  private static void checkBehindProxy(URI uri, Reach reach) throws IOException {
    try {
      new Guard(reach).resolve(uri.getHost());
    } catch (RefusedAddress e) {
      throw e;
    } catch (UnknownHostException e) {
      // Behind some proxies no name can be resolved: the proxy answers for it.
    }
  }

  private CloseableHttpClient client(Reach reach, Optional<Proxies.Proxy> proxy) {
    return clients.computeIfAbsent(
        reach + " " + proxy.map(Proxies.Proxy::toString).orElse(""), key -> build(reach, proxy));
  }

  private static CloseableHttpClient build(Reach reach, Optional<Proxies.Proxy> proxy) {
    HttpClientBuilder builder =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setDnsResolver(new Guard(proxy.isPresent() ? Reach.ANY : reach))
                    .setTlsSocketStrategy(DefaultClientTlsStrategy.createSystemDefault())
                    .setMaxConnTotal(CONNECTIONS)
                    .setMaxConnPerRoute(CONNECTIONS)
                    .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(SILENCE).setTcpNoDelay(true).build())
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(CONNECT)
                            .setSocketTimeout(SILENCE)
                            .build())
                    .build())
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setResponseTimeout(SILENCE)
                    .setConnectionRequestTimeout(Timeout.ofMinutes(10))
                    .build())
            .setUserAgent(AGENT)
            .disableRedirectHandling()
            .disableAutomaticRetries()
            .disableCookieManagement()
            .disableContentCompression()
            .disableAuthCaching();
    proxy.ifPresent(through -> {
      builder.setRoutePlanner(
          new DefaultProxyRoutePlanner(new HttpHost(through.host(), through.port())));
      through.credentials().ifPresent(builder::setDefaultCredentialsProvider);
    });
    return builder.build();
  }

  @Override
  public void close() {
    clients.values().forEach(client -> client.close(CloseMode.IMMEDIATE));
  }
}
