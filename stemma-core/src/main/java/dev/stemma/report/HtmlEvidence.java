package dev.stemma.report;

import static dev.stemma.report.Html.element;
import static dev.stemma.report.Html.styled;

import dev.stemma.evidence.Figure;
import dev.stemma.evidence.Measured;
import dev.stemma.report.Html.Element;
import dev.stemma.verdict.ComponentVerdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Evidence in HTML: figures, statistics, tables. */
final class HtmlEvidence {
  private static final int MOST_ROWS = 200;

  /** Values that hold a layer map for the rules, drawn as such. */
  private static final String LINKS = "link.";

  private final Texts texts;

  HtmlEvidence(Texts texts) {
    this.texts = texts;
  }

  /** Levels two and three of "why": what is drawn, and the statistics. */
  List<Element> levels(
      @Nullable ComponentVerdict verdict, List<Measured> measured, boolean figuresOpen) {
    List<Element> levels = new ArrayList<>();
    List<Element> drawings = new ArrayList<>();
    if (verdict != null && verdict.layerMap() != null) {
      drawings.add(
          element("figure")
              .with("tabindex", "0")
              .with("aria-label", texts.get("layer-map.title"))
              .add(
                  element("figcaption", texts.get("layer-map.title")),
                  new PlotDrawing(texts).layerMap(verdict.layerMap()),
                  styled("p", "note", LayerRanges.sentence(texts, verdict.layerMap()))));
    }
    for (Measured item : measured) {
      item.figures().forEach(figure -> drawings.add(figure(figure)));
    }
    if (verdict != null) {
      BenchmarkScores.standard()
          .curves(verdict, measured)
          .forEach(figure -> drawings.add(figure(figure)));
    }
    if (!drawings.isEmpty()) {
      Element details = level("label.level2", Integer.toString(drawings.size()), drawings);
      levels.add(figuresOpen ? details.with("open", "open") : details);
    }
    List<Element> statistics = new ArrayList<>();
    if (verdict != null && !verdict.details().isEmpty()) {
      statistics.add(details(verdict));
    }
    measured.forEach(item -> statistics.add(article(item)));
    if (!statistics.isEmpty()) {
      levels.add(level("label.level3", Integer.toString(measured.size()), statistics));
    }
    return levels;
  }

  private Element level(String key, String hint, List<Element> inside) {
    return element("details")
        .add(
            element("summary", texts.get(key) + " ").add(styled("span", "hint", "(" + hint + ")")),
            styled("div", "inside").add(inside));
  }

  private Element details(ComponentVerdict verdict) {
    Element facts = styled("dl", "facts");
    for (Map.Entry<String, Object> detail : verdict.details().entrySet()) {
      facts.add(
          element("dt", texts.getOr("label." + detail.getKey(), detail.getKey())),
          element("dd", plain(detail.getValue())));
    }
    return facts;
  }

  private static String plain(Object value) {
    return switch (value) {
      case Map<?, ?> map ->
          String.join(
              ", ",
              map.entrySet().stream()
                  .map(entry -> entry.getKey() + " " + plain(entry.getValue()))
                  .toList());
      case Double number -> Numbers.value(number);
      default -> value.toString();
    };
  }

  private Element article(Measured item) {
    Element article = element("article");
    article.add(element("h4", texts.analysis(item.id())).add(styled("span", "id", item.id())));
    article.add(element("p", texts.explanation(item.id())));
    Element facts = styled("dl", "facts");
    fact(facts, "statistic", element("span", statistic(item)));
    Element p = element("span").add(p(item.log10p()));
    fact(facts, "p", p);
    if (!item.nullHypothesis().isBlank()) {
      fact(facts, "null", element("span", texts.phrase(item.nullHypothesis())));
    }
    String basis = "basis." + Keys.of(item.basis());
    fact(facts, "basis", element("span", texts.get(basis) + " – " + texts.get(basis + ".meaning")));
    if (item.effect() != null) {
      fact(facts, "effect", element("span", Numbers.value(item.effect()) + " (0–1)"));
    }
    fact(facts, "supports", element("span", texts.get("supports." + Keys.of(item.supports()))));
    for (Measured.ControlValue control : item.controls()) {
      Element value =
          element("span")
              .add(element("bdi", texts.phrase(control.model())))
              .text(": " + Numbers.value(control.value()));
      if (control.log10p() != null) {
        value.text(", p = ").add(p(control.log10p()));
      }
      fact(facts, "controls", value);
    }
    String benchmark = BenchmarkScores.standard().sentence(texts, item);
    if (!benchmark.isEmpty()) {
      fact(facts, "benchmark", element("span", benchmark));
    }
    for (String caveat : item.caveats()) {
      fact(facts, "caveats", element("span", texts.phrase(caveat)));
    }
    article.add(facts);
    article.add(
        styled(
            "p",
            "note",
            item.log10p() == null
                ? texts.get("p.none")
                : texts.get("p.explained", Numbers.p(item.log10p()))));
    List<List<String>> rows = new ArrayList<>();
    item.values()
        .forEach((name, value) -> {
          if (!name.startsWith(LINKS)) {
            rows.add(List.of(name, Numbers.value(value)));
          }
        });
    if (!rows.isEmpty()) {
      article.add(
          element("details")
              .add(
                  element("summary", Findings.capital(texts.get("label.values"))),
                  styled("div", "inside").add(table("", heads("statistic", "value"), rows))));
    }
    return article;
  }

  private String statistic(Measured item) {
    return texts.phrase(item.statistic().name())
        + ": "
        + Numbers.statistic(texts, item.statistic().value(), item.statistic().of());
  }

  void fact(Element facts, String label, Element value) {
    facts.add(
        element("dt", Findings.capital(texts.get("label." + label))), element("dd").add(value));
  }

  /** A p-value as a power of ten. */
  static Element p(@Nullable Double log10p) {
    if (log10p == null || log10p > -3 || log10p.isNaN()) {
      return element("span", Numbers.p(log10p));
    }
    return element("span", "10").add(element("sup", Numbers.exponent(log10p).replace('-', '−')));
  }

  /** All measurements in one table. */
  Element overview(List<Measured> measured) {
    Element body = element("tbody");
    for (Measured item : measured) {
      Element caveats = styled("td", "wide").with("data-label", texts.get("label.caveats"));
      String joined = String.join(" · ", item.caveats().stream().map(texts::phrase).toList());
      body.add(
          element("tr")
              .add(
                  element("th")
                      .with("scope", "row")
                      .text(texts.analysis(item.id()))
                      .add(styled("span", "id", item.id())),
                  cell("component", texts.component(item.component())),
                  cell("statistic", statistic(item)),
                  styled("td", "number").with("data-label", "p").add(p(item.log10p())),
                  cell("basis", texts.get("basis." + Keys.of(item.basis()))),
                  cell("supports", texts.get("supports." + Keys.of(item.supports()))),
                  cell("null", texts.phrase(item.nullHypothesis())).with("class", "wide"),
                  joined.isEmpty() ? caveats : caveats.text(joined)));
    }
    Element head = element("tr");
    for (String label :
        List.of(
            "analysis", "component", "statistic", "p", "basis", "supports", "null", "caveats")) {
      head.add(
          styled(
                  "th",
                  label.equals("p") ? "number" : "",
                  Findings.capital(texts.get("label." + label)))
              .with("scope", "col"));
    }
    return scroll(
        String.join(", ", heads("analysis", "component", "statistic", "p")),
        styled("table", "stack").add(element("thead").add(head), body));
  }

  private Element cell(String label, String text) {
    Element cell = element("td").with("data-label", texts.get("label." + label));
    return text.isEmpty() ? cell : cell.text(text);
  }

  /** Heads by label. */
  List<String> heads(String... labels) {
    return Arrays.stream(labels)
        .map(label -> Findings.capital(texts.get("label." + label)))
        .toList();
  }

  /** A plain table, bounded in rows. */
  Element table(String caption, List<String> head, List<List<String>> rows) {
    Element table = element("table");
    if (!caption.isEmpty()) {
      table.add(element("caption", caption));
    }
    Element heads = element("tr");
    head.forEach(text ->
        heads.add(text.isBlank() ? element("td") : element("th", text).with("scope", "col")));
    Element body = element("tbody");
    for (List<String> row : rows.subList(0, Math.min(MOST_ROWS, rows.size()))) {
      Element line = element("tr");
      for (String text : row) {
        line.add(element("td", texts.phrase(text)));
      }
      body.add(line);
    }
    table.add(element("thead").add(heads), body);
    String names = String.join(", ", head.stream().filter(text -> !text.isBlank()).toList());
    Element scroll = scroll(caption.isEmpty() ? names : caption, table);
    return rows.size() <= MOST_ROWS
        ? scroll
        : scroll.add(styled("p", "note", texts.get("label.first-rows", MOST_ROWS, rows.size())));
  }

  /** A box that scrolls sideways, also by keyboard. */
  private static Element scroll(String label, Element table) {
    return styled("div", "scroll")
        .with("tabindex", "0")
        .with("role", "group")
        .with("aria-label", label)
        .add(table);
  }

  /** Any figure with its caption. */
  Element figure(Figure figure) {
    String title = texts.phrase(figure.title());
    Element element = element("figure").add(element("figcaption", title));
    if (!(figure instanceof Figure.Table)) {
      element.with("tabindex", "0").with("aria-label", title);
    }
    return switch (figure) {
      case Figure.HeatMap map -> element.add(new HeatMapDrawing(texts, map).draw());
      case Figure.Curves curves -> element.add(new PlotDrawing(texts).curves(curves));
      case Figure.Scatter scatter -> element.add(new PlotDrawing(texts).scatter(scatter));
      case Figure.Sets sets -> element.add(SetsDrawing.of(texts, sets));
      case Figure.Stacks stacks -> element.add(StacksDrawing.draw(stacks));
      case Figure.ExpertMap map -> element.add(new ExpertMapDrawing(texts, map).draw());
      case Figure.Table table ->
          element.add(table("", table.head().stream().map(texts::phrase).toList(), table.rows()));
    };
  }
}
