package dev.stemma.web;

import dev.stemma.artifact.Sha256;
import dev.stemma.report.Html;
import dev.stemma.web.pages.View;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Style and script, under addresses that change with their content and so may be kept for ever. */
final class Assets {
  private final String style = Html.resource("report.css") + resource("web.css");
  private final String script = resource("web.js");
  private final View.Assets addresses =
      new View.Assets("/assets/" + hash(style) + ".css", "/assets/" + hash(script) + ".js");

  View.Assets addresses() {
    return addresses;
  }

  /** What the bar above a report needs: the report has the rest. */
  static String barStyle() {
    return resource("web.css");
  }

  private static String hash(String text) {
    return Sha256.hex(text).substring(0, 16);
  }

  private static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Assets.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A small family tree; browsers ask for it at this address whatever the page says. */
  static void icon(Context context) {
    context.header("Cache-Control", "public, max-age=86400");
    context.contentType("image/svg+xml").result(resource("icon.svg"));
  }

  void serve(Context context) {
    String path = context.path();
    boolean isStyle = path.equals(addresses.style());
    if (!isStyle && !path.equals(addresses.script())) {
      throw new Refusal(404, "There is no such file.");
    }
    context.header("Cache-Control", "public, max-age=31536000, immutable");
    context.contentType(isStyle ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8");
    context.result(isStyle ? style : script);
  }
}
