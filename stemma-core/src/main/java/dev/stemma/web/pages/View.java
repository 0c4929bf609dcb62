package dev.stemma.web.pages;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.report.Html;
import dev.stemma.report.Html.Element;
import dev.stemma.report.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Who looks, and the frame that all pages share.
 *
 * @param formToken that forms carry
 * @param path of this page, for the other language; from the root
 * @param canLeave whether there is anything to log out of
 * @param assets where style and script lie
 */
public record View(Texts texts, String formToken, String path, boolean canLeave, Assets assets) {
  /** Addresses that change with their content. */
  public record Assets(String style, String script) {}

  /** The texts of pages in a language. */
  public static Texts texts(String language) {
    return Texts.of(language).with("dev.stemma.web.web");
  }

  /** A text. */
  String get(String key, Object... arguments) {
    return texts.get(key, arguments);
  }

  /** A page. */
  public String page(String title, Html.Node... main) {
    return page(title, List.of(main), false);
  }

  /** A page that browsers without scripts load again by themselves. */
  String page(String title, List<? extends Html.Node> main, boolean again) {
    Element head =
        element("head")
            .add(
                element("meta").with("charset", "utf-8"),
                element("meta")
                    .with("name", "viewport")
                    .with("content", "width=device-width, initial-scale=1"),
                element("title", title + " – Stemma"),
                element("link").with("rel", "stylesheet").to("href", assets.style()),
                element("script").with("defer", "").to("src", assets.script()));
    if (again) {
      head.add(
          element("noscript")
              .add(element("meta").with("http-equiv", "refresh").with("content", "4")));
    }
    Element body =
        element("body")
            .add(
                styled("a", "skip", get("site.skip")).with("href", "#content"),
                bar(),
                element("main").with("id", "content").add(main),
                element("footer", get("footer")));
    return text(head, body);
  }

  private String text(Element head, Element body) {
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
    write(element("html").with("lang", texts.language()).add(head, body), out);
    return out.append('\n').toString();
  }

  static void write(Html.Node node, StringBuilder out) {
    try {
      node.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bar on top of every page. */
  Element bar() {
    return bar(element("header"));
  }

  /** The same where the page below has a header of its own. */
  Element barAbove() {
    return bar(element("section").with("aria-label", get("site.title")));
  }

  private Element bar(Element around) {
    Element list = element("ul");
    String[][] places = {
      {"site.new", "/"},
      {"site.history", "/jobs"},
      {"site.catalogue", "/catalogue"},
      {"site.api", "/api"}
    };
    for (String[] place : places) {
      Element link = element("a", get(place[0])).to("href", place[1]);
      if (place[1].equals(path)) {
        link.with("aria-current", "page");
      }
      list.add(element("li").add(link));
    }
    Element right = styled("div", "right").add(language());
    if (canLeave) {
      right.add(form("/logout").add(styled("button", "plain", get("site.leave"))));
    }
    return around
        .with("class", "site")
        .add(
            element("div")
                .add(
                    styled("a", "brand", get("site.title")).to("href", "/"),
                    element("nav").with("aria-label", get("site.navigation")).add(list),
                    right));
  }

  /** The same page in the other language. */
  Element language() {
    String tag = get("site.language.tag");
    return element("a", get("site.language"))
        .to("href", path + (path.contains("?") ? "&" : "?") + "language=" + tag)
        .with("lang", tag)
        .with("hreflang", tag);
  }

  /** A form that only a page of this server can send. */
  Element form(String action) {
    return element("form")
        .with("method", "post")
        .to("action", action)
        .add(element("input").with("type", "hidden").with("name", "form").with("value", formToken));
  }

  /** A labelled field of one line, with a hint below. */
  Element field(String id, String label, String hint, String value) {
    Element input =
        element("input")
            .with("type", "text")
            .with("id", id)
            .with("name", id)
            .with("value", value)
            .with("autocomplete", "off")
            .with("spellcheck", "false")
            .with("maxlength", 1000);
    return described(id, label, hint, input);
  }

  /** A labelled field of several lines, with a hint below. */
  Element lines(String id, String label, String hint, String value) {
    Element input =
        element("textarea").with("id", id).with("name", id).with("spellcheck", "false").text(value);
    return described(id, label, hint, input);
  }

  private static Element described(String id, String label, String hint, Element input) {
    Element both = element("div").add(element("label", label).with("for", id));
    both.add(input);
    if (!hint.isEmpty()) {
      input.with("aria-describedby", id + "-hint");
      both.add(styled("span", "hint", hint).with("id", id + "-hint"));
    }
    return both;
  }

  /** A part of an address. */
  static String quoted(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A table; cells may be texts or elements. */
  static Element table(String styleClass, List<String> heads, List<List<Html.Node>> rows) {
    Element head = element("tr");
    heads.forEach(text -> head.add(element("th", text).with("scope", "col")));
    Element body = element("tbody");
    for (List<Html.Node> row : rows) {
      Element line = element("tr");
      for (int index = 0; index < row.size(); index++) {
        line.add(element("td").with("data-label", heads.get(index)).add(List.of(row.get(index))));
      }
      body.add(line);
    }
    return styled("div", "scroll")
        .add(styled("table", "stack " + styleClass).add(element("thead").add(head), body));
  }

  /** A text as a node. */
  static Element plain(String text) {
    return element("bdi", text);
  }
}
