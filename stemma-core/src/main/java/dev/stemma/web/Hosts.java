package dev.stemma.web;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Under which names this server answers. A page elsewhere can make a browser resolve its own name
 * to this machine; the browser then still sends that name.
 */
final class Hosts {
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|\\[[0-9a-fA-F:.]{2,45}]");

  private final boolean loopbackOnly;
  private final @Nullable String publicOrigin;

  Hosts(String boundTo, @Nullable URI publicUrl) {
    this.loopbackOnly = isLoopback(boundTo);
    this.publicOrigin =
        publicUrl == null
            ? null
            : (publicUrl.getScheme() + "://" + publicUrl.getRawAuthority())
                .toLowerCase(Locale.ROOT);
  }

  /** Whether an address that is bound is reached from this machine alone. */
  static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  boolean isLoopbackOnly() {
    return loopbackOnly;
  }

  /** Whether a browser reaches it with TLS. */
  boolean isSecure() {
    return publicOrigin != null && publicOrigin.startsWith("https://");
  }

  /** Whether a Host header names this server. */
  boolean isOurs(@Nullable String header, int port) {
    if (header == null || header.length() > 300) {
      return false;
    }
    String host = header.toLowerCase(Locale.ROOT);
    if (publicOrigin != null && publicOrigin.endsWith("://" + host)) {
      return true;
    }
    String suffix = ":" + port;
    String name =
        host.endsWith(suffix)
            ? host.substring(0, host.length() - suffix.length())
            : port == 80 ? host : "";
    return name.equals("localhost")
        || name.equals("127.0.0.1")
        || name.equals("[::1]")
        || (!loopbackOnly && ADDRESS.matcher(name).matches());
  }

  /** Whether an Origin header is that of the page which this server showed under that host. */
  boolean isSame(String origin, @Nullable String hostHeader) {
    String from = origin.toLowerCase(Locale.ROOT);
    return hostHeader != null
        && (from.equals(publicOrigin)
            || from.equals("http://" + hostHeader.toLowerCase(Locale.ROOT)));
  }
}
