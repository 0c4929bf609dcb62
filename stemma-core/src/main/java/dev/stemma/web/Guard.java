package dev.stemma.web;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands before everything, pages, REST and MCP alike: host and origin, the token, the client's
 * share, and the headers that tell a browser how little these pages need.
 */
final class Guard implements Filter {
  /** Who asks: an address. */
  static final String CLIENT = "stemma.client";

  /** The cookie of the browser, once it is known to be ours. */
  static final String SESSION = "stemma.session";

  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "DELETE");
  private static final Set<String> READING = Set.of("GET", "HEAD");
  private static final List<String> OPEN = List.of("/assets/", "/favicon.ico", "/shared/");

  /** Jetty takes {@code %u002e} for a character, which nothing behind it does. */
  private static final Pattern MALFORMED = Pattern.compile("%(?![0-9a-fA-F]{2})");

  private static final String POLICY =
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src"
          + " 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

  private final Hosts hosts;
  private final Sessions sessions;
  private final Buckets requests;
  private final Buckets guesses = new Buckets(10, 0.1);

  Guard(Hosts hosts, Sessions sessions, int requestsPerSecond) {
    this.hosts = hosts;
    this.sessions = sessions;
    this.requests = new Buckets(10.0 * requestsPerSecond, requestsPerSecond);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest asked = (HttpServletRequest) request;
    HttpServletResponse answer = (HttpServletResponse) response;
    headers(answer);
    String client = client(asked);
    asked.setAttribute(CLIENT, client);
    @Nullable String host = asked.getHeader("Host");
    if (!hosts.isOurs(host, asked.getLocalPort())) {
      refuse(asked, answer, 421, "This server does not answer to that name. See --public-url.");
    } else if (!METHODS.contains(asked.getMethod())) {
      answer.setHeader("Allow", "GET, HEAD, POST, DELETE");
      refuse(asked, answer, 405, "No such method.");
    } else if (MALFORMED.matcher(String.valueOf(asked.getRequestURI())).find()) {
      refuse(asked, answer, 400, "The address is not well formed.");
    } else if (isFromElsewhere(asked, host)) {
      refuse(asked, answer, 403, "A page of another site may not ask this.");
    } else if (!requests.take(client)) {
      answer.setHeader("Retry-After", "2");
      refuse(asked, answer, 429, "Too many requests; wait a moment.");
    } else if (mayPass(asked, answer, client)) {
      chain.doFilter(asked, answer);
    }
  }

  private static void headers(HttpServletResponse answer) {
    answer.setHeader("Content-Security-Policy", POLICY);
    answer.setHeader("X-Content-Type-Options", "nosniff");
    answer.setHeader("X-Frame-Options", "DENY");
    // Not no-referrer: browsers would send forms of these very pages with the origin "null".
    answer.setHeader("Referrer-Policy", "same-origin");
    answer.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    answer.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    answer.setHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
    answer.setHeader("Cache-Control", "no-store");
  }

  /** An address; of IPv6 the network, which one client has many addresses of. */
  private static String client(HttpServletRequest asked) {
    String address = String.valueOf(asked.getRemoteAddr());
    if (address.indexOf(':') < 0) {
      return address;
    }
    String[] parts = address.split(":", -1);
    return parts.length < 5 ? address : String.join(":", List.of(parts).subList(0, 4)) + "::/64";
  }

  private boolean isFromElsewhere(HttpServletRequest asked, @Nullable String host) {
    @Nullable String origin = asked.getHeader("Origin");
    if (origin != null && !hosts.isSame(origin, host)) {
      return true;
    }
    @Nullable String site = asked.getHeader("Sec-Fetch-Site");
    return site != null
        && !READING.contains(asked.getMethod())
        && !site.equals("same-origin")
        && !site.equals("none");
  }

  private boolean mayPass(HttpServletRequest asked, HttpServletResponse answer, String client)
      throws IOException {
    @Nullable String session = sessions.valid(cookie(asked)).orElse(null);
    String path = String.valueOf(asked.getRequestURI());
    boolean isPage = String.valueOf(asked.getHeader("Accept")).contains("text/html");
    boolean known = sessions.isTrusted(session);
    @Nullable String bearer = bearer(asked);
    if (!known && bearer != null) {
      if (!guesses.enter(client, 20)) {
        refuse(asked, answer, 429, "Too many tokens at once.");
        return false;
      }
      try {
        known = sessions.isToken(bearer);
        if (!known && !guesses.take(client)) {
          answer.setHeader("Retry-After", "10");
          refuse(asked, answer, 429, "Too many wrong tokens; wait a moment.");
          return false;
        }
      } finally {
        guesses.leave(client);
      }
    }
    if (session == null && isPage) {
      session = sessions.fresh(false);
      set(answer, session);
    }
    asked.setAttribute(SESSION, session);
    if (known || path.equals("/login") || OPEN.stream().anyMatch(path::startsWith)) {
      return true;
    }
    if (isPage && READING.contains(asked.getMethod())) {
      answer.setStatus(303);
      answer.setHeader("Location", "/login");
    } else {
      answer.setHeader("WWW-Authenticate", "Bearer realm=\"stemma\"");
      refuse(asked, answer, 401, "Show the server's token: Authorization: Bearer TOKEN.");
    }
    return false;
  }

  /** Whether this client may try a token on the login page. */
  boolean mayGuess(String client) {
    return guesses.take(client);
  }

  /** Gives a browser its cookie. */
  void set(HttpServletResponse answer, String session) {
    answer.addHeader(
        "Set-Cookie",
        Sessions.COOKIE
            + "="
            + session
            + "; Path=/; HttpOnly; SameSite=Strict; Max-Age="
            + Sessions.seconds()
            + (hosts.isSecure() ? "; Secure" : ""));
  }

  private static @Nullable String cookie(HttpServletRequest asked) {
    Cookie @Nullable [] cookies = asked.getCookies();
    if (cookies != null) {
      for (Cookie cookie : cookies) {
        if (cookie.getName().equals(Sessions.COOKIE)) {
          return cookie.getValue();
        }
      }
    }
    return null;
  }

  private static @Nullable String bearer(HttpServletRequest asked) {
    @Nullable String header = asked.getHeader("Authorization");
    return header != null && header.regionMatches(true, 0, "Bearer ", 0, 7)
        ? header.substring(7).strip()
        : null;
  }

  /** One line; to programs as the JSON that all their errors are. */
  private static void refuse(
      HttpServletRequest asked, HttpServletResponse answer, int status, String why)
      throws IOException {
    boolean isProgram = String.valueOf(asked.getRequestURI()).startsWith("/api/");
    answer.setStatus(status);
    answer.setContentType(
        isProgram ? "application/json; charset=utf-8" : "text/plain; charset=utf-8");
    String text = isProgram ? Problems.json(status, why).toString() : why;
    answer.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
