package dev.stemma.web;

import dev.stemma.web.pages.View;
import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a request says of itself, read once and bounded. */
final class Asked {
  static final String LANGUAGE_COOKIE = "stemma-language";
  private static final int LONGEST = 20_000;

  private final Context context;
  private final Sessions sessions;
  private final View.Assets assets;

  Asked(Context context, Sessions sessions, View.Assets assets) {
    this.context = context;
    this.sessions = sessions;
    this.assets = assets;
  }

  /** Who asks. */
  String client() {
    return String.valueOf(context.req().getAttribute(Guard.CLIENT));
  }

  private @Nullable String session() {
    return (String) context.req().getAttribute(Guard.SESSION);
  }

  /** The language of the address, of the cookie, or of the browser. */
  String language() {
    String chosen = query("language");
    if (chosen.equals("ko") || chosen.equals("en")) {
      context.header(
          "Set-Cookie",
          LANGUAGE_COOKIE + "=" + chosen + "; Path=/; SameSite=Strict; Max-Age=31536000");
      return chosen;
    }
    String cookie = String.valueOf(context.cookie(LANGUAGE_COOKIE));
    if (cookie.equals("ko") || cookie.equals("en")) {
      return cookie;
    }
    String accepted = String.valueOf(context.header("Accept-Language")).toLowerCase(Locale.ROOT);
    int korean = accepted.indexOf("ko");
    int english = accepted.indexOf("en");
    return korean >= 0 && (english < 0 || korean < english) ? "ko" : "en";
  }

  /** The frame of pages. */
  View view(String path) {
    String session = session();
    return new View(
        View.texts(language()),
        session == null ? "" : sessions.formToken(session),
        path,
        sessions.needsToken(),
        assets);
  }

  /** A parameter of the address; empty where there is none. */
  String query(String name) {
    return bounded(context.queryParam(name));
  }

  /** A field of the form; empty where there is none. */
  String field(String name) {
    return bounded(context.formParam(name)).strip();
  }

  /** The lines of a field that are not empty. */
  List<String> lines(String name) {
    return field(name).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static String bounded(@Nullable String text) {
    if (text != null && text.length() > LONGEST) {
      throw new Refusal(413, "A field is too long.");
    }
    return text == null ? "" : text;
  }

  /** Only a form of our own page carries the token of the browser's cookie. */
  void checkForm() {
    if (!sessions.isFormToken(session(), field("form"))) {
      throw new Refusal(403, "This form is not one of ours, or is too old.");
    }
  }

  /** A program sends no cookie; a script of our pages sends the form token beside it. */
  void checkProgram() {
    if (session() != null && !sessions.isFormToken(session(), context.header("X-Stemma-Form"))) {
      throw new Refusal(403, "With a cookie, X-Stemma-Form must carry the page's form token.");
    }
  }

  /** Whether a page is wanted rather than data. */
  boolean wantsPage() {
    return !context.path().startsWith("/api/")
        && String.valueOf(context.header("Accept")).contains("text/html");
  }

  /** The address under which this server was asked. */
  String origin(Hosts hosts) {
    return (hosts.isSecure() ? "https://" : "http://") + context.header("Host");
  }
}
